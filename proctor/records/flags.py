"""Flags: conditions that lasted, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from proctor.records.ids import EventId, FlagId, SessionId


class Severity(StrEnum):
    """How soon a person should look at a flag. It says nothing about guilt."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """A number that is higher for what is worse."""
        return list(Severity).index(self)


class FlagState(StrEnum):
    """What became of a flag: nobody handled it yet, a proctor did, or a late event showed that it was not so."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    DISMISSED = "dismissed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Flag:
    """A condition that lasted longer than its rule lets pass, once.

    ``id`` follows from session, rule and the event that began it. ``began_at`` is the server's clock, ``start_at`` the
    reporter's; ``lasted_ms`` is None while it lasts. ``event_ids`` are the first of those that began it, of which there
    were ``begun_count``, and the one that ended it. ``recording_position_s`` counts from the start of the exam.
    ``withdrawn_at`` is set where events that came late showed that it did not last so long. ``snapshot`` is the name of
    the picture that is kept as evidence of it.
    ``revision`` counts judgements: one is written only on top of the one it replaces.
    """

    id: FlagId
    session_id: SessionId
    rule_id: str
    severity: Severity
    message: str
    began_at: datetime
    start_at: datetime
    raised_at: datetime
    cleared_at: datetime | None = None
    lasted_ms: int | None = None
    event_ids: tuple[EventId, ...] = ()
    begun_count: int = 1
    confidence: float | None = None
    recording_position_s: float | None = None
    withdrawn_at: datetime | None = None
    handling: FlagState = FlagState.OPEN
    handled_by: str | None = None
    handled_at: datetime | None = None
    reason: str | None = None
    revision: int = 0
    snapshot: str | None = None

    @property
    def state(self) -> FlagState:
        """Where the flag stands."""
        return FlagState.WITHDRAWN if self.withdrawn_at else self.handling


@dataclass(frozen=True, slots=True)
class FlagSummary:
    """A session's flags in numbers, kept in its document.

    ``open_count`` and ``worst`` are of the flags that nobody has handled, ``dismissed`` is how many events of each type
    belong to dismissed flags, ``seq`` counts the times that it was counted.
    """

    open_count: int = 0
    worst: Severity | None = None
    dismissed: Mapping[str, int] = field(default_factory=dict)
    seq: int = 0
