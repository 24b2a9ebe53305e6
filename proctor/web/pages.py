"""What pages are given: one typed context each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from proctor.domain.rules import Rule
from proctor.domain.verdicts import Waiting
from proctor.records import Session, SessionId
from proctor.wire.shapes import EventAnswer, EvidenceItem, FlagAnswer, RecordingAnswer, SessionAnswer, VerdictAnswer

CONSENT_VERSION = "2026-11-6"
"""Changes with the words in ``candidate/_consent.html``. With the hash of the text it is kept with each session."""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The candidate's page: before the start (``session_id`` set), or on coming back (``handle`` set)."""

    stage: Literal["start", "resume"]
    exam_title: str
    candidate_identifier: str
    duration_minutes: int | None
    screen_required: bool
    institution: str
    retention_days: int
    consent_version: str
    session_id: str | None
    handle: str | None
    csrf_token: str | None
    return_url: str | None
    exam_mode: str
    claim_url: str
    finish_url: str | None
    demo: bool
    detection: bool
    recording: str
    snapshots: str
    thresholds: Mapping[str, float]
    consent_addition: list[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a candidate cannot go on, and what to do."""

    kind: str
    title: str
    explanation: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What the browser that held an exam needs to send the rest of its recording."""

    handle: str
    csrf_token: str


@dataclass(frozen=True, slots=True)
class FinishPage:
    """The end, whichever it was.

    ``reason`` is why a proctor ended it, where whoever reads may know. ``late`` is for the browser that held the exam,
    which may still have events of it.
    """

    status: str
    ended_by: str | None
    exam_title: str | None
    ended_at: str | None
    reason: str | None = None
    upload: Upload | None = None
    late: Upload | None = None


@dataclass(frozen=True, slots=True)
class ExamChoice:
    """An exam in a filter."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class HallPage:
    """The list of sessions."""

    proctor_email: str
    sessions: list[SessionAnswer]
    exams: list[ExamChoice]
    filters: dict[str, str]
    csrf_token: str
    open_access: bool


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session on the console. ``record`` and ``rules`` say what is made easier for its candidate."""

    proctor_email: str
    session: SessionAnswer
    record: Session
    rules: Mapping[str, Rule]
    events: list[EventAnswer]
    flags: list[FlagAnswer]
    chat: list[EventAnswer]
    warnings: tuple[str, ...]
    csrf_token: str
    open_access: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """What waits for review. ``unmonitored`` are ids of exams handed in that nobody saw."""

    proctor_email: str
    sessions: list[SessionAnswer]
    unmonitored: set[SessionId]
    exams: list[ExamChoice]
    filters: dict[str, str | bool]
    is_filtered: bool
    waiting: Waiting
    next_page: str | None
    csrf_token: str
    open_access: bool


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """One session that is reviewed: ``recorded`` is what its exam records, ``exam_code`` whose queue it is part of."""

    proctor_email: str
    session: SessionAnswer
    is_unmonitored: bool
    verdict: VerdictAnswer
    recordings: list[RecordingAnswer]
    recorded: str
    evidence: list[EvidenceItem]
    exam_code: str
    csrf_token: str
    open_access: bool
