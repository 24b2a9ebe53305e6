"""What happens because time passes. Safe to run in several workers at once: each change is written once."""

from __future__ import annotations

from datetime import datetime, timedelta

from proctor.domain import presence, sessions
from proctor.domain.live import Live
from proctor.records import EndedBy, Status
from proctor.store import Store


def sweep(*, store: Store, live: Live, now: datetime, offline_after_s: int, join_expiry_hours: int) -> None:
    """End exams whose time is over, expire sessions nobody sat, and mark silent candidates as lost."""
    for session in store.sessions.out_of_time(now):
        sessions.finish(session.id, EndedBy.TIME, store=store, live=live, now=now)
    for session in store.sessions.never_begun(now - timedelta(hours=join_expiry_hours)):
        sessions.end(session.id, Status.EXPIRED, EndedBy.SYSTEM, store=store, live=live, now=now)
    for session in store.sessions.silent(now - timedelta(seconds=offline_after_s)):
        if session.presence.connection_id is not None:
            presence.lost(session.id, session.presence.connection_id, store=store, live=live, now=now)
    for session in store.sessions.left(now - presence.RELOAD_TAKES):
        gone, since = session.presence.connection_id, session.presence.leaving_at
        if gone is not None and since is not None:
            presence.lost(session.id, gone, store=store, live=live, now=since)
