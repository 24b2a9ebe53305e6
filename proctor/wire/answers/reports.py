"""Answering reports: a session in numbers, and everything about it."""

from __future__ import annotations

from collections.abc import Sequence

from proctor.domain.events import is_note
from proctor.domain.recordings import place_flags
from proctor.domain.reports import Summary
from proctor.records import Event, Flag, Footage, Session
from proctor.wire import shapes
from proctor.wire.answers.common import iso, iso_or_none
from proctor.wire.answers.events import event_answer, note_answer
from proctor.wire.answers.flags import flag_answer
from proctor.wire.answers.recordings import recordings_of
from proctor.wire.answers.review import verdict_so_far


def report(
    session: Session, events: list[Event], flags: Sequence[Flag] = (), recordings: Sequence[Footage] = ()
) -> shapes.ProctorReport:
    """Answer everything about a session."""
    return {
        "session_id": session.id,
        "exam_id": session.exam_id,
        "exam_title": session.exam_title,
        "exam_code": session.exam_code,
        "candidate_identifier": session.candidate_identifier,
        "status": str(session.status),
        "started_at": iso_or_none(session.started_at),
        "ended_at": iso_or_none(session.ended_at),
        "created_at": iso(session.created_at),
        "events": [event_answer(event) for event in events],
        "flags": [flag_answer(flag) for flag in place_flags(flags, recordings)],
        "recordings": recordings_of(session, recordings),
        "proctor_notes": [note_answer(event) for event in events if is_note(event)],
        "verdict": verdict_so_far(session),
    }


def summary(report: Summary) -> shapes.SummaryReport:
    """Answer what a session comes to."""
    counted = report.counts
    return {
        "candidate_name": report.candidate_name,
        "session_id": report.session_id,
        "interview_duration_seconds": report.duration_s,
        "focus_lost_count": counted.get("focus_lost", 0),
        "looking_away_count": counted.get("looking_away", 0),
        "no_face_segments": counted.get("no_face", 0),
        "multiple_faces_count": counted.get("multiple_faces", 0),
        "phone_detected_count": counted.get("phone_detected", 0),
        "notes_detected_count": counted.get("notes_detected", 0),
        "device_detected_count": counted.get("device_detected", 0),
        "suspicious_events_count": report.suspicious_count,
        "integrity_score": report.score,
    }
