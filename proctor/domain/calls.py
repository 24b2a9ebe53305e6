"""What a candidate waits for: somebody to see their raised hand, or to read what they wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from proctor.domain.live import Live
from proctor.records import Call, Event, Session, Source
from proctor.store import Store

BEGINS = {"hand_raised": Call.HAND, "chat": Call.CHAT}
ENDS = {"hand_lowered": Call.HAND}
_CALLS = BEGINS | ENDS


def follow(session: Session, events: Sequence[Event], *, store: Store, live: Live) -> None:
    """Note what these stored events of a candidate say of what they wait for.

    What counts is when the server got each, so events that come again change nothing. Consoles are told of changes
    only: who raises a hand twenty times a second is seen once.
    """
    told = [event for event in events if event.event_type in _CALLS and event.source is Source.CANDIDATE]
    for call, event in {_CALLS[event.event_type]: event for event in told}.items():
        since = event.received_at if event.event_type in BEGINS else None
        changed = store.sessions.set_call(session.id, call, since, event.received_at)
        if changed is not None:
            live.session_changed(changed)


def settle(session: Session, call: Call, *, store: Store, live: Live, now: datetime) -> Session:
    """Note that a proctor has seen to it; return the session. Where nothing waits, nothing changes."""
    if call not in session.calls:
        return session
    changed = store.sessions.set_call(session.id, call, None, now)
    if changed is None:
        return session
    live.session_changed(changed)
    return changed
