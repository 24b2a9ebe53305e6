"""Bodies and queries that callers send. Unknown fields are refused, and no field takes more than its type says."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)

from proctor.domain.events import Report
from proctor.records import Verdict
from proctor.settings import Limits

EVENT_TYPE_PATTERN = r"^[a-z0-9_]{1,64}$"
DEFAULT_LIMITS = Limits()
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
MAX_AHEAD = timedelta(days=2)


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not hold NUL characters")
    return text


def _canonical_uuid(text: object) -> object:
    if not isinstance(text, str):
        raise ValueError("must be a UUID as text")  # noqa: TRY004 - what pydantic reports by field
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise ValueError("must be a UUID") from error


def _plausible(moment: datetime) -> datetime:
    # Compared before it is converted: in UTC, the first and last years of a calendar may not exist.
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    if not EARLIEST <= aware <= datetime.now(UTC) + MAX_AHEAD:
        raise ValueError("must be a time between the year 2000 and tomorrow")
    return aware.astimezone(UTC)


def _small(payload: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
    most = _limits(info).event_payload_bytes
    if len(orjson.dumps(payload)) > most:
        raise ValueError(f"must not be larger than {most} bytes")
    return payload


def _short_note(note: str, info: ValidationInfo) -> str:
    most = _limits(info).note_chars
    if len(note) > most:
        raise ValueError(f"must not have more than {most} characters")
    return note


def _few_events(events: list[NewEvent], info: ValidationInfo) -> list[NewEvent]:
    most = _limits(info).event_batch
    if len(events) > most:
        raise ValueError(f"must not be more than {most} at a time")
    return events


def _limits(info: ValidationInfo) -> Limits:
    """Return the limits of this server, which whoever validates a body gives as the context."""
    return info.context if isinstance(info.context, Limits) else DEFAULT_LIMITS


NoNul = AfterValidator(_without_nul)
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), NoNul]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), NoNul]
Message = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), NoNul]
Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), NoNul, AfterValidator(_short_note)]
Uuid = Annotated[str, BeforeValidator(_canonical_uuid), Field(json_schema_extra={"format": "uuid"})]
Timestamp = Annotated[datetime, Field(strict=False), AfterValidator(_plausible)]
Payload = Annotated[dict[str, Any], AfterValidator(_small)]


class Body(BaseModel):
    """A JSON object with exactly these fields."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class Nothing(Body):
    """An empty object, or no body at all."""


class Join(Body):
    """An exam app's wish for a session of the exam with this code."""

    exam_code: Code
    candidate_identifier: Name


class Create(Body):
    """A wish for a session of the exam with this id."""

    exam_id: Annotated[str, StringConstraints(min_length=1, max_length=64), NoNul]
    candidate_identifier: Name = "Candidate"


class Login(Body):
    """A proctor's credentials."""

    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254), NoNul]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1_024), NoNul]


class Action(Body):
    """What a proctor says with an action. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    message: Message | None = None
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None


class Words(Body):
    """What a proctor writes to the candidate. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    message: Annotated[Message, StringConstraints(min_length=1)]


class Wish(Body):
    """A proctor's request to be shown something, with words of their own or without."""

    action_id: Uuid | None = None
    message: Message | None = None


class ActionOnly(Body):
    """An action that needs no words. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None


class Bookmark(Body):
    """A mark on the timeline, at a time of the server's clock or now. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    label: Name
    at: Timestamp | None = None


class HandOver(Body):
    """To whom a session is handed over, and with which words. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    to: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254), NoNul]
    message: Message | None = None


class ExamAction(Body):
    """What a proctor says with an action on a whole exam. Sent again with its id, it does what is still to be done."""

    action_id: Uuid
    message: Message | None = None
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None


class FlagAction(Body):
    """What a proctor makes of a flag, and why. ``action_id`` makes sending it again harmless."""

    action_id: Uuid | None = None
    reason: Message | None = None


class Decide(Body):
    """What a reviewer makes of a session, and why. ``action_id`` makes sending it again harmless.

    ``seen`` is how many decisions they knew of: where there are more by now, nothing is changed.
    """

    verdict: Annotated[Verdict, Field(strict=False)]
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000), NoNul] | None = None
    action_id: Uuid | None = None
    seen: Annotated[int, Field(ge=0, le=1_000)] | None = None


class Accommodations(Body):
    """What is made easier for a candidate: ``{rule_id: {"off": true}}`` or ``{rule_id: {"stretch": 2.0}}``."""

    accommodations: Payload


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

    session_id: Annotated[str, StringConstraints(min_length=1, max_length=64), NoNul]
    event_type: Annotated[str, StringConstraints(pattern=EVENT_TYPE_PATTERN)]
    payload: Payload | None = None


class NewEvent(Body):
    """An event; ``id`` is the reporter's idempotency key, ``timestamp`` the reporter's clock.

    ``seq`` counts the reporter's events and orders those of the same millisecond.
    """

    id: Uuid | None = None
    event_type: Annotated[str, StringConstraints(pattern=EVENT_TYPE_PATTERN)]
    message: Message | None = None
    payload: Payload | None = None
    timestamp: Timestamp | None = None
    seq: Annotated[int, Field(ge=0, le=2**53)] | None = None

    def as_report(self, outbox: str | None = None) -> Report:
        """Return the event as the domain takes it."""
        return Report(self.event_type, self.id, self.message, self.payload, self.timestamp, self.seq, outbox)


class NewSession(Body):
    """A session without an exam, for a candidate of this name."""

    candidate_name: Name


class Import(Body):
    """Which file of the import folder is the session's video."""

    filename: Annotated[str, StringConstraints(pattern=r"^[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]{0,199}$")]


