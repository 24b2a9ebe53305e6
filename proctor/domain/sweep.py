"""What happens because time passes. Safe to run in several workers at once: each change is written once."""

from __future__ import annotations

from datetime import datetime, timedelta

from proctor.domain import presence, sessions
from proctor.domain.live import Live
from proctor.errors import Unavailable
from proctor.records import EndedBy, Status
from proctor.store import Store

HEARD_AGAIN = timedelta(seconds=15)
"""After so long, all pages that are there have been heard again: they speak every five seconds."""


class Sweeper:
    """Sweeps again and again. Pages that nobody could hear, because the database was away, have not fallen silent."""

    def __init__(self) -> None:
        self._away_at: datetime | None = None

    def sweep(self, *, store: Store, live: Live, now: datetime, offline_after_s: int, join_expiry_hours: int) -> None:
        """Sweep once; raise ``Unavailable`` while the database is away."""
        was_away = self._away_at is not None and now - self._away_at < HEARD_AGAIN
        waits = {"offline_after_s": offline_after_s, "join_expiry_hours": join_expiry_hours}
        try:
            sweep(store=store, live=live, now=now, hears_all=not was_away, **waits)
        except Unavailable:
            self._away_at = now
            raise


def sweep(
    *,
    store: Store,
    live: Live,
    now: datetime,
    offline_after_s: int,
    join_expiry_hours: int,
    hears_all: bool = True,
) -> None:
    """End exams whose time is over, expire sessions nobody sat, and mark silent candidates as lost.

    Where not ``hears_all`` of them could be heard lately, silence means nothing.
    """
    for session in store.sessions.out_of_time(now):
        sessions.finish(session.id, EndedBy.TIME, store=store, live=live, now=now)
    for session in store.sessions.never_begun(now - timedelta(hours=join_expiry_hours)):
        sessions.end(session.id, Status.EXPIRED, EndedBy.SYSTEM, store=store, live=live, now=now)
    silent = store.sessions.silent(now - timedelta(seconds=offline_after_s)) if hears_all else []
    for session in silent:
        gone, heard_at = session.presence.connection_id, session.presence.seen_at
        if gone is not None:
            presence.lost(session.id, gone, store=store, live=live, now=now, last_heard_at=heard_at)
    for session in store.sessions.left(now - presence.RELOAD_TAKES):
        gone, since = session.presence.connection_id, session.presence.leaving_at
        if gone is not None and since is not None:
            presence.lost(session.id, gone, store=store, live=live, now=since)
