"""Sessions: where one stands, and all that is kept in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from proctor.records.events import Event, Numbering
from proctor.records.exams import Policy, Recording
from proctor.records.flags import FlagSummary
from proctor.records.ids import ExamId, SessionId
from proctor.records.recordings import Video
from proctor.records.reviews import Review


class Status(StrEnum):
    """Where a session stands. Legal changes are in ``domain.lifecycle``."""

    CREATED = "created"
    JOINED = "joined"
    IN_PROGRESS = "in_progress"
    PAUSED = "paused"
    FINISHED = "finished"
    TERMINATED = "terminated"
    EXPIRED = "expired"


LIVE_STATUSES = frozenset({Status.CREATED, Status.JOINED, Status.IN_PROGRESS, Status.PAUSED})
END_STATUSES = frozenset(Status) - LIVE_STATUSES


class EndedBy(StrEnum):
    """Who or what ended a session."""

    CANDIDATE = "candidate"
    EXAM_APP = "exam_app"
    PROCTOR = "proctor"
    TIME = "time"
    SYSTEM = "system"


class Call(StrEnum):
    """What a candidate waits for a proctor to see to: their raised hand, or what they wrote."""

    HAND = "hand"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether the candidate's page is connected, and since when it is not.

    ``connection_id`` is the Socket.IO connection that publishes; None before the first and after the last. One that
    hung up at ``leaving_at`` still counts for a moment: a page that is reloaded is back before anybody need know.
    """

    connection_id: str | None = None
    seen_at: datetime | None = None
    lost_since: datetime | None = None
    leaving_at: datetime | None = None

    @property
    def online(self) -> bool:
        """True while the candidate's page is connected."""
        return self.connection_id is not None


@dataclass(frozen=True, slots=True)
class Session:
    """One candidate's sitting of one exam.

    ``handle`` names the session in addresses the candidate sees, so that the id, which opens it, is not left in the
    browser's history. ``deadline`` and ``paused_at`` make the exam's clock (see ``domain.exam_clock``). ``version``
    counts changes of state: a change is written only on top of the version it was computed from. ``counts`` is how many
    events of each type there are, ``weights`` what each costs in the integrity score, ``report_keys`` what the stored
    reports were made from. ``rules`` and ``accommodations`` change the rules for flags (see ``domain.rules``).
    ``calls`` is since when the candidate waits for what, ``assigned_to`` the address of who looks after the session.
    ``extra_minutes`` are those of an accommodation, within ``duration_minutes``; ``consent_hash`` names the words that
    the candidate agreed to.
    """

    id: SessionId
    handle: str
    room_name: str
    exam_id: ExamId | None
    exam_code: str | None
    exam_title: str | None
    duration_minutes: int | None
    screen_required: bool
    candidate_identifier: str
    status: Status
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: EndedBy | None = None
    deadline: datetime | None = None
    paused_at: datetime | None = None
    return_url: str | None = None
    consent_version: str | None = None
    consented_at: datetime | None = None
    claim_hash: str | None = None
    presence: Presence = Presence()
    pending_actions: tuple[Event, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    outboxes: Mapping[str, Numbering] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    video: Video | None = None
    video_version: int = 0
    report_keys: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    rules: Mapping[str, Any] = field(default_factory=dict)
    accommodations: Mapping[str, Any] = field(default_factory=dict)
    flags: FlagSummary = FlagSummary()
    policy: Policy = Policy(recording=Recording.OFF)
    review: Review = Review()
    calls: Mapping[Call, datetime] = field(default_factory=dict)
    assigned_to: str | None = None
    extra_minutes: int = 0
    consent_hash: str | None = None

    @property
    def is_live(self) -> bool:
        """True until the session has reached one of its end states."""
        return self.status in LIVE_STATUSES
