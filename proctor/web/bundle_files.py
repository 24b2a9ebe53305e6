"""What an evidence bundle of a session holds, and from where each file of it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

import orjson

from proctor.domain import bundles, score
from proctor.domain.bundles import Part
from proctor.records import Evidence, JoinedFile, Session, Video
from proctor.storage import Bucket
from proctor.store.events import Window
from proctor.web import report_files
from proctor.web.services import services
from proctor.wire import answers

LINES_AT_ONCE = 500


def stream(session: Session, by: str) -> Iterator[bytes]:
    """Yield the bundle of ``session``, as whoever is called ``by`` asked for it."""
    now = services().clock()
    facts = {"generated_by": by, "session": answers.session_answer(session, now)}
    return bundles.stream(parts(session), facts, now)


def parts(session: Session) -> Iterator[Part]:
    """Yield the files of the bundle of ``session``."""
    for kind in ("html", "csv"):
        yield Part(f"report.{kind}", partial(report_files.content, session, kind))
    flags = services().store.flags.of_session(session.id)
    yield _json("report.json", lambda: _report(session))
    yield _json("flags.json", lambda: [answers.flag_answer(flag) for flag in flags])
    yield _json("verdict.json", lambda: answers.verdict_so_far(session))
    yield Part("events.jsonl", partial(_event_lines, session))
    for name, stored in _videos(session):
        yield Part(f"recordings/{name}", partial(_stored, Bucket.VIDEOS, stored.name), stored.sha256, is_packed=True)
    for kept in services().store.evidence.of_session(session.id):
        name = f"evidence/{_evidence_name(kept)}"
        yield Part(name, partial(_stored, Bucket.EVIDENCE, kept.name), kept.sha256, is_packed=True)


def _report(session: Session) -> dict[str, Any]:
    """Return the report without its events, which have a file of their own, and with where points were lost."""
    store = services().store
    notes = store.events.of_types([Window(session.id, {"note"})])
    footage = store.recordings.of_session(session.id)
    report = answers.report(session, notes, store.flags.of_session(session.id), footage)
    lost = score.deductions(score.counted(session), session.weights)
    proofs = score.explain(session, lost, store=store)
    explained = [answers.deduction_answer(one, proofs[one.event_type]) for one in lost]
    return {**report, "events": [], "score": score.of_session(session), "deductions": explained}


def _videos(session: Session) -> Iterator[tuple[str, Video | JoinedFile]]:
    """Yield each video and its name in the bundle. What is still being recorded or joined is not among them."""
    if session.video is not None:
        yield f"upload.{_ending(session.video.name)}", session.video
    for footage in services().store.recordings.of_session(session.id):
        if footage.file is not None:
            yield f"{footage.kind}.{_ending(footage.file.name)}", footage.file


def _event_lines(session: Session) -> Iterator[bytes]:
    lines = (orjson.dumps(answers.event_answer(event)) + b"\n" for event in report_files.all_events(session))
    while part := b"".join(islice(lines, LINES_AT_ONCE)):
        yield part


def _stored(bucket: Bucket, name: str) -> Iterator[bytes]:
    with services().storage.open(bucket, name) as opened:
        yield from opened.chunks


def _json(name: str, make: Callable[[], Any]) -> Part:
    return Part(name, lambda: iter([orjson.dumps(make(), option=orjson.OPT_INDENT_2)]))


def _evidence_name(kept: Evidence) -> str:
    return f"{kept.taken_at:%Y%m%dT%H%M%S}-{kept.kind}-{kept.id}.{_ending(kept.name)}"


def _ending(name: str) -> str:
    return name.rsplit(".", 1)[-1]
