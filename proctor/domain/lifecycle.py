"""The states of a session and the only ways from one to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from proctor.errors import Conflict
from proctor.records import EndedBy, Session, Status

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.CREATED: frozenset({Status.JOINED, Status.FINISHED, Status.TERMINATED, Status.EXPIRED}),
    Status.JOINED: frozenset({Status.IN_PROGRESS, Status.FINISHED, Status.TERMINATED, Status.EXPIRED}),
    Status.IN_PROGRESS: frozenset({Status.PAUSED, Status.FINISHED, Status.TERMINATED}),
    Status.PAUSED: frozenset({Status.IN_PROGRESS, Status.FINISHED, Status.TERMINATED}),
    Status.FINISHED: frozenset(),
    Status.TERMINATED: frozenset(),
    Status.EXPIRED: frozenset(),
}
"""End states are final: nothing leads out of them."""


def may_move(session: Session, to: Status) -> bool:
    """True where the table has a way from the session's status to ``to``."""
    return to in TRANSITIONS[session.status]


def join(session: Session) -> Session:
    """Return the session as claimed by the candidate's page."""
    return _moved(session, Status.JOINED)


def begin(session: Session, now: datetime) -> Session:
    """Return the session with its exam begun at ``now``: the clock starts, once and only for who has joined."""
    if session.status is not Status.JOINED:
        raise _illegal(session, str(Status.IN_PROGRESS))
    minutes = session.duration_minutes
    deadline = None if minutes is None else now + timedelta(minutes=minutes)
    return replace(_moved(session, Status.IN_PROGRESS), started_at=now, deadline=deadline)


def pause(session: Session, now: datetime) -> Session:
    """Return the session paused at ``now``: its clock stands."""
    return replace(_moved(session, Status.PAUSED), paused_at=now)


def resume(session: Session, now: datetime) -> Session:
    """Return the session running again: the deadline moves by the length of the pause."""
    if session.status is not Status.PAUSED or session.paused_at is None:
        raise _illegal(session, "resumed")
    stood = now - session.paused_at
    deadline = None if session.deadline is None else session.deadline + stood
    return replace(_moved(session, Status.IN_PROGRESS), paused_at=None, deadline=deadline)


def extend(session: Session, minutes: int) -> Session:
    """Return the session with ``minutes`` more on its clock, begun or not.

    Raises ``Conflict`` for a session that is over or that has no time limit.
    """
    if not session.is_live:
        raise _illegal(session, "extended")
    if session.duration_minutes is None:
        raise Conflict("This exam has no time limit, so there is nothing to extend.")
    deadline = None if session.deadline is None else session.deadline + timedelta(minutes=minutes)
    return replace(session, duration_minutes=session.duration_minutes + minutes, deadline=deadline)


def end(session: Session, status: Status, by: EndedBy, now: datetime) -> Session:
    """Return the session in the end state ``status``."""
    return replace(_moved(session, status), ended_at=now, ended_by=by)


def _moved(session: Session, to: Status) -> Session:
    if not may_move(session, to):
        raise _illegal(session, str(to))
    return replace(session, status=to)


def _illegal(session: Session, wish: str) -> Conflict:
    return Conflict(f"This session is {session.status} and cannot become {wish}.".replace("_", " "))
