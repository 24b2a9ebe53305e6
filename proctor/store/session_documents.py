"""What a session looks like in the database, and back."""

from __future__ import annotations

from datetime import datetime

from proctor.records import (
    Call,
    EndedBy,
    ExamId,
    FlagSummary,
    Presence,
    Session,
    SessionId,
    Severity,
    Status,
    Video,
)
from proctor.store import counts, policies, reviews
from proctor.store.client import Document
from proctor.store.events import embedded_from_document, embedded_to_document

STATE_FIELDS = (
    "status",
    "started_at",
    "duration_minutes",
    "ended_at",
    "ended_by",
    "deadline",
    "paused_at",
    "return_url",
    "consent_version",
    "consented_at",
    "claim_hash",
    "consent_hash",
)
"""What ``change`` writes: everything that moves with ``version``."""

FIXED_FIELDS = (
    "handle",
    "room_name",
    "exam_code",
    "exam_title",
    "screen_required",
    "candidate_identifier",
    "created_at",
    "version",
    "counts",
    "weights",
    "report_keys",
)


def to_document(session: Session) -> Document:
    """Return the whole document of a session."""
    return {
        "_id": session.id,
        "handle": session.handle,
        "room_name": session.room_name,
        "exam_id": session.exam_id,
        "exam_code": session.exam_code,
        "exam_title": session.exam_title,
        "duration_minutes": session.duration_minutes,
        "screen_required": session.screen_required,
        "candidate_identifier": session.candidate_identifier,
        "status": session.status,
        "created_at": session.created_at,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "ended_by": session.ended_by,
        "deadline": session.deadline,
        "paused_at": session.paused_at,
        "return_url": session.return_url,
        "consent_version": session.consent_version,
        "consented_at": session.consented_at,
        "claim_hash": session.claim_hash,
        "presence": {
            "connection_id": session.presence.connection_id,
            "seen_at": session.presence.seen_at,
            "lost_since": session.presence.lost_since,
            "leaving_at": session.presence.leaving_at,
        },
        "pending_actions": [embedded_to_document(action) for action in session.pending_actions],
        "counts": dict(session.counts),
        "weights": dict(session.weights),
        "video": None if session.video is None else video_to_document(session.video),
        "report_keys": dict(session.report_keys),
        "version": session.version,
        "rules": dict(session.rules),
        "accommodations": dict(session.accommodations),
        "flags": flags_to_document(session.flags),
        "policy": policies.to_document(session.policy),
        "calls": {str(call): {"since": since, "at": since} for call, since in session.calls.items()},
        "assigned_to": session.assigned_to,
        "extra_minutes": session.extra_minutes,
        "consent_hash": session.consent_hash,
        "review": reviews.to_document(session.review),
    }


def flags_to_document(summary: FlagSummary) -> Document:
    """Return what is kept of a session's flags in its document."""
    return {
        "open_count": summary.open_count,
        "worst": summary.worst,
        "dismissed": dict(summary.dismissed),
        "seq": summary.seq,
    }


def flags_from_document(document: Document | None) -> FlagSummary:
    """Return a session's flags in numbers; sessions older than flags have none."""
    if document is None:
        return FlagSummary()
    worst = None if document["worst"] is None else Severity(document["worst"])
    return FlagSummary(document["open_count"], worst, document["dismissed"], document["seq"])


def calls_from_document(document: Document) -> dict[Call, datetime]:
    """Return since when the candidate waits for what; ``at``, when that was last told, stays here."""
    return {Call(name): told["since"] for name, told in document.items() if told["since"] is not None}


def video_to_document(video: Video) -> Document:
    """Return what is kept of a session's video in its document."""
    return {
        "name": video.name,
        "size": video.size,
        "sha256": video.sha256,
        "content_type": video.content_type,
        "uploaded_at": video.uploaded_at,
        "pending": video.pending,
    }


def or_none(document: Document | None) -> Session | None:
    """Return the session of what a look-up found, or None."""
    return None if document is None else from_document(document)


def from_document(document: Document) -> Session:
    """Return the session of its whole document."""
    session_id = SessionId(document["_id"])
    state = [key for key in STATE_FIELDS if key not in {"status", "ended_by", "consent_hash"}]
    return Session(
        id=session_id,
        exam_id=None if document["exam_id"] is None else ExamId(document["exam_id"]),
        status=Status(document["status"]),
        ended_by=None if document["ended_by"] is None else EndedBy(document["ended_by"]),
        presence=Presence(**document["presence"]),
        video=None if document["video"] is None else Video(**document["video"]),
        rules=document.get("rules", {}),
        accommodations=document.get("accommodations", {}),
        flags=flags_from_document(document.get("flags")),
        policy=policies.from_document(document.get("policy")),
        video_version=document.get("video_version", 0),
        outboxes=counts.outboxes_from_document(document.get("outboxes", {})),
        calls=calls_from_document(document.get("calls", {})),
        assigned_to=document.get("assigned_to"),
        extra_minutes=document.get("extra_minutes", 0),
        consent_hash=document.get("consent_hash"),
        review=reviews.from_document(document.get("review")),
        pending_actions=tuple(embedded_from_document(session_id, action) for action in document["pending_actions"]),
        **{key: document[key] for key in [*FIXED_FIELDS, *state]},
    )
