"""Events and notes, and which of those that were sent are stored."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict


class DeliveryAnswer(TypedDict):
    """How far an action has come on its way to the candidate."""

    delivered_at: str | None
    acknowledged_at: str | None


class EventAnswer(TypedDict):
    """One event."""

    id: str
    event_type: str
    message: str | None
    payload: dict[str, Any]
    timestamp: str
    received_at: str
    source: str
    delivery: NotRequired[DeliveryAnswer]


class EventsAnswer(TypedDict):
    """A page of a session's events."""

    events: list[EventAnswer]
    next_cursor: str | None


class PlainEvent(TypedDict):
    """An event as the sessions API gives it."""

    id: str
    event_type: str
    message: str | None
    timestamp: str


class NoteAnswer(TypedDict):
    """A note in a report."""

    id: str
    note: str | None
    by: str
    timestamp_sec: float | None
    created_at: str


class AcceptedAnswer(TypedDict):
    """Which events are stored now, or were before."""

    accepted: list[str]
