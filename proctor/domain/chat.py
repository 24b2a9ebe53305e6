"""What proctor and candidate write to each other: events of the type ``chat``, and a proctor's word to a whole exam.

A proctor's message goes the way of every action, a candidate's the way of every event. Neither is ever changed.
"""

from __future__ import annotations

from proctor.records import Event, SessionId, Source
from proctor.store import Store
from proctor.store.events import Window

TYPES = frozenset({"chat", "broadcast"})
MOST_MESSAGES = 500
"""More than an exam's chat ever has; of more, the latest are given."""


def messages(session_id: SessionId, *, store: Store) -> list[Event]:
    """Return what was written in a session, in the order in which the server got it."""
    found = [event for event in store.events.of_types([Window(session_id, TYPES)]) if is_message(event)]
    return sorted(found, key=lambda event: event.received_at)[-MOST_MESSAGES:]


def is_message(event: Event) -> bool:
    """True for what one of them wrote. A proctor's counts where it was on its way to the candidate."""
    if event.event_type not in TYPES or not event.message:
        return False
    from_candidate = event.source is Source.CANDIDATE and event.event_type == "chat"
    return from_candidate or (event.source is Source.PROCTOR and event.delivery is not None)
