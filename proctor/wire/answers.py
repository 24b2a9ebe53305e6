"""Answers that callers get: records made into the plain dictionaries of ``wire.shapes``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from proctor.domain import exam_clock, score
from proctor.domain.events import is_note
from proctor.domain.exam_actions import Tally
from proctor.domain.recordings import gaps, place_flags
from proctor.domain.reports import Summary
from proctor.domain.score import Deduction, Proof
from proctor.records import (
    Call,
    Chunk,
    Decision,
    Delivery,
    Event,
    Evidence,
    Flag,
    Footage,
    FootageKind,
    FootageState,
    Proctor,
    Segment,
    Session,
    SessionId,
    Video,
)
from proctor.wire import shapes

iso = exam_clock.iso
PROOFS = 100
"""How many events a deduction names as evidence."""


def iso_or_none(moment: datetime | None) -> str | None:
    """Return ``iso(moment)``, or None for None."""
    return None if moment is None else iso(moment)


def joined(session: Session) -> shapes.JoinedAnswer:
    """Answer a join."""
    return {"session_id": session.id, "room_name": session.room_name}


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
        "ended_by": None if session.ended_by is None else str(session.ended_by),
        "presence": {"online": session.presence.online, "lost_since": iso_or_none(session.presence.lost_since)},
        "clock": clock(session, now),
        "score": score.of_session(session),
        "open_flags": {"count": session.flags.open_count, "worst": _word_or_none(session.flags.worst)},
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
        "ended_by": None if session.ended_by is None else str(session.ended_by),
        "clock": clock(session, now),
        "hand_raised": session.is_live and Call.HAND in session.calls,
    }


def event_answer(event: Event) -> shapes.EventAnswer:
    """Answer one event."""
    answer: shapes.EventAnswer = {
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


def flag_answer(flag: Flag) -> shapes.FlagAnswer:
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
            "snapshot": None if flag.snapshot is None else f"/evidence/{flag.snapshot}",
            "recording_position_s": flag.recording_position_s,
        },
        "state": str(flag.state),
        "handled_by": flag.handled_by,
        "handled_at": iso_or_none(flag.handled_at),
        "reason": flag.reason,
    }


def watching(emails: Sequence[str]) -> list[shapes.WatchingAnswer]:
    """Answer who watches a session."""
    return [{"email": email} for email in emails]


def handover(event: Event, session: Session) -> shapes.HandoverNotice:
    """Answer whoever a session was handed over to."""
    return {
        "session_id": session.id,
        "candidate_identifier": session.candidate_identifier,
        "exam_title": session.exam_title,
        "by": str(event.payload["by"]),
        "message": event.message,
        "at": iso(event.received_at),
    }


def chat_message(event: Event) -> shapes.ChatMessage:
    """Answer the candidate with a message of their chat."""
    return {
        "id": event.id,
        "source": str(event.source),
        "message": event.message or "",
        "sent_at": iso(event.received_at),
    }


def snapshot(session_id: SessionId, image: str, taken_at: datetime) -> shapes.SnapshotAnswer:
    """Answer a picture for the wall."""
    return {"session_id": session_id, "image": image, "taken_at": iso(taken_at)}


def tally(counted: Tally) -> shapes.TallyAnswer:
    """Answer an action on a whole exam."""
    return {"sessions": counted.done, "skipped": counted.skipped, "failed": counted.failed}


def evidence_item(kept: Evidence) -> shapes.EvidenceItem:
    """Answer a kept picture or clip."""
    return {
        "id": kept.id,
        "kind": str(kept.kind),
        "path": f"/evidence/{kept.name}",
        "size": kept.size,
        "sha256": kept.sha256,
        "taken_at": iso(kept.taken_at),
        "flag_id": kept.flag_id,
        "action_id": kept.action_id,
        "pending": kept.pending,
    }


def deduction_answer(lost: Deduction, proofs: list[Proof]) -> shapes.DeductionAnswer:
    """Answer where points were lost, and on what evidence."""
    evidence: list[shapes.ProofAnswer] = [
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


def note_answer(event: Event) -> shapes.NoteAnswer:
    """Answer a note."""
    by, at = event.payload.get("by"), event.payload.get("timestamp_sec")
    return {
        "id": event.id,
        "note": event.message,
        "by": str(by or event.source),
        "timestamp_sec": at,
        "created_at": iso(event.received_at),
    }


def action_answer(action: Event) -> shapes.ActionAnswer:
    """Answer the candidate's page with what a proctor did; which proctor is not the candidate's to know."""
    return {
        "id": action.id,
        "kind": action.event_type,
        "message": action.message,
        "minutes": action.payload.get("minutes"),
        "created_at": iso(action.timestamp),
    }


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


def verdict_so_far(session: Session) -> shapes.VerdictSoFar:
    """Answer what people have made of a session."""
    return {
        "verdict": str(session.review.verdict),
        "history": [_decision(decision) for decision in session.review.history],
    }


def recordings_of(session: Session, found: Sequence[Footage]) -> list[shapes.RecordingAnswer]:
    """Answer everything that was recorded of a session."""
    uploaded = [] if session.video is None else [_uploaded(session.video)]
    return [_recorded(footage) for footage in found] + uploaded


def _recorded(footage: Footage) -> shapes.RecordingAnswer:
    file = footage.file
    segments = file.segments if file else ()
    return {
        "kind": str(footage.kind),
        "state": str(footage.state),
        "video_path": f"/videos/{file.name}" if file else None,
        "content_type": "video/webm",
        "duration_s": file.duration_s if file else None,
        "size": file.size if file else None,
        "sha256": file.sha256 if file else None,
        "received_bytes": footage.size,
        "started_at": iso(footage.takes[0].started_at) if footage.takes else None,
        "uploaded_at": iso(file.joined_at) if file else None,
        "segments": [_segment(segment) for segment in segments],
        "gaps": [{"starts_at": iso(gap.starts_at), "duration_s": gap.duration_s} for gap in gaps(segments)],
        "chain_ok": file.chain_ok if file else None,
        "pending": file.pending if file else False,
    }


def _segment(segment: Segment) -> shapes.SegmentAnswer:
    return {
        "starts_at": iso(segment.starts_at),
        "offset_s": segment.offset_s,
        "duration_s": segment.duration_s,
    }


def _uploaded(video: Video) -> shapes.RecordingAnswer:
    return {
        "kind": str(FootageKind.UPLOAD),
        "state": str(FootageState.READY),
        "video_path": f"/videos/{video.name}",
        "content_type": video.content_type,
        "duration_s": None,
        "size": video.size,
        "sha256": video.sha256,
        "received_bytes": video.size,
        "started_at": None,
        "uploaded_at": iso(video.uploaded_at),
        "segments": [],
        "gaps": [],
        "chain_ok": None,
        "pending": video.pending,
    }


def takes(found: Sequence[Footage]) -> shapes.TakeList:
    """Answer the candidate's browser what is here of its recordings."""
    listed: list[shapes.TakeAnswer] = [
        {"kind": str(footage.kind), "take": take.id, "seq": take.chunks, "offset": take.size}
        for footage in found
        for take in footage.takes
    ]
    return {"takes": listed, "is_complete": any(footage.is_complete for footage in found)}