class Claim(Body):
    """The candidate's press on Start. ``claim_id`` is made by the page, so that asking again gets the same claim."""

    session_id: Annotated[str, StringConstraints(min_length=1, max_length=64), NoNul]
    claim_id: Uuid | None = None
    consent_version: Annotated[str, StringConstraints(min_length=1, max_length=32), NoNul]
    return_url: Annotated[str, StringConstraints(max_length=2_048), NoNul] | None = None


class Query(BaseModel):
    """A query string: texts, turned into their types; unknown names are refused."""

    model_config = ConfigDict(extra="forbid")


class SessionsQuery(Query):
    """Which sessions to list."""

    status: Annotated[str, StringConstraints(max_length=32)] = ""
    exam_code: Annotated[str, StringConstraints(max_length=64), NoNul] = ""
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), NoNul] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


class ReviewsQuery(Query):
    """Which sessions the queue shows: those that wait for the caller, unless ``verdict`` says otherwise."""

    verdict: Literal["waiting", "all", "unreviewed", "clear", "suspicious", "violation", "second_review"] = "waiting"
    exam_code: Annotated[str, StringConstraints(max_length=64), NoNul] = ""
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), NoNul] = ""
    mine: Annotated[bool, Field(strict=False)] = False
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, StringConstraints(max_length=300)] | None = None


class NextReviewQuery(Query):
    """From which session a reviewer goes on to the next, and within which exam."""

    after: Annotated[str, StringConstraints(max_length=64), NoNul] = ""
    exam_code: Annotated[str, StringConstraints(max_length=64), NoNul] = ""


class HallQuery(SessionsQuery):
    """Which sessions the hall shows, with flags of at least which severity, and whether as a wall or as a list."""

    flag: Literal["", "any", "medium", "high"] = ""
    view: Literal["", "wall", "list"] = ""


class PageQuery(Query):
    """Which page of a list to give."""

    limit: Annotated[int, Field(ge=1, le=1_000)] = 1_000
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


class ChunkQuery(Query):
    """Where in its take a chunk belongs, its hash, and how long ago the take began."""

    seq: Annotated[int, Field(ge=0, le=99_999)]
    offset: Annotated[int, Field(ge=0, le=2**53)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    age_ms: Annotated[int, Field(ge=0, le=172_800_000)] = 0


class ExportQuery(Query):
    """Which sessions to export."""

    exam_code: Annotated[str, StringConstraints(max_length=64), NoNul] = ""


class AnswerQuery(Query):
    """What a candidate sends, and which request of a proctor it answers; ``id`` is made by their page."""

    kind: Literal["room_scan", "identity_photo"]
    action_id: Uuid
    id: Uuid


class EventsQuery(Query):
    """Which page of a session's events to give."""

    order: Literal["oldest", "newest"] = "oldest"
    limit: Annotated[int, Field(ge=1, le=200)] = 100
    cursor: Annotated[str, StringConstraints(max_length=200)] | None = None


class Heartbeat(Body):
    """A page's sign of life."""

    sent_at_ms: Annotated[float, Field(strict=False)] | None = None


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


class ActionId(Body):
    """Which action a page has got or read."""

    id: Uuid


class Watch(Body):
    """Which session a proctor wants to see live."""

    session_id: Annotated[str, StringConstraints(min_length=1, max_length=64), NoNul]


class Snapshot(Body):
    """A small picture of the candidate, taken so long ago; ``flag_id`` names the flag that the server asked about."""

    image: Annotated[str, StringConstraints(min_length=1, max_length=65_536)]
    age_ms: Annotated[int, Field(ge=0, le=3_600_000)] = 0
    flag_id: Annotated[str, StringConstraints(min_length=1, max_length=64), NoNul] | None = None


class Wall(Body):
    """Which sessions' pictures a console wants to see."""

    session_ids: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=64), NoNul]], Field(max_length=1_200)
    ]


class ViewerId(Body):
    """Which view is meant."""

    viewer_id: Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Description(Body):
    """An ``RTCSessionDescriptionInit`` (W3C WebRTC, section 4.6.2)."""

    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: Annotated[str, StringConstraints(max_length=32_768), NoNul] = ""


class IceCandidate(BaseModel):
    """An ``RTCIceCandidateInit`` (W3C WebRTC, section 4.8.1.1); browsers add members of their own."""

    model_config = ConfigDict(strict=True, extra="ignore")

    candidate: Annotated[str, StringConstraints(max_length=2_048), NoNul] = ""
    sdpMid: Annotated[str, StringConstraints(max_length=64)] | None = None  # noqa: N815 - the browser's own name
    sdpMLineIndex: int | None = None  # noqa: N815 - the browser's own name
    usernameFragment: Annotated[str, StringConstraints(max_length=256)] | None = None  # noqa: N815 - likewise


class Streams(Body):
    """Which ``MediaStream`` id is which picture."""

    camera: Annotated[str, StringConstraints(max_length=128)] | None = None
    screen: Annotated[str, StringConstraints(max_length=128)] | None = None


class Signal(ViewerId):
    """One step of the WebRTC negotiation: a description, or a candidate (null ends them)."""

    description: Description | None = None
    candidate: IceCandidate | None = None

    @model_validator(mode="after")
    def _is_one_step(self) -> Signal:
        given = self.model_fields_set & {"description", "candidate"}
        if len(given) != 1 or (given == {"description"} and self.description is None):
            raise ValueError("give one of description and candidate")
        return self


class PublisherSignal(Signal):
    """A step from the candidate, who says which of the streams in the description is which."""

    streams: Streams | None = None
