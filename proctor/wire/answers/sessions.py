"""Answering about sessions: to proctors, to the candidate's page and in the words of the sessions API."""

from __future__ import annotations

from datetime import datetime

from proctor.domain import exam_clock, score
from proctor.records import Call, Session
from proctor.wire import shapes
from proctor.wire.answers.common import iso, iso_or_none, word_or_none


def clock(session: Session, now: datetime) -> shapes.Clock:
    """Answer what the exam's clock shows at ``now``."""
    reading = exam_clock.read(session, now)
    return {"remaining_ms": reading.remaining_ms, "running": reading.running}


def session_answer(session: Session, now: datetime) -> shapes.SessionAnswer:
    """Answer one session as at ``now``."""
    return {
        "id": session.id,
        "room_name": session.room_name,
        "exam_id": session.exam_id,
        "exam_title": session.exam_title,
        "exam_code": session.exam_code,
        "candidate_identifier": session.candidate_identifier,
        "status": str(session.status),
        "started_at": iso_or_none(session.started_at),
        "created_at": iso(session.created_at),
        "ended_at": iso_or_none(session.ended_at),
        "ended_by": word_or_none(session.ended_by),
        "presence": {"online": session.presence.online, "lost_since": iso_or_none(session.presence.lost_since)},
        "clock": clock(session, now),
        "score": score.of_session(session),
        "open_flags": {"count": session.flags.open_count, "worst": word_or_none(session.flags.worst)},
        "verdict": str(session.review.verdict),
        "hand_raised": session.is_live and Call.HAND in session.calls,
        "unread_chat": session.is_live and Call.CHAT in session.calls,
        "assigned_to": session.assigned_to,
    }


def state(session: Session, now: datetime) -> shapes.StateAnswer:
    """Answer the candidate's page its own state as at ``now``."""
    return {
        "handle": session.handle,
        "status": str(session.status),
        "exam_title": session.exam_title,
        "candidate_identifier": session.candidate_identifier,
        "started_at": iso_or_none(session.started_at),
        "ended_at": iso_or_none(session.ended_at),
        "ended_by": word_or_none(session.ended_by),
        "clock": clock(session, now),
        "hand_raised": session.is_live and Call.HAND in session.calls,
    }


def plain_session(session: Session) -> shapes.PlainSession:
    """Answer a session in the words of the sessions API."""
    video = session.video
    return {
        "id": session.id,
        "candidate_name": session.candidate_identifier,
        "start_time": iso(session.started_at or session.created_at),
        "end_time": iso_or_none(session.ended_at),
        "video_path": None if video is None else f"/videos/{video.name}",
        "video_status": None if video is None else "pending" if video.pending else "stored",
    }
