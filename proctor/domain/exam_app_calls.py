"""What exam apps ask for: done at once, or put down on this server's disk and done when the database is back.

Exam apps ask once. What they are refused during an outage of seconds starts an exam that nobody watches, or leaves one
open that was handed in.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from proctor.domain import events, sessions
from proctor.domain.events import Report
from proctor.domain.live import Live
from proctor.errors import NotFound, ProctorError, Unavailable
from proctor.records import Actor, EndedBy, Exam, Role, Session, SessionId, Source, Status
from proctor.storage.spool import Spool
from proctor.store import Store

log = logging.getLogger(__name__)
T = TypeVar("T")


class Kind(StrEnum):
    """What was asked for."""

    JOIN = "join"
    NOTE = "note"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Later:
    """Something asked for, as it is put down."""

    kind: Kind
    session_id: SessionId
    at: datetime
    fields: Mapping[str, Any]

    def as_note(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"kind": self.kind, "session_id": self.session_id, "at": self.at.isoformat(), "fields": self.fields}

    @classmethod
    def from_note(cls, note: Mapping[str, Any]) -> Later:
        """Return what ``as_note`` put down. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
        at = datetime.fromisoformat(note["at"])
        return cls(Kind(note["kind"]), SessionId(note["session_id"]), at, dict(note["fields"]))


class ExamAppCalls:
    """Joining, notes and the end, as exam apps ask for them. ``weights`` count where an exam has none."""

    def __init__(self, spool: Spool, weights: Mapping[str, int]) -> None:
        self._spool, self._weights = spool, weights

    def join(self, code: str, candidate_identifier: str, *, store: Store, live: Live, now: datetime) -> Session:
        """Return a new session of the exam with this code, which may be stored only when the database is back.

        Raises ``NotFound`` for an unknown exam, ``Conflict`` for an archived one, and ``Unavailable`` where the
        database is away and this worker does not remember the exam.
        """
        session_id = sessions.new_id()
        try:
            exam = sessions.exam_of_code(code, store=store)
            made = self._create(exam, candidate_identifier, session_id, store=store, live=live, now=now)
            _expect(made, store=store, live=live, now=now)
        except Unavailable:
            remembered = store.exams.remembered(code)
            if remembered is None:
                raise
            made = sessions.made(remembered, candidate_identifier, session_id, None, weights=self._weights, now=now)
            fields = {"exam_code": code, "candidate_identifier": candidate_identifier}
            self._put_off(Later(Kind.JOIN, session_id, now, fields))
        return made

    def add_note(self, session_id: str, note: Report, by: Actor, *, store: Store, live: Live, now: datetime) -> str:
        """Append a note now or later, and return its id. Raises ``NotFound``."""
        note = replace(note, id=note.id or str(uuid.uuid4()))
        fields = {"id": note.id, "message": note.message, "payload": note.payload, "open": by.unauthenticated}

        def add() -> None:
            session = sessions.get(session_id, by, store=store)
            events.add_note(session, note, by, store=store, live=live, now=now)

        self._now_or_later(Later(Kind.NOTE, SessionId(session_id), now, fields), add)
        return str(note.id)

    def finish(self, session_id: str, by: Actor, *, store: Store, live: Live, now: datetime) -> Status:
        """End a session as handed in, now or later, and return how it then is. Raises ``NotFound``."""

        def end() -> Status:
            session = sessions.get(session_id, by, store=store)
            return sessions.finish(session.id, EndedBy.EXAM_APP, store=store, live=live, now=now).status

        return self._now_or_later(Later(Kind.FINISH, SessionId(session_id), now, {}), end) or Status.FINISHED

    def expects(self, session_id: str) -> bool:
        """True where a candidate has joined, and the session is not stored yet."""
        notes = (self._spool.read(name) for name in self._spool.names())
        return any(note and note.get("session_id") == session_id and note.get("kind") == Kind.JOIN for note in notes)

    def carry_out(self, *, store: Store, live: Live) -> None:
        """Do what was put off, in the order in which it was asked for, until the database is away again.

        Each is taken off the disk when it is done; doing it again, should the server die in between, changes nothing.
        """
        for name in self._spool.names():
            try:
                later = Later.from_note(self._spool.read(name) or {})
            except (KeyError, TypeError, ValueError):
                log.error("%s in the spool cannot be understood and was set aside", name)  # noqa: TRY400 - no fault of ours
                self._spool.set_aside(name)
                continue
            try:
                self._do(later, store=store, live=live)
            except Unavailable:
                return
            except ProctorError as error:
                log.warning("%s of session %s could not be done later: %s", later.kind, later.session_id, error.detail)
            self._spool.drop(name)

    def _now_or_later(self, later: Later, do: Callable[[], T]) -> T | None:
        """Return what ``do`` does, or None where it is put off."""
        try:
            return do()
        except NotFound:
            if not self.expects(later.session_id):
                raise
        except Unavailable:
            if not _is_id(later.session_id):
                raise NotFound("There is no such session.") from None
        self._put_off(later)
        return None

    def _put_off(self, later: Later) -> None:
        self._spool.put(later.as_note())
        log.warning("the database is away: %s of session %s is put off", later.kind, later.session_id)

    def _do(self, later: Later, *, store: Store, live: Live) -> None:
        if later.kind is Kind.JOIN:
            self._join(later, store=store, live=live)
        elif later.kind is Kind.NOTE:
            fields = later.fields
            note = Report("note", fields["id"], fields["message"], fields["payload"])
            by = Actor(Role.EXAM_APP, unauthenticated=fields["open"])
            session = sessions.get(later.session_id, by, store=store)
            events.add_note(session, note, by, store=store, live=live, now=later.at)
        else:
            sessions.finish(later.session_id, EndedBy.EXAM_APP, store=store, live=live, now=later.at)

    def _join(self, later: Later, *, store: Store, live: Live) -> None:
        session = store.sessions.get(later.session_id)
        if session is None:
            exam = sessions.exam_of_code(later.fields["exam_code"], store=store)
            name = later.fields["candidate_identifier"]
            session = self._create(exam, name, later.session_id, store=store, live=live, now=later.at)
        _expect(session, store=store, live=live, now=later.at)

    def _create(
        self, exam: Exam, candidate_identifier: str, session_id: SessionId, *, store: Store, live: Live, now: datetime
    ) -> Session:
        return sessions.create(
            exam, candidate_identifier, session_id, weights=self._weights, store=store, live=live, now=now
        )


def _expect(session: Session, *, store: Store, live: Live, now: datetime) -> None:
    """Note, once, that the candidate has pressed Start in the exam app and is expected on our page."""
    expected = Report("candidate_expected", f"expected-{session.id}", timestamp=now)
    events.keep(session, expected, Source.SYSTEM, store=store, live=live, now=now)


def _is_id(text: str) -> bool:
    with suppress(ValueError):
        return str(uuid.UUID(text)) == text
    return False
