"""Answers that callers get: records made into the plain dictionaries of ``wire.shapes``."""

from __future__ import annotations

from proctor.wire.answers.access import joined, token
from proctor.wire.answers.common import iso, iso_or_none
from proctor.wire.answers.events import event_answer, note_answer, plain_event
from proctor.wire.answers.flags import deduction_answer, flag_answer
from proctor.wire.answers.live import action_answer, chat_message, handover, snapshot, tally, watching
from proctor.wire.answers.recordings import chunk, evidence_item, footage_wanted, recordings_of, takes
from proctor.wire.answers.reports import report, summary
from proctor.wire.answers.review import reviews, timeline, verdict, verdict_so_far
from proctor.wire.answers.sessions import clock, plain_session, session_answer, state

__all__ = [
    "action_answer",
    "chat_message",
    "chunk",
    "clock",
    "deduction_answer",
    "event_answer",
    "evidence_item",
    "flag_answer",
    "footage_wanted",
    "handover",
    "iso",
    "iso_or_none",
    "joined",
    "note_answer",
    "plain_event",
    "plain_session",
    "recordings_of",
    "report",
    "reviews",
    "session_answer",
    "snapshot",
    "state",
    "summary",
    "takes",
    "tally",
    "timeline",
    "token",
    "verdict",
    "verdict_so_far",
    "watching",
]