def footage_wanted(flags: Sequence[Flag], now: datetime) -> shapes.FootageWanted:
    """Answer the candidate's page which times these flags are about, and nothing else of them."""
    times: list[shapes.WantedTime] = [
        {"id": flag.id, "since": iso(flag.began_at), "until": iso_or_none(flag.cleared_at)}
        for flag in flags
        if flag.withdrawn_at is None
    ]
    return {"server_time": iso(now), "times": times}


def chunk(stored: Chunk) -> shapes.ChunkAnswer:
    """Answer where the recording goes on behind a chunk."""
    return {"seq": stored.seq + 1, "offset": stored.offset + stored.size, "chain": stored.chain}


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


def plain_event(event: Event) -> shapes.PlainEvent:
    """Answer an event in the words of the sessions API."""
    return {
        "id": event.id,
        "event_type": event.event_type,
        "message": event.message,
        "timestamp": iso(event.timestamp),
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


def token(access_token: str, proctor: Proctor) -> shapes.TokenAnswer:
    """Answer an API login."""
    return {"access_token": access_token, "token_type": "bearer", "proctor_id": proctor.id, "email": proctor.email}


def _decision(decision: Decision) -> shapes.DecisionAnswer:
    return {
        "id": decision.id,
        "from": str(decision.was),
        "to": str(decision.verdict),
        "by": decision.by,
        "at": iso(decision.at),
        "comment": decision.comment,
    }


def _word_or_none(word: StrEnum | None) -> str | None:
    return None if word is None else str(word)


def _delivery(delivery: Delivery) -> shapes.DeliveryAnswer:
    return {
        "delivered_at": iso_or_none(delivery.delivered_at),
        "acknowledged_at": iso_or_none(delivery.acknowledged_at),
    }
