"""What proctor and candidate do together while an exam runs: chat, requests, bookmarks, handing over."""

from __future__ import annotations

from flask import Blueprint

from proctor.audit_tags import AuditTag
from proctor.domain import actions, calls, chat, events, handover, requests
from proctor.domain.events import Report
from proctor.records import ActionKind, Call, EventId, EvidenceKind, Permission, Role, Source
from proctor.web import uploads
from proctor.web.endpoint import endpoint, step_in
from proctor.web.guard import actor
from proctor.web.lookups import find_session, own_session
from proctor.web.services import services
from proctor.wire import answers, bodies, shapes

bp = Blueprint("live_api", __name__)
OF_SESSION = "/api/proctor/sessions/<session_id>"


@bp.get(f"{OF_SESSION}/chat")
@endpoint(Role.PROCTOR, answer=shapes.ChatAnswer, errors=(404,), needs=Permission.REVIEW, audit=AuditTag.SESSION_VIEWED)
def read_chat(session_id: str) -> shapes.ChatAnswer:
    """List what proctors and candidate wrote to each other."""
    found = chat.messages(find_session(session_id).id, store=services().store)
    return {"events": [answers.event_answer(event) for event in found]}


@bp.post(f"{OF_SESSION}/chat")
@step_in(body=bodies.Words, audit=AuditTag.CHAT_SENT)
def write(session_id: str, body: bodies.Words) -> shapes.StatusAnswer:
    """Write to the candidate."""
    return _perform(session_id, actions.Order(ActionKind.CHAT, body.action_id, body.message))


@bp.post(f"{OF_SESSION}/chat/read")
@step_in(body=bodies.Nothing, errors=(404,), audit=AuditTag.CALL_ANSWERED)
def mark_read(session_id: str, body: bodies.Nothing) -> shapes.StatusAnswer:  # noqa: ARG001 - it has no fields
    """Note that a proctor has read what the candidate wrote."""
    session = calls.settle(find_session(session_id), Call.CHAT, **services().context)
    return {"status": str(session.status)}


@bp.post(f"{OF_SESSION}/hand/lower")
@step_in(body=bodies.ActionOnly, audit=AuditTag.CALL_ANSWERED)
def lower_hand(session_id: str, body: bodies.ActionOnly) -> shapes.StatusAnswer:
    """Lower the candidate's raised hand: somebody has seen to it."""
    return _perform(session_id, actions.Order(ActionKind.HAND_LOWERED, body.action_id))


@bp.post(f"{OF_SESSION}/room_scan")
@step_in(body=bodies.Wish, audit=AuditTag.EVIDENCE_ASKED_FOR)
def ask_for_room_scan(session_id: str, body: bodies.Wish) -> shapes.StatusAnswer:
    """Ask the candidate for a short clip of the room around them."""
    return _perform(session_id, actions.Order(ActionKind.ROOM_SCAN, body.action_id, body.message or None))


@bp.post(f"{OF_SESSION}/identity_photo")
@step_in(body=bodies.Wish, audit=AuditTag.EVIDENCE_ASKED_FOR)
def ask_for_identity_photo(session_id: str, body: bodies.Wish) -> shapes.StatusAnswer:
    """Ask the candidate for a photo of themselves and their card."""
    return _perform(session_id, actions.Order(ActionKind.IDENTITY_PHOTO, body.action_id, body.message or None))


@bp.post(f"{OF_SESSION}/bookmarks")
@endpoint(
    Role.PROCTOR,
    body=bodies.Bookmark,
    answer=shapes.IdAnswer,
    errors=(404,),
    needs=Permission.REVIEW,
    audit=AuditTag.BOOKMARK_SET,
)
def add_bookmark(session_id: str, body: bodies.Bookmark) -> shapes.IdAnswer:
    """Mark a moment of the session, also after its end."""
    mark = Report("bookmark", body.action_id, body.label, {"by": actor().label}, body.at)
    kept = events.keep(find_session(session_id), mark, Source.PROCTOR, **services().context)
    return {"id": kept.id}


@bp.get(f"{OF_SESSION}/colleagues")
@endpoint(
    Role.PROCTOR, answer=shapes.ColleaguesAnswer, errors=(404,), needs=Permission.STEP_IN, audit=AuditTag.SESSION_VIEWED
)
def list_colleagues(session_id: str) -> shapes.ColleaguesAnswer:
    """List who may look after this session."""
    found = handover.colleagues(find_session(session_id), store=services().store)
    return {"colleagues": answers.watching([proctor.email for proctor in found])}


@bp.post(f"{OF_SESSION}/handover")
@step_in(body=bodies.HandOver, answer=shapes.SessionAnswer, audit=AuditTag.SESSION_HANDED_OVER)
def hand_over(session_id: str, body: bodies.HandOver) -> shapes.SessionAnswer:
    """Hand the session over to a colleague, or take it over by naming oneself."""
    s, wish = services(), handover.Handover(body.to, body.action_id, body.message or None)
    session = handover.hand_over(find_session(session_id), wish, actor(), **s.context)
    return answers.session_answer(session, s.clock())


@bp.get("/exam/<handle>/chat")
@endpoint(Role.CANDIDATE, answer=shapes.ChatMessages)
def read_own_chat(handle: str) -> shapes.ChatMessages:  # noqa: ARG001 - the guard has used the handle
    """List the candidate's own chat."""
    found = chat.messages(own_session().id, store=services().store)
    return {"messages": [answers.chat_message(event) for event in found]}


@bp.post("/exam/<handle>/evidence")
@endpoint(
    Role.CANDIDATE,
    query=bodies.AnswerQuery,
    upload_types=("image/jpeg", "video/webm", "video/mp4"),
    answer=shapes.IdAnswer,
    errors=(404, 409),
)
def answer_request(handle: str, query: bodies.AnswerQuery) -> shapes.IdAnswer:  # noqa: ARG001 - the guard has used it
    """Take what a proctor asked the candidate to show, while it arrives."""
    s, kind = services(), EvidenceKind(query.kind)
    most = requests.most_bytes(kind, s.settings.limits)
    kept = requests.take(
        own_session(),
        requests.Sent(query.id, EventId(query.action_id), kind),
        uploads.stream_body(max_bytes=most),
        limits=s.settings.limits,
        storage=s.storage,
        **s.context,
    )
    return {"id": kept.id}


def _perform(session_id: str, order: actions.Order) -> shapes.StatusAnswer:
    done = actions.perform(find_session(session_id).id, order, actor(), **services().context)
    return {"status": str(done.session.status), "action_id": done.action.id}
