"""Answers that callers get: plain dictionaries, their shapes declared for type checks and the API description."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NotRequired

# Pydantic reads these shapes, and on Python 3.11 it can do so only from typing_extensions.
from typing_extensions import TypedDict

from proctor.domain import exam_clock, score
from proctor.domain.events import is_note
from proctor.domain.reports import Summary
from proctor.domain.score import Deduction, Proof
from proctor.records import Delivery, Event, Flag, Proctor, Session, Video

iso = exam_clock.iso
PROOFS = 100
"""How many events a deduction names as evidence."""


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


class SessionsAnswer(TypedDict):
    """A page of sessions, newest first."""

    sessions: list[SessionAnswer]
    next_cursor: str | None


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


class EvidenceAnswer(TypedDict):
    """What a flag rests on: the events that began it (the first 50 of ``event_count``) and the one that ended it."""

    event_ids: list[str]
    event_count: int
    confidence: float | None
    snapshot: str | None
    recording_position_s: float | None


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


class RecordingAnswer(TypedDict):
    """A stored video; ``pending`` ones are safe and on their way to the storage behind."""

    video_path: str
    size: int
    sha256: str
    content_type: str
    uploaded_at: str
    pending: bool


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


class ActionAnswer(TypedDict):
    """What a proctor did, as the candidate's page gets it."""

    id: str
    kind: str
    message: str | None
    minutes: int | None
    created_at: str


def iso_or_none(moment: datetime | None) -> str | None:
    """Return ``iso(moment)``, or None for None."""
    return None if moment is None else iso(moment)


def joined(session: Session) -> JoinedAnswer:
    """Answer a join."""
    return {"session_id": session.id, "room_name": session.room_name}


def clock(session: Session, now: datetime) -> Clock:
    """Answer what the exam's clock shows at ``now``."""
    reading = exam_clock.read(session, now)
    return {"remaining_ms": reading.remaining_ms, "running": reading.running}


def session_answer(session: Session, now: datetime) -> SessionAnswer:
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
        "ended_by": None if session.ended_by is None else str(session.ended_by),
        "presence": {"online": session.presence.online, "lost_since": iso_or_none(session.presence.lost_since)},
        "clock": clock(session, now),
        "score": score.of_session(session),
        "open_flags": {"count": session.flags.open_count, "worst": _word_or_none(session.flags.worst)},
    }


def state(session: Session, now: datetime) -> StateAnswer:
    """Answer the candidate's page its own state as at ``now``."""
    return {
        "handle": session.handle,
        "status": str(session.status),
        "exam_title": session.exam_title,
        "candidate_identifier": session.candidate_identifier,
        "started_at": iso_or_none(session.started_at),
        "ended_at": iso_or_none(session.ended_at),
        "ended_by": None if session.ended_by is None else str(session.ended_by),
        "clock": clock(session, now),
    }


def event_answer(event: Event) -> EventAnswer:
    """Answer one event."""
    answer: EventAnswer = {
        "id": event.id,
        "event_type": event.event_type,
        "message": event.message,
        "payload": dict(event.payload),
        "timestamp": iso(event.timestamp),
        "received_at": iso(event.received_at),
        "source": str(event.source),
    }
    if event.delivery is not None:
        answer["delivery"] = _delivery(event.delivery)
    return answer


def flag_answer(flag: Flag) -> FlagAnswer:
    """Answer one flag."""
    return {
        "id": flag.id,
        "session_id": flag.session_id,
        "rule_id": flag.rule_id,
        "severity": str(flag.severity),
        "message": flag.message,
        "began_at": iso(flag.began_at),
        "raised_at": iso(flag.raised_at),
        "cleared_at": iso_or_none(flag.cleared_at),
        "lasted_ms": flag.lasted_ms,
        "evidence": {
            "event_ids": list(flag.event_ids),
            "event_count": flag.begun_count,
            "confidence": flag.confidence,
            "snapshot": None,
            "recording_position_s": flag.recording_position_s,
        },
        "state": str(flag.state),
        "handled_by": flag.handled_by,
        "handled_at": iso_or_none(flag.handled_at),
        "reason": flag.reason,
    }


def deduction_answer(lost: Deduction, proofs: list[Proof]) -> DeductionAnswer:
    """Answer where points were lost, and on what evidence."""
    evidence: list[ProofAnswer] = [
        {
            "event_id": proof.event.id,
            "timestamp": iso(proof.event.timestamp),
            "confidence": proof.confidence,
            "lasted_ms": proof.lasted_ms,
            "flag_id": proof.flag.id if proof.flag else None,
        }
        for proof in proofs[:PROOFS]
    ]
    return {
        "rule_id": lost.event_type,
        "count": lost.count,
        "weight": lost.weight,
        "points": lost.points,
        "evidence": evidence,
    }


def note_answer(event: Event) -> NoteAnswer:
    """Answer a note."""
    by, at = event.payload.get("by"), event.payload.get("timestamp_sec")
    return {
        "id": event.id,
        "note": event.message,
        "by": str(by or event.source),
        "timestamp_sec": at,
        "created_at": iso(event.received_at),
    }


def action_answer(action: Event) -> ActionAnswer:
    """Answer the candidate's page with what a proctor did; which proctor is not the candidate's to know."""
    return {
        "id": action.id,
        "kind": action.event_type,
        "message": action.message,
        "minutes": action.payload.get("minutes"),
        "created_at": iso(action.timestamp),
    }


def report(session: Session, events: list[Event], flags: Sequence[Flag] = ()) -> ProctorReport:
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
        "flags": [flag_answer(flag) for flag in flags],
        "recordings": [] if session.video is None else [recording(session.video)],
        "proctor_notes": [note_answer(event) for event in events if is_note(event)],
    }


def recording(video: Video) -> RecordingAnswer:
    """Answer a stored video."""
    return {
        "video_path": f"/videos/{video.name}",
        "size": video.size,
        "sha256": video.sha256,
        "content_type": video.content_type,
        "uploaded_at": iso(video.uploaded_at),
        "pending": video.pending,
    }


def plain_session(session: Session) -> PlainSession:
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


def plain_event(event: Event) -> PlainEvent:
    """Answer an event in the words of the sessions API."""
    return {
        "id": event.id,
        "event_type": event.event_type,
        "message": event.message,
        "timestamp": iso(event.timestamp),
    }


def summary(report: Summary) -> SummaryReport:
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


def token(access_token: str, proctor: Proctor) -> TokenAnswer:
    """Answer an API login."""
    return {"access_token": access_token, "token_type": "bearer", "proctor_id": proctor.id, "email": proctor.email}


def _word_or_none(word: StrEnum | None) -> str | None:
    return None if word is None else str(word)


def _delivery(delivery: Delivery) -> DeliveryAnswer:
    return {
        "delivered_at": iso_or_none(delivery.delivered_at),
        "acknowledged_at": iso_or_none(delivery.acknowledged_at),
    }
