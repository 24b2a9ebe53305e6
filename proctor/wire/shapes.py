"""The shapes of what callers get, for type checks and the API description; ``wire.answers`` makes them."""

from __future__ import annotations

from typing import Any, NotRequired

# Pydantic reads these shapes, and on Python 3.11 it can do so only from typing_extensions.
from typing_extensions import TypedDict


class Presence(TypedDict):
    """Whether the candidate's page is connected, and since when not."""

    online: bool
    lost_since: str | None


class Clock(TypedDict):
    """The exam's clock at the moment of the answer; null means without a time limit."""

    remaining_ms: int | None
    running: bool


class OpenFlags(TypedDict):
    """How many flags nobody has handled yet, and the highest severity among them."""

    count: int
    worst: str | None


class SessionAnswer(TypedDict):
    """One session, as lists and details give it."""

    id: str
    room_name: str
    exam_id: str | None
    exam_title: str | None
    exam_code: str | None
    candidate_identifier: str
    status: str
    started_at: str | None
    created_at: str
    ended_at: str | None
    ended_by: str | None
    presence: Presence
    clock: Clock
    score: int
    open_flags: OpenFlags
    verdict: str
    hand_raised: bool
    unread_chat: bool
    assigned_to: str | None


class SessionsAnswer(TypedDict):
    """A page of sessions, newest first."""

    sessions: list[SessionAnswer]
    next_cursor: str | None


class WatchingAnswer(TypedDict):
    """A proctor who watches a session live."""

    email: str


class ColleaguesAnswer(TypedDict):
    """Who may look after a session."""

    colleagues: list[WatchingAnswer]


class HandoverNotice(TypedDict):
    """A session that was handed over to whoever is told this."""

    session_id: str
    candidate_identifier: str
    exam_title: str | None
    by: str
    message: str | None
    at: str


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


class ChatAnswer(TypedDict):
    """What proctors and candidate wrote to each other in a session, in order: the last 500 messages."""

    events: list[EventAnswer]


class ChatMessage(TypedDict):
    """A message as the candidate sees it; which proctor wrote it is not theirs to know."""

    id: str
    source: str
    message: str
    sent_at: str


class ChatMessages(TypedDict):
    """A candidate's chat, in order."""

    messages: list[ChatMessage]


class EvidenceAnswer(TypedDict):
    """What a flag rests on: the events that began it (the first 50 of ``event_count``) and the one that ended it."""

    event_ids: list[str]
    event_count: int
    confidence: float | None
    snapshot: str | None
    recording_position_s: float | None


class SnapshotAnswer(TypedDict):
    """A picture for the wall: JPEG as base64, and when it was taken."""

    session_id: str
    image: str
    taken_at: str


class TallyAnswer(TypedDict):
    """For how many sessions an action on an exam is done, does not apply, and has to be asked for again."""

    sessions: int
    skipped: int
    failed: int


class FlagAnswer(TypedDict):
    """A condition that lasted; ``cleared_at`` and ``lasted_ms`` are null while it does."""

    id: str
    session_id: str
    rule_id: str
    severity: str
    message: str
    began_at: str
    raised_at: str
    cleared_at: str | None
    lasted_ms: int | None
    evidence: EvidenceAnswer
    state: str
    handled_by: str | None
    handled_at: str | None
    reason: str | None


DecisionAnswer = TypedDict(
    "DecisionAnswer",
    {"id": str, "from": str, "to": str, "by": str, "at": str, "comment": str | None},
)
"""One change of a verdict. Written so because ``from`` is a word of the language."""


class VerdictSoFar(TypedDict):
    """What people have made of a session, with each decision in order."""

    verdict: str
    history: list[DecisionAnswer]


class VerdictAnswer(VerdictSoFar):
    """The same for a reviewer: ``possible`` is what they may change it to."""

    possible: list[str]


class WaitingAnswer(TypedDict):
    """How many sessions wait for the caller's review."""

    unreviewed: int
    second_review: int


class ReviewsAnswer(TypedDict):
    """A page of the queue, those first that most need a look; ``counts`` are of all that wait for the caller."""

    sessions: list[SessionAnswer]
    next_cursor: str | None
    counts: WaitingAnswer


class SpanAnswer(TypedDict):
    """A time that something lasted, in seconds since the start; ``count`` is how often it began in it."""

    start_s: float
    end_s: float
    count: int
    event_id: str
    is_open: bool


class LaneAnswer(TypedDict):
    """Everything of one type; ``is_merged`` where one span may stand for several that lie close together."""

    name: str
    is_condition: bool
    count: int
    total_s: float
    is_merged: bool
    spans: list[SpanAnswer]


class MarkAnswer(TypedDict):
    """A moment to look at: a flag, or what somebody did, wrote or noted."""

    id: str
    kind: str
    name: str
    at_s: float
    text: str | None
    by: str | None
    severity: str | None
    state: str | None
    lasted_s: float | None


class TimelineAnswer(TypedDict):
    """A session at a glance. ``left_out`` is how many marks there are beyond those given."""

    starts_at: str
    ends_at: str
    duration_s: float
    is_over: bool
    lanes: list[LaneAnswer]
    marks: list[MarkAnswer]
    event_count: int
    left_out: int


class EvidenceItem(TypedDict):
    """A kept picture or clip and where to fetch it; ``pending`` ones are on their way to the storage behind."""

    id: str
    kind: str
    path: str
    size: int
    sha256: str
    taken_at: str
    flag_id: str | None
    action_id: str | None
    pending: bool


class EvidenceList(TypedDict):
    """A session's kept pictures and clips, in the order in which they were taken."""

    evidence: list[EvidenceItem]


