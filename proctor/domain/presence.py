"""Whether a candidate's page is connected, told apart from the state of the session."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from proctor.domain import events
from proctor.domain.live import Live
from proctor.records import Presence, Session, SessionId, Source
from proctor.store import Store

RELOAD_TAKES = timedelta(seconds=3)
GAP = timedelta(seconds=12.5)
"""Pages are heard every five seconds: two heartbeats are missing, and a third is late."""


def connected(
    session_id: SessionId,
    connection_id: str,
    *,
    store: Store,
    live: Live,
    now: datetime,
    last_heard_at: datetime | None = None,
) -> Session | None:
    """Note that this connection publishes from now on. Returns the session as it was before, None if there is none."""
    before = store.sessions.connected(session_id, connection_id, now)
    if before is None:
        return None
    if before.presence.lost_since is not None:
        away_s = round((now - before.presence.lost_since).total_seconds(), 1)
        payload = {"away_s": away_s}
        events.record(
            session_id, "connection_restored", Source.SYSTEM, payload=payload, store=store, live=live, now=now
        )
    _tell_of_silence(before, last_heard_at, store=store, live=live, now=now)
    live.session_changed(replace(before, presence=Presence(connection_id, now)))
    return before


def heard(
    session_id: SessionId,
    connection_id: str,
    *,
    store: Store,
    live: Live,
    now: datetime,
    last_heard_at: datetime | None = None,
) -> Session | None:
    """Note a heartbeat. Returns the session, or None where another page of the candidate has taken over.

    A page that counted as lost (its machine slept, say) and speaks again is back, unless another is there. It was not
    silent where its worker heard it at ``last_heard_at`` and could not write that down.
    """
    session = store.sessions.heard(session_id, connection_id, now)
    if session is not None:
        _tell_of_silence(session, last_heard_at, store=store, live=live, now=now)
        return session
    current = store.sessions.get(session_id)
    if current is None or current.presence.online:
        return None
    return connected(session_id, connection_id, store=store, live=live, now=now, last_heard_at=last_heard_at)


def left(session_id: SessionId, connection_id: str, *, store: Store, now: datetime) -> None:
    """Note that this connection has hung up. It is lost when nobody has taken over after ``RELOAD_TAKES``."""
    store.sessions.leaving(session_id, connection_id, now)


def lost(
    session_id: SessionId,
    connection_id: str,
    *,
    store: Store,
    live: Live,
    now: datetime,
    last_heard_at: datetime | None = None,
) -> None:
    """Note that this connection is gone, unless another one had taken over, or it was heard after ``last_heard_at``."""
    session = store.sessions.lost(session_id, connection_id, now, last_heard_at)
    if session is None:
        return
    live.session_changed(session)
    if session.is_live:
        events.record(session_id, "connection_lost", Source.SYSTEM, store=store, live=live, now=now)


def _tell_of_silence(
    before: Session, last_heard_at: datetime | None, *, store: Store, live: Live, now: datetime
) -> None:
    """Make an event of a gap in the heartbeats of a page that is heard again, told by the session as it was before.

    Whoever wrote the new heartbeat saw the old one, and nobody else: so it is made once.
    """
    seen_at = before.presence.seen_at
    if seen_at is None or not before.is_live:
        return
    seen_at = max(seen_at, last_heard_at or seen_at)
    if now - seen_at < GAP:
        return
    payload = {"silent_ms": round((now - seen_at) / timedelta(milliseconds=1))}
    events.record(before.id, "heartbeat_gap", Source.SYSTEM, payload=payload, store=store, live=live, now=now)
