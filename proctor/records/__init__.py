"""What the application talks about: immutable records, closed sets of names, id types.

Records cross module borders; documents of the database and bodies of requests do not. They lie in a file for each area,
and everybody else imports them from here.
"""

from __future__ import annotations

from proctor.records.events import ActionKind, Delivery, Event, Numbering, Source
from proctor.records.evidence import Evidence, EvidenceKind, Snapshot
from proctor.records.exams import Accommodation, Consent, Exam, Policy, Recording, Snapshots
from proctor.records.flags import Flag, FlagState, FlagSummary, Severity
from proctor.records.ids import EventId, EvidenceId, ExamId, FlagId, LoginId, ProctorId, SessionId, ViewerId
from proctor.records.people import ANYONE, Actor, Invitation, Login, Permission, Proctor, ProctorRole, Role
from proctor.records.recordings import Chunk, Footage, FootageKind, FootageState, JoinedFile, Segment, Take, Video
from proctor.records.reviews import Decision, Review, Verdict
from proctor.records.sessions import END_STATUSES, LIVE_STATUSES, Call, EndedBy, Presence, Session, Status

__all__ = [
    "ANYONE",
    "END_STATUSES",
    "LIVE_STATUSES",
    "Accommodation",
    "ActionKind",
    "Actor",
    "Call",
    "Chunk",
    "Consent",
    "Decision",
    "Delivery",
    "EndedBy",
    "Event",
    "EventId",
    "Evidence",
    "EvidenceId",
    "EvidenceKind",
    "Exam",
    "ExamId",
    "Flag",
    "FlagId",
    "FlagState",
    "FlagSummary",
    "Footage",
    "FootageKind",
    "FootageState",
    "Invitation",
    "JoinedFile",
    "Login",
    "LoginId",
    "Numbering",
    "Permission",
    "Policy",
    "Presence",
    "Proctor",
    "ProctorId",
    "ProctorRole",
    "Recording",
    "Review",
    "Role",
    "Segment",
    "Session",
    "SessionId",
    "Severity",
    "Snapshot",
    "Snapshots",
    "Source",
    "Status",
    "Take",
    "Verdict",
    "Video",
    "ViewerId",
]
