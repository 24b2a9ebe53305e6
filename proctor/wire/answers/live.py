"""Answering what passes while an exam runs: actions, chat, who watches, pictures for the wall."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from proctor.domain.exam_actions import Tally
from proctor.records import Event, Session, SessionId
from proctor.wire import shapes
from proctor.wire.answers.common import iso


def action_answer(action: Event) -> shapes.ActionAnswer:
    """Answer the candidate's page with what a proctor did; which proctor is not the candidate's to know."""
    return {
        "id": action.id,
        "kind": action.event_type,
        "message": action.message,
        "minutes": action.payload.get("minutes"),
        "created_at": iso(action.timestamp),
    }


def tally(counted: Tally) -> shapes.TallyAnswer:
    """Answer an action on a whole exam."""
    return {"sessions": counted.done, "skipped": counted.skipped, "failed": counted.failed}


def chat_message(event: Event) -> shapes.ChatMessage:
    """Answer the candidate with a message of their chat."""
    return {
        "id": event.id,
        "source": str(event.source),
        "message": event.message or "",
        "sent_at": iso(event.received_at),
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


def snapshot(session_id: SessionId, image: str, taken_at: datetime) -> shapes.SnapshotAnswer:
    """Answer a picture for the wall."""
    return {"session_id": session_id, "image": image, "taken_at": iso(taken_at)}
