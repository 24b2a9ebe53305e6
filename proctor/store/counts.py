"""How many events a session has: of each type, and of each outbox that numbers its events."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from proctor.records import Event, Numbering, SessionId
from proctor.store.client import Document


@dataclass(slots=True)
class Counts:
    """Numbers of events that are to be added to a session's, or that stand for them."""

    by_type: dict[str, int] = field(default_factory=dict)
    outboxes: dict[str, Numbering] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Count ``event``."""
        self.by_type[event.event_type] = self.by_type.get(event.event_type, 0) + 1
        if event.outbox is not None:
            before = self.outboxes.get(event.outbox, NONE)
            self.outboxes[event.outbox] = Numbering(before.count + 1, max(before.last, event.seq))


NONE = Numbering(0, 0)


class Gathered:
    """Numbers on their way into the sessions' documents, so that those of many events go there in one write.

    ``write`` stores them. Where it fails nobody knows whether they were stored, and their sessions are doubtful.
    """

    def __init__(self, write: Callable[[Mapping[SessionId, Counts]], None]) -> None:
        self._write = write
        self._counts: defaultdict[SessionId, Counts] = defaultdict(Counts)
        self._doubtful: set[SessionId] = set()
        self._lock = threading.Lock()
        self._writing = threading.Lock()

    def add(self, events: Iterable[Event]) -> None:
        """Count ``events``, in memory."""
        with self._lock:
            for event in events:
                self._counts[event.session_id].add(event)

    def settle(self) -> None:
        """Return when whatever was added before is stored. Raises ``Unavailable`` where that is not known."""
        if not self._counts and not self._writing.locked():
            return
        with self._writing:
            with self._lock:
                counts, self._counts = self._counts, defaultdict(Counts)
            if counts:
                self._store(counts)

    def take_doubtful(self) -> set[SessionId]:
        """Return the sessions whose numbers may be wrong, once."""
        with self._lock:
            doubtful, self._doubtful = self._doubtful, set()
            return doubtful

    def _store(self, counts: Mapping[SessionId, Counts]) -> None:
        try:
            self._write(counts)
        except BaseException:
            with self._lock:
                self._doubtful |= counts.keys()
            raise


def as_update(counts: Counts) -> Document:
    """Return the update of a session's document that adds ``counts`` to its own."""
    added = {f"counts.{name}": number for name, number in counts.by_type.items()}
    if not counts.outboxes:
        return {"$inc": added}
    added |= {f"outboxes.{name}.count": one.count for name, one in counts.outboxes.items()}
    return {"$inc": added, "$max": {f"outboxes.{name}.last": one.last for name, one in counts.outboxes.items()}}


def outboxes_to_document(outboxes: Mapping[str, Numbering]) -> Document:
    """Return ``outboxes`` as they stand in their session's document."""
    return {name: {"count": one.count, "last": one.last} for name, one in outboxes.items()}


def outboxes_from_document(document: Document) -> dict[str, Numbering]:
    """Return the outboxes of a session's document."""
    return {name: Numbering(**numbers) for name, numbers in document.items()}
