"""The events that conditions are judged by, as far as this worker knows that it has every one of them.

A condition is judged twice a second while something is reported of it, by its events since what is settled. A worker
remembers those of its last judgement and adds what it stores itself, so that it does not read back what it has just
written. Whether that is all shows the condition's version, which grows with each report of whichever worker: where it
is higher than this worker's own reports explain, somebody else knows more, and the database is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from proctor.conditions import ENDS
from proctor.records import Event, EventId, SessionId

if TYPE_CHECKING:
    from proctor.store.conditions import Due, News

MAX_EVENTS = 100_000
"""Beyond it all are forgotten and read again: what strangers send must not fill the memory (45 MiB).

It is more than one session may have: reading those back for each judgement would be all that a worker does.
"""


@dataclass(slots=True)
class _Known:
    version: int
    settled_at: datetime | None
    events: dict[EventId, Event]


class KnownEvents:
    """Events by condition. Only for who judges one turn after the other, as a worker does."""

    def __init__(self) -> None:
        self._known: dict[tuple[SessionId, str], _Known] = {}
        self._number = 0

    def of(self, due: Due) -> list[Event] | None:
        """Return the events that ``due`` is to be judged by, or None where the database may have others."""
        known = self._known.get((due.session_id, due.condition))
        if known is None or (known.version, known.settled_at) != (due.version, due.settled_at):
            return None
        return list(known.events.values())

    def keep(self, due: Due, settled_at: datetime | None, events: Iterable[Event]) -> None:
        """Remember the events by which ``due`` was judged, those that are not settled since."""
        self._forget(due.session_id, due.condition)
        kept = {event.id: _slim(event) for event in events if settled_at is None or event.timestamp >= settled_at}
        self._known[due.session_id, due.condition] = _Known(due.version, settled_at, kept)
        self._grow(len(kept))

    def add(self, news: News) -> None:
        """Add what this worker has stored and reported, once for each condition."""
        for session_id in news.ended:
            for condition in ENDS:
                self._forget(session_id, condition)
        for key, events in news.events.items():
            if known := self._known.get(key):
                known.version += 1
                known.events |= {event.id: _slim(event) for event in events}
                self._grow(len(events))

    def _grow(self, number: int) -> None:
        self._number += number
        if self._number > MAX_EVENTS:
            self._known.clear()
            self._number = 0

    def _forget(self, session_id: SessionId, condition: str) -> None:
        known = self._known.pop((session_id, condition), None)
        self._number -= len(known.events) if known else 0


def _slim(event: Event) -> Event:
    """Return the event without what no rule looks at: a payload of 4 KiB may take twenty times as much when read."""
    if not event.payload and event.message is None:
        return event
    confidence = event.payload.get("confidence")
    payload = {"confidence": confidence} if isinstance(confidence, int | float) else {}
    return replace(event, message=None, payload=payload)
