"""Recordings and evidence: what there is for proctors, and how much of it has come in for the candidate's browser."""

from __future__ import annotations

from typing_extensions import TypedDict


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
