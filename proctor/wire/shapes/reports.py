"""Reports: a session in numbers, and everything about it."""

from __future__ import annotations

from typing_extensions import TypedDict

from proctor.wire.shapes.events import EventAnswer, NoteAnswer
from proctor.wire.shapes.flags import FlagAnswer
from proctor.wire.shapes.recordings import RecordingAnswer
from proctor.wire.shapes.review import VerdictSoFar


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
