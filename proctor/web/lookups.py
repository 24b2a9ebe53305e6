"""Looking up the session that a call is about; strangers' ids are looked up so seldom that guessing is hopeless."""

from __future__ import annotations

from flask import request

from proctor.domain import sessions
from proctor.errors import NotFound
from proctor.records import Role, Session
from proctor.web import audit
from proctor.web.guard import actor
from proctor.web.services import services


def find_session(session_id: str) -> Session:
    """Return the session if the caller may open it.

    Raises ``NotFound``, and ``TooMany`` after too many unknown ids from one address. Exam apps post to stale
    sessions by nature and are not counted. What the call is about is noted for the audit log.
    """
    try:
        session = sessions.get(session_id, actor(), store=services().store)
    except NotFound:
        if actor().role is not Role.EXAM_APP:
            count_unknown()
        raise
    audit.about(session)
    return session


def own_session() -> Session:
    """Return the session of the candidate who calls, in a route that is for candidates only."""
    session = actor().session
    assert session is not None, "a candidate comes with their session"
    return session


def count_unknown() -> None:
    """Count a look-up of something that does not exist; raise ``TooMany`` where there were too many."""
    s = services()
    address, per_minute = request.remote_addr or "", s.settings.limits.unknown_ids_per_address
    s.throttle.check("unknown-id", address, per_minute)
    s.throttle.count("unknown-id", address, per_minute)
