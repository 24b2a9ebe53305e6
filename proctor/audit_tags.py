"""What goes into the audit log: the closed list of things that are written down, and the record of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from proctor.records import SessionId


class AuditTag(StrEnum):
    """What somebody did or saw. Every route and message of proctors names one, or is known to be neither."""

    # Coming and going
    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - no password
    INVITATION_ACCEPTED = "invitation_accepted"

    # Seeing
    SESSION_VIEWED = "session_viewed"
    WATCHED = "watched"
    SNAPSHOT_VIEWED = "snapshot_viewed"
    EVIDENCE_VIEWED = "evidence_viewed"
    VIDEO_VIEWED = "video_viewed"
    REVIEW_VIEWED = "review_viewed"
    REPORT_VIEWED = "report_viewed"
    AUDIT_VIEWED = "audit_viewed"

    # Taking out
    REPORT_DOWNLOADED = "report_downloaded"
    SESSIONS_EXPORTED = "sessions_exported"
    EVIDENCE_EXPORTED = "evidence_exported"
    CANDIDATE_EXPORTED = "candidate_exported"
    AUDIT_EXPORTED = "audit_exported"
    RECEIPT_DOWNLOADED = "receipt_downloaded"

    # Stepping in
    SESSION_MADE = "session_made"
    SESSION_STARTED = "session_started"
    CANDIDATE_WARNED = "candidate_warned"
    SESSION_PAUSED = "session_paused"
    SESSION_RESUMED = "session_resumed"
    SESSION_EXTENDED = "session_extended"
    SESSION_TERMINATED = "session_terminated"
    SESSION_ENDED = "session_ended"
    SESSION_RELEASED = "session_released"
    SESSION_HANDED_OVER = "session_handed_over"
    FLAG_ACKNOWLEDGED = "flag_acknowledged"
    FLAG_DISMISSED = "flag_dismissed"
    CHAT_SENT = "chat_sent"
    CALL_ANSWERED = "call_answered"
    EVIDENCE_ASKED_FOR = "evidence_asked_for"
    BOOKMARK_SET = "bookmark_set"
    NOTE_ADDED = "note_added"
    EVENTS_ADDED = "events_added"
    VIDEO_ADDED = "video_added"
    TEMPLATES_CHANGED = "templates_changed"
    EXAM_BROADCAST = "exam_broadcast"
    EXAM_PAUSED = "exam_paused"
    EXAM_RESUMED = "exam_resumed"
    EXAM_EXTENDED = "exam_extended"

    # Judging
    VERDICT_GIVEN = "verdict_given"
    VERDICT_REOPENED = "verdict_reopened"

    # Administration
    ACCOMMODATED = "accommodated"
    EXAM_MADE = "exam_made"
    EXAM_CHANGED = "exam_changed"
    EXAM_ARCHIVED = "exam_archived"
    EXAM_UNARCHIVED = "exam_unarchived"
    PROCTOR_INVITED = "proctor_invited"
    PROCTOR_CHANGED = "proctor_changed"
    PROCTOR_DISABLED = "proctor_disabled"
    PROCTOR_ENABLED = "proctor_enabled"
    PROCTOR_RESET = "proctor_reset"
    PROCTOR_SIGNED_OUT = "proctor_signed_out"

    # Privacy
    SESSION_DELETED = "session_deleted"
    CANDIDATE_DELETED = "candidate_deleted"
    SESSIONS_PURGED = "sessions_purged"


VIEWS = frozenset(
    {
        AuditTag.SESSION_VIEWED,
        AuditTag.SNAPSHOT_VIEWED,
        AuditTag.EVIDENCE_VIEWED,
        AuditTag.VIDEO_VIEWED,
        AuditTag.REVIEW_VIEWED,
        AuditTag.REPORT_VIEWED,
        AuditTag.AUDIT_VIEWED,
    }
)
"""What a browser does again and again while somebody looks: written once a viewing (see ``domain.audit``)."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log. It is never changed.

    ``by`` is the address of the proctor, or what else acted; ``role`` theirs at the time. ``subject`` names what else
    it was about, such as a file or an account. No candidate is named here: entries outlive their sessions.
    """

    id: str
    at: datetime
    tag: AuditTag
    by: str
    role: str
    session_id: SessionId | None = None
    exam_code: str | None = None
    subject: str | None = None
    request_id: str = "-"
    address: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