class FlagsAnswer(TypedDict):
    """A session's flags, in the order of what they are about."""

    flags: list[FlagAnswer]


class ProofAnswer(TypedDict):
    """One event that cost points."""

    event_id: str
    timestamp: str
    confidence: float | None
    lasted_ms: int | None
    flag_id: str | None


class DeductionAnswer(TypedDict):
    """Points lost for the events of one type, which is also the id of its rule; ``evidence`` names the first 100."""

    rule_id: str
    count: int
    weight: int
    points: int
    evidence: list[ProofAnswer]


class ScoreAnswer(TypedDict):
    """The integrity score, explained."""

    score: int
    deductions: list[DeductionAnswer]


class AccommodationsAnswer(TypedDict):
    """What is made easier for a candidate, by rule."""

    accommodations: dict[str, Any]


class NoteAnswer(TypedDict):
    """A note in a report."""

    id: str
    note: str | None
    by: str
    timestamp_sec: float | None
    created_at: str


class SegmentAnswer(TypedDict):
    """A stretch of time without interruption: when it was, and where it stands in the file."""

    starts_at: str
    offset_s: float
    duration_s: float


class GapAnswer(TypedDict):
    """A time of which there is no picture."""

    starts_at: str
    duration_s: float


class RecordingAnswer(TypedDict):
    """What was recorded: by the candidate's browser (``camera``, ``screen``), or a file sent whole (``upload``).

    ``state`` is ``receiving``, ``processing``, ``ready`` or ``failed``. There is a file from the first joining on, and
    it is replaced where more comes in; ``pending`` files are safe and on their way to the storage behind. ``chain_ok``
    is false where chunks were not what the server had been given.
    """

    kind: str
    state: str
    video_path: str | None
    content_type: str
    duration_s: float | None
    size: int | None
    sha256: str | None
    received_bytes: int
    started_at: str | None
    uploaded_at: str | None
    segments: list[SegmentAnswer]
    gaps: list[GapAnswer]
    chain_ok: bool | None
    pending: bool


class RecordingList(TypedDict):
    """A session's recordings."""

    recordings: list[RecordingAnswer]


class WantedTime(TypedDict):
    """What a flag is about, by the server's clock; ``until`` is null while it lasts."""

    id: str
    since: str
    until: str | None


class FootageWanted(TypedDict):
    """Which times of a recording are to be sent, as the candidate's page gets it."""

    server_time: str
    times: list[WantedTime]


class TakeAnswer(TypedDict):
    """How much of one run of the browser's recorder has come in: where to go on."""

    kind: str
    take: str
    seq: int
    offset: int


class TakeList(TypedDict):
    """What the server has of a candidate's recordings; ``is_complete`` ones take nothing more."""

    takes: list[TakeAnswer]
    is_complete: bool


class ChunkAnswer(TypedDict):
    """A chunk that is stored, and the place of the next one."""

    seq: int
    offset: int
    chain: str


class PlainSession(TypedDict):
    """A session as the sessions API gives it."""

    id: str
    candidate_name: str
    start_time: str
    end_time: str | None
    video_path: str | None
    video_status: str | None


class PlainEvent(TypedDict):
    """An event as the sessions API gives it."""

    id: str
    event_type: str
    message: str | None
    timestamp: str


class PlainSessionWithEvents(PlainSession):
    """A session with a page of its events in time order."""

    events: list[PlainEvent]
    next_cursor: str | None


class SummaryReport(TypedDict):
    """What a session comes to, in numbers."""

    candidate_name: str
    session_id: str
    interview_duration_seconds: int
    focus_lost_count: int
    looking_away_count: int
    no_face_segments: int
    multiple_faces_count: int
    phone_detected_count: int
    notes_detected_count: int
    device_detected_count: int
    suspicious_events_count: int
    integrity_score: int


class ProctorReport(TypedDict):
    """Everything about one session."""

    session_id: str
    exam_id: str | None
    exam_title: str | None
    exam_code: str | None
    candidate_identifier: str
    status: str
    started_at: str | None
    ended_at: str | None
    created_at: str
    events: list[EventAnswer]
    flags: list[FlagAnswer]
    recordings: list[RecordingAnswer]
    proctor_notes: list[NoteAnswer]
    verdict: VerdictSoFar


class JoinedAnswer(TypedDict):
    """A session that was made."""

    session_id: str
    room_name: str


class TokenAnswer(TypedDict):
    """A bearer token and whose it is."""

    access_token: str
    token_type: str
    proctor_id: str
    email: str


class AcceptedAnswer(TypedDict):
    """Which events are stored now, or were before."""

    accepted: list[str]


class StatusAnswer(TypedDict):
    """Where the session stands after what was done."""

    status: str
    action_id: NotRequired[str]


class IdAnswer(TypedDict):
    """The id of what was stored."""

    id: str


class ClaimAnswer(TypedDict):
    """What the candidate's page needs to go on; ``exam_mode`` is ``frame``, ``window`` or ``none``."""

    handle: str
    exam_url: str
    csrf_token: str
    exam_mode: str
    return_url: str | None


class HealthAnswer(TypedDict):
    """That the server and its database work."""

    status: str
    message: str


class StateAnswer(TypedDict):
    """The session as the candidate's page sees it."""

    handle: str
    status: str
    exam_title: str | None
    candidate_identifier: str
    started_at: str | None
    ended_at: str | None
    ended_by: str | None
    clock: Clock
    hand_raised: bool


class ActionAnswer(TypedDict):
    """What a proctor did, as the candidate's page gets it."""

    id: str
    kind: str
    message: str | None
    minutes: int | None
    created_at: str
