"""Recordings: chunks as they come in, the files that they are joined to, and videos that were sent whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from proctor.records.ids import SessionId


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
