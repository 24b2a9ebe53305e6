"""What happens in a session, and what proctors do to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from proctor.records.ids import EventId, SessionId


class Source(StrEnum):
    """Who reported an event."""

    CANDIDATE = "candidate"
    PROCTOR = "proctor"
    EXAM_APP = "exam_app"
    AGENT = "agent"
    SYSTEM = "system"


class ActionKind(StrEnum):
    """What a proctor does to a running session. Every action is also an event of the same name."""

    START = "start"
    WARN = "warn"
    PAUSE = "pause"
    RESUME = "resume"
    TERMINATE = "terminate"
    EXTEND = "extend"
    BROADCAST = "broadcast"
    CHAT = "chat"
    HAND_LOWERED = "hand_lowered"
    ROOM_SCAN = "room_scan"
    IDENTITY_PHOTO = "identity_photo"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far an action has come on its way to the candidate's page."""

    delivered_at: datetime | None = None
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a session.

    ``id`` is made by whoever reports it and is the idempotency key within the session. ``timestamp`` is the
    reporter's clock, ``received_at`` the server's; ``seq`` orders events of the same millisecond. Actions
    of a proctor carry ``delivery``. Where ``outbox`` is set, ``seq`` counts all events from there, from 1 on.
    """

    id: EventId
    session_id: SessionId
    event_type: str
    source: Source
    timestamp: datetime
    received_at: datetime
    message: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0
    delivery: Delivery | None = None
    outbox: str | None = None


@dataclass(frozen=True, slots=True)
class Numbering:
    """How many events have come of those that one outbox numbers from 1, and the highest number among them."""

    count: int
    last: int
