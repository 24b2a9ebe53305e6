"""Reports as files: made when something changed, served as stored when nothing did."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from uuid import uuid4

import orjson
from flask import render_template

from proctor.domain import reports, verdicts
from proctor.domain.events import is_note
from proctor.errors import NotFound, Unavailable
from proctor.records import Event, Session
from proctor.storage import Bucket
from proctor.store.events import Window
from proctor.web.services import services
from proctor.wire import answers

log = logging.getLogger(__name__)
# It logs each character that no font has: those are of candidates' names.
logging.getLogger("weasyprint").setLevel(logging.ERROR)
MAX_REPORT_BYTES = 512 * 1024 * 1024
PAGE = 1_000
_printer = threading.Lock()
"""Setting a report takes a second of processor time and much memory: one at a time in each worker."""


def name_of(session: Session, kind: str) -> str:
    """Return the name under which a session's report of this kind is stored."""
    return f"report_{session.id}.{kind}"


def ensure(session: Session, kind: str) -> str:
    """Make the report of this kind unless the stored one still holds; return its name.

    Raises ``Unavailable`` where the storage, or for a PDF its library, is not there.
    """
    if session.report_keys.get(kind) != _key_of(session):
        make(session, kind)
    return name_of(session, kind)


def make(session: Session, kind: str) -> None:
    """Make and store the report of this kind.

    Raises like ``ensure``, and ``NotFound``, leaving nothing, where the session was deleted meanwhile.
    """
    s, maker = services(), uuid4().hex
    s.store.sessions.begin_report(session.id, kind, maker)
    key = _key_of(session)
    s.storage.save(Bucket.REPORTS, name_of(session, kind), content(session, kind), max_bytes=MAX_REPORT_BYTES)
    s.store.sessions.end_report(session.id, kind, maker, key)
    if s.store.sessions.get(session.id) is None:
        s.storage.delete(Bucket.REPORTS, name_of(session, kind))
        raise NotFound("There is no such session.")


def content(session: Session, kind: str) -> Iterator[bytes]:
    """Yield the report of this kind (``html``, ``csv`` or ``pdf``) as it is now."""
    makers: dict[str, Callable[[Session], Iterator[bytes]]] = {"html": _html, "csv": _csv, "pdf": _pdf}
    return makers[kind](session)


def everything(session: Session) -> Iterator[bytes]:
    """Yield all that is known of a session as JSON: ``shapes.ProctorReport``, whatever the number of its events."""
    store = services().store
    flags, recorded = store.flags.of_session(session.id), store.recordings.of_session(session.id)
    rest: dict[str, object] = {**answers.report(session, [], flags, recorded)}
    del rest["events"], rest["proctor_notes"]
    yield orjson.dumps(rest)[:-1] + b',"events":['
    notes, is_first, events = [], True, all_events(session)
    while page := list(islice(events, PAGE)):
        notes += [answers.note_answer(event) for event in page if is_note(event)]
        told = b",".join(orjson.dumps(answers.event_answer(event)) for event in page)
        yield told if is_first else b"," + told
        is_first = False
    yield b'],"proctor_notes":' + orjson.dumps(notes) + b"}"


def all_events(session: Session) -> Iterator[Event]:
    """Yield the events of a session in time order, a page of them in memory."""
    cursor: str | None = None
    while True:
        page, cursor = services().store.events.page(session.id, PAGE, cursor)
        yield from page
        if cursor is None:
            return


def _key_of(session: Session) -> str:
    return reports.key_of(session, services().store.recordings.of_session(session.id))


def _html(session: Session) -> Iterator[bytes]:
    yield _rendered(session).encode()


def _csv(session: Session) -> Iterator[bytes]:
    summary = reports.summarise(session, services().clock())
    flags = services().store.flags.of_session(session.id)
    lines = reports.csv_rows(summary, flags, session.review.history, all_events(session))
    # Lines are gathered, for each piece is one write to the disk.
    while part := "".join(islice(lines, PAGE)):
        yield part.encode()


def _pdf(session: Session) -> Iterator[bytes]:
    html = _rendered(session)
    with _printer:
        printed = services().run_blocking(_print, html)
    yield printed


def _print(html: str) -> bytes:
    try:
        from weasyprint import HTML  # noqa: PLC0415 - it loads system libraries that only PDF reports need
    except OSError as error:
        log.warning("PDF reports need Pango: %s", error)
        raise Unavailable("PDF reports need the system library Pango (Debian: libpangoft2-1.0-0).") from error
    return bytes(HTML(string=html, url_fetcher=_fetch_nothing).write_pdf())


def _fetch_nothing(url: str) -> dict[str, object]:
    """Refuse every address: a report stands alone, and names in it must not make the server fetch anything."""
    raise ValueError(f"a report loads nothing from elsewhere: {url[:40]}")


def _rendered(session: Session) -> str:
    s = services()
    events, _ = s.store.events.page(session.id, reports.PICTURE_EVENTS)
    notes = s.store.events.of_types([Window(session.id, {"note"})])
    report = reports.compose(session, events, notes, s.store.flags.of_session(session.id), s.clock())
    recorded = s.store.recordings.of_session(session.id)
    unmonitored = verdicts.was_unmonitored(session)
    return render_template("report/report.html", report=report, recorded=recorded, is_unmonitored=unmonitored)
