"""What the application talks about: immutable records, closed sets of names, id types.

Records cross module borders; documents of the database and bodies of requests do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

SessionId = NewType("SessionId", str)
ExamId = NewType("ExamId", str)
ProctorId = NewType("ProctorId", str)
LoginId = NewType("LoginId", str)
EventId = NewType("EventId", str)
ViewerId = NewType("ViewerId", str)
FlagId = NewType("FlagId", str)
EvidenceId = NewType("EvidenceId", str)


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


class Call(StrEnum):
    """What a candidate waits for a proctor to see to: their raised hand, or what they wrote."""

    HAND = "hand"
    CHAT = "chat"


class Role(StrEnum):
    """What a caller of a route or socket event is. Every route and event names the roles it admits.

    ``LOCAL`` is a program on this machine while access is open: it may do what the sessions API offers.
    """

    ANYONE = "anyone"
    LOCAL = "local"
    EXAM_APP = "exam_app"
    PROCTOR = "proctor"
    CANDIDATE = "candidate"
    AGENT = "agent"


class ProctorRole(StrEnum):
    """What a proctor is there for. What each may do is in ``domain.permissions``."""

    ADMIN = "admin"
    PROCTOR = "proctor"
    REVIEWER = "reviewer"


class Permission(StrEnum):
    """What a route or message asks of a proctor beyond being signed in.

    ``WATCH`` is seeing candidates live, ``STEP_IN`` acting on them, ``REVIEW`` judging recordings and reports
    afterwards, ``ADMINISTER`` changing exams, accounts and what is kept.
    """

    WATCH = "watch"
    STEP_IN = "step_in"
    REVIEW = "review"
    ADMINISTER = "administer"


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


class Recording(StrEnum):
    """When camera and sound are recorded, and the screen where it is shared."""

    OFF = "off"
    ON_FLAGS = "on_flags"
    FULL = "full"


class Snapshots(StrEnum):
    """Which of the small pictures that proctors see are kept as evidence."""

    NONE = "none"
    ON_FLAGS = "on_flags"
    ALL = "all"


class Verdict(StrEnum):
    """What people make of a session after its end. Legal changes are in ``domain.verdicts``."""

    UNREVIEWED = "unreviewed"
    CLEAR = "clear"
    SUSPICIOUS = "suspicious"
    VIOLATION = "violation"
    SECOND_REVIEW = "second_review"


class FootageKind(StrEnum):
    """What a recording shows; ``UPLOAD`` is a whole file that somebody sent, and the others come from the browser."""

    CAMERA = "camera"
    SCREEN = "screen"
    UPLOAD = "upload"


class FootageState(StrEnum):
    """How far a recording has come: its chunks arrive, they are joined, it can be played, it could not be joined."""

    RECEIVING = "receiving"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class EvidenceKind(StrEnum):
    """What a kept picture or clip is of."""

    SNAPSHOT = "snapshot"
    ROOM_SCAN = "room_scan"
    IDENTITY_PHOTO = "identity_photo"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is recorded and kept of a session, for how long, and how readily its candidate's browser reports.

    An exam has one, and each of its sessions a copy of it as it was when the session was made: what its candidate
    agrees to. ``thresholds`` says in what the detection differs from its defaults (see ``domain.thresholds``),
    ``retention_days`` None means as long as the server's settings say.
    """

    recording: Recording = Recording.FULL
    snapshots: Snapshots = Snapshots.ON_FLAGS
    thresholds: Mapping[str, float] = field(default_factory=dict)
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam that candidates sit.

    ``duration_minutes`` None means without a time limit, ``weights`` None the server's own for the integrity score.
    ``rules`` says in what its rules for flags differ from the server's own (see ``domain.rules``). ``origins`` are
    sites that its candidates may be sent to beside those of the settings, ``consent_addition`` is what they agree to
    beside the text that all exams share. An archived exam takes no more candidates.
    """

    id: ExamId
    code: str
    title: str
    duration_minutes: int | None
    screen_required: bool
    join_by_hand: bool
    created_at: datetime
    weights: Mapping[str, int] | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = Policy()
    origins: tuple[str, ...] = ()
    consent_addition: str = ""
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proctor:
    """A person who watches exams. ``exam_codes`` None means every exam."""

    id: ProctorId
    email: str
    password_hash: str
    exam_codes: frozenset[str] | None
    disabled: bool
    created_at: datetime
    role: ProctorRole = ProctorRole.PROCTOR


@dataclass(frozen=True, slots=True)
class Login:
    """One signed-in browser or API client of a proctor; revoking it signs that one out."""

    id: LoginId
    proctor_id: ProctorId
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way in for a proctor who is to choose a password. ``id`` is the hash of what the link carries."""

    id: str
    proctor_id: ProctorId
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Accommodation:
    """What is made easier for one candidate of an exam, granted before they come.

    ``rules`` are switched off or stretched (see ``domain.rules``); their exam lasts ``extra_percent`` longer, and
    ``extra_minutes`` on top.
    """

    exam_code: str
    candidate_identifier: str
    rules: Mapping[str, Any]
    extra_percent: int
    extra_minutes: int
    granted_by: str
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class Consent:
    """The words that candidates agreed to, each wording once: ``id`` is the hash of ``text``."""

    id: str
    version: str
    text: str
    language: str
    first_shown_at: datetime


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
class Video:
    """A session's video. ``pending`` means that it is safe on the server's disk and not yet in the storage behind."""

    name: str
    size: int
    sha256: str
    content_type: str
    uploaded_at: datetime
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A picture or clip that is kept with a session, as the file ``name`` in the bucket of evidence.

    ``id`` follows from the session and from the sender's own id for it, so that sending it twice keeps it once.
    ``flag_id`` names the flag that it shows, ``action_id`` the request of a proctor that it answers. ``pending`` is as
    of videos.
    """

    id: EvidenceId
    session_id: SessionId
    kind: EvidenceKind
    name: str
    size: int
    sha256: str
    taken_at: datetime
    flag_id: FlagId | None = None
    action_id: EventId | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """One piece of a take, as the browser's recorder gave it out: the file ``name`` in the bucket of chunks.

    ``offset`` is where it begins in its take. ``chain`` hashes it together with every chunk before it, so that none
    can be changed, left out or put in later without the ones behind it showing. ``pending`` is as of videos.
    """

    session_id: SessionId
    kind: FootageKind
    take_id: str
    seq: int
    offset: int
    size: int
    sha256: str
    chain: str
    name: str
    received_at: datetime
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """One run of a browser's recorder: from one loading of the page, or change of device, to the next.

    ``started_at`` is the server's clock. ``chunks`` and ``size`` say how much of it the server has.
    """

    id: str
    started_at: datetime
    chunks: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of time without interruption: where it stands in the joined file, and when it was."""

    starts_at: datetime
    offset_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """The file that a recording was joined to from so many ``chunks``.

    ``chain_ok`` is False where these were not what the server had been given.
    """

    name: str
    size: int
    sha256: str
    duration_s: float
    segments: tuple[Segment, ...]
    chunks: int
    chain_ok: bool
    joined_at: datetime
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Footage:
    """What is recorded of one kind in one session: the takes that came in, and the file they were joined to.

    ``heard_at`` is when its last chunk came, ``due_at`` when somebody should look what is to be done with it, None for
    never. Whoever does it has a lease until ``leased_until``; ``attempts`` counts those to join it. ``is_complete``
    says that the candidate's browser has nothing left to send, ``is_cleared`` that the chunks are gone.
    """

    session_id: SessionId
    kind: FootageKind
    state: FootageState
    takes: tuple[Take, ...] = ()
    file: JoinedFile | None = None
    heard_at: datetime | None = None
    due_at: datetime | None = None
    lease: str | None = None
    leased_until: datetime | None = None
    attempts: int = 0
    is_complete: bool = False
    is_cleared: bool = False
    problem: str | None = None

    @property
    def size(self) -> int:
        """How many bytes of it have come in."""
        return sum(take.size for take in self.takes)

    @property
    def chunks(self) -> int:
        """How many chunks of it have come in."""
        return sum(take.chunks for take in self.takes)

    @property
    def is_joined(self) -> bool:
        """True where its file holds everything that has come in."""
        return self.file is not None and self.file.chunks == self.chunks


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The latest small JPEG picture of a candidate, as the wall shows it; ``taken_at`` is by the server's clock."""

    session_id: SessionId
    image: bytes
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Numbering:
    """How many events have come of those that one outbox numbers from 1, and the highest number among them."""

    count: int
    last: int


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


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of a session's verdict: never altered, never removed. ``id`` is made by whoever sends it."""

    id: EventId
    was: Verdict
    verdict: Verdict
    by: str
    by_id: ProctorId
    at: datetime
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What became of a session's review: the verdict so far, and each decision that led to it, in order.

    ``asked_by`` is who last wished for a second reviewer, and so is none. ``place`` is where the session stands among
    those that wait (smaller is sooner): None before it was ranked, empty where there is nothing to review.
    """

    verdict: Verdict = Verdict.UNREVIEWED
    history: tuple[Decision, ...] = ()
    asked_by: ProctorId | None = None
    place: str | None = None


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


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is calling: the role that was proved, and the record behind it."""

    role: Role
    proctor: Proctor | None = None
    login_id: LoginId | None = None
    session: Session | None = None
    by_cookie: bool = False
    unauthenticated: bool = False

    @property
    def label(self) -> str:
        """A name for the record of what was done: the proctor's address, or the role."""
        return self.proctor.email if self.proctor else str(self.role)


ANYONE = Actor(Role.ANYONE)
