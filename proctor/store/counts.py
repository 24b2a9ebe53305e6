"""How many events a session has: of each type, and of each outbox that numbers its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from proctor.records import Event, Numbering
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
