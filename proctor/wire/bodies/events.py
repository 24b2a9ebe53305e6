"""Events and notes as they are reported, and which of them to give."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, model_validator

from proctor.domain.events import Report
from proctor.wire.bodies.common import (
    Body,
    Cursor,
    Id,
    Message,
    NoNul,
    PageSize,
    Payload,
    Query,
    Timestamp,
    Uuid,
    limits_of,
)


def _short_note(note: str, info: ValidationInfo) -> str:
    most = limits_of(info).note_chars
    if len(note) > most:
        raise ValueError(f"must not have more than {most} characters")
    return note


def _few_events(events: list[NewEvent], info: ValidationInfo) -> list[NewEvent]:
    most = limits_of(info).event_batch
    if len(events) > most:
        raise ValueError(f"must not be more than {most} at a time")
    return events


EventType = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,64}$")]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), NoNul, AfterValidator(_short_note)]


class NewNote(Body):
    """A note on a session; ``timestamp_sec`` is its place in the recording.

    ``action_id`` makes sending it again harmless.
    """

    note: Note
    timestamp_sec: Annotated[float, Field(strict=False, ge=0, le=1e9)] | None = None
    action_id: Uuid | None = None

    def as_report(self) -> Report:
        """Return the note as the domain takes it."""
        return Report("note", self.action_id, self.note, {"timestamp_sec": self.timestamp_sec})


class AgentEvent(Body):
    """An event that an agent beside the exam reports."""

    session_id: Id
    event_type: EventType
    payload: Payload | None = None


class NewEvent(Body):
    """An event; ``id`` is the reporter's idempotency key, ``timestamp`` the reporter's clock.

    ``seq`` counts the reporter's events and orders those of the same millisecond.
    """

    id: Uuid | None = None
    event_type: EventType
    message: Message | None = None
    payload: Payload | None = None
    timestamp: Timestamp | None = None
    seq: Annotated[int, Field(ge=0, le=2**53)] | None = None

    def as_report(self, outbox: str | None = None) -> Report:
        """Return the event as the domain takes it."""
        return Report(self.event_type, self.id, self.message, self.payload, self.timestamp, self.seq, outbox)


class Events(Body):
    """Events on their way from the candidate's outbox; each has an id, so that an answer lost does no harm.

    Where the ``outbox`` is named, their ``seq`` counts all that it ever sent.
    """

    events: Annotated[list[NewEvent], Field(min_length=1), AfterValidator(_few_events)]
    outbox: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")] | None = None

    @model_validator(mode="after")
    def _have_ids(self) -> Events:
        if any(event.id is None for event in self.events):
            raise ValueError("every event needs an id")
        if self.outbox is not None and not all(event.seq for event in self.events):
            raise ValueError("every event of an outbox needs a seq, from 1 on")
        return self

    def as_reports(self) -> list[Report]:
        """Return the events as the domain takes them."""
        return [event.as_report(self.outbox) for event in self.events]


class EventsQuery(Query):
    """Which page of a session's events to give."""

    order: Literal["oldest", "newest"] = "oldest"
    limit: PageSize = 100
    cursor: Cursor | None = None
