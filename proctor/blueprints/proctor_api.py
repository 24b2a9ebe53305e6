"""What proctors' programs and the console itself call."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, Response, stream_with_context

from proctor.audit_tags import AuditTag
from proctor.domain import actions, events, flags, logins, permissions, recordings, score, sessions
from proctor.errors import InvalidInput
from proctor.records import LIVE_STATUSES, ActionKind, FlagState, Permission, Role, Status
from proctor.store.sessions import SessionFilter
from proctor.web import report_files, signing_in
from proctor.web.endpoint import endpoint, step_in
from proctor.web.guard import actor
from proctor.web.lookups import find_session
from proctor.web.services import services
from proctor.wire import answers, bodies, shapes

bp = Blueprint("proctor_api", __name__, url_prefix="/api/proctor")


@bp.post("/login")
@endpoint(Role.ANYONE, body=bodies.Login, answer=shapes.TokenAnswer, errors=(401, 429))
def login(body: bodies.Login) -> shapes.TokenAnswer:
    """Exchange a proctor's address and password for a bearer token."""
    s, now = services(), services().clock()
    signed_in = signing_in.sign_in(body.email, body.password)
    return answers.token(logins.issue_token(signed_in.login, settings=s.settings, now=now), signed_in.proctor)


@bp.get("/sessions")
@endpoint(Role.PROCTOR, query=bodies.SessionsQuery, answer=shapes.SessionsAnswer)
def list_sessions(query: bodies.SessionsQuery) -> shapes.SessionsAnswer:
    """List the sessions this proctor may see, newest first. ``status=live`` means those not over."""
    s, now = services(), services().clock()
    limit = min(query.limit, s.settings.limits.page_size)
    found, next_cursor = s.store.sessions.page(wanted(query), limit, query.cursor)
    return {"sessions": [answers.session_answer(session, now) for session in found], "next_cursor": next_cursor}


@bp.get("/sessions/<session_id>")
@endpoint(Role.PROCTOR, answer=shapes.SessionAnswer, errors=(404,), audit=AuditTag.SESSION_VIEWED)
def get_session(session_id: str) -> shapes.SessionAnswer:
    """Give one session."""
    return answers.session_answer(find_session(session_id), services().clock())


@bp.get("/sessions/<session_id>/events")
@endpoint(
    Role.PROCTOR, query=bodies.EventsQuery, answer=shapes.EventsAnswer, errors=(404,), audit=AuditTag.SESSION_VIEWED
)
def list_events(session_id: str, query: bodies.EventsQuery) -> shapes.EventsAnswer:
    """List a session's events in the order of their times."""
    s, session = services(), find_session(session_id)
    limit = min(query.limit, s.settings.limits.page_size)
    found, next_cursor = s.store.events.page(session.id, limit, query.cursor, query.order)
    return {"events": [answers.event_answer(event) for event in found], "next_cursor": next_cursor}


@bp.get("/sessions/<session_id>/report")
@endpoint(Role.PROCTOR, answer=shapes.ProctorReport, errors=(404,), audit=AuditTag.REPORT_VIEWED)
def report(session_id: str) -> Response:
    """Give everything about a session, a page of its events in memory at a time."""
    pieces = report_files.everything(find_session(session_id))
    return Response(stream_with_context(pieces), content_type="application/json")


@bp.get("/sessions/<session_id>/score")
@endpoint(Role.PROCTOR, answer=shapes.ScoreAnswer, errors=(404,), audit=AuditTag.SESSION_VIEWED)
def explain_score(session_id: str) -> shapes.ScoreAnswer:
    """Give the integrity score with every event that cost points."""
    session = find_session(session_id)
    lost = score.deductions(score.counted(session), session.weights)
    proofs = score.explain(session, lost, store=services().store)
    return {
        "score": score.of_session(session),
        "deductions": [answers.deduction_answer(one, proofs[one.event_type]) for one in lost],
    }


@bp.get("/sessions/<session_id>/flags")
@endpoint(Role.PROCTOR, answer=shapes.FlagsAnswer, errors=(404,), audit=AuditTag.SESSION_VIEWED)
def list_flags(session_id: str) -> shapes.FlagsAnswer:
    """List a session's flags in the order of what they are about."""
    store, session = services().store, find_session(session_id)
    found = recordings.place_flags(store.flags.of_session(session.id), store.recordings.of_session(session.id))
    return {"flags": [answers.flag_answer(flag) for flag in found]}


@bp.get("/sessions/<session_id>/evidence")
@endpoint(Role.PROCTOR, answer=shapes.EvidenceList, errors=(404,), audit=AuditTag.SESSION_VIEWED)
def list_evidence(session_id: str) -> shapes.EvidenceList:
    """List the pictures and clips that are kept with a session."""
    found = services().store.evidence.of_session(find_session(session_id).id)
    return {"evidence": [answers.evidence_item(kept) for kept in found]}


@bp.post("/sessions/<session_id>/flags/<flag_id>/acknowledge")
@step_in(body=bodies.FlagAction, answer=shapes.FlagAnswer, audit=AuditTag.FLAG_ACKNOWLEDGED)
def acknowledge_flag(session_id: str, flag_id: str, body: bodies.FlagAction) -> shapes.FlagAnswer:
    """Note that a proctor has seen to a flag."""
    return _handle(session_id, flag_id, FlagState.ACKNOWLEDGED, body)


@bp.post("/sessions/<session_id>/flags/<flag_id>/dismiss")
@step_in(body=bodies.FlagAction, answer=shapes.FlagAnswer, audit=AuditTag.FLAG_DISMISSED)
def dismiss_flag(session_id: str, flag_id: str, body: bodies.FlagAction) -> shapes.FlagAnswer:
    """Note that a flag means nothing, and why: the points of its events come back."""
    return _handle(session_id, flag_id, FlagState.DISMISSED, body)


@bp.post("/sessions/<session_id>/accommodations")
@step_in(body=bodies.Accommodations, answer=shapes.AccommodationsAnswer, errors=(404,), audit=AuditTag.ACCOMMODATED)
def accommodate(session_id: str, body: bodies.Accommodations) -> shapes.AccommodationsAnswer:
    """Switch rules off for a candidate, or stretch their times; replaces what held before."""
    changed = flags.accommodate(find_session(session_id), body.accommodations, actor(), **services().context)
    return {"accommodations": dict(changed.accommodations)}


@bp.post("/sessions/<session_id>/start")
@step_in(body=bodies.Action, audit=AuditTag.SESSION_STARTED)
def start(session_id: str, body: bodies.Action) -> shapes.StatusAnswer:
    """Start the exam's clock for a candidate who has joined."""
    return _perform(session_id, ActionKind.START, body)


@bp.post("/sessions/<session_id>/warn")
@step_in(body=bodies.Action, audit=AuditTag.CANDIDATE_WARNED)
def warn(session_id: str, body: bodies.Action) -> shapes.StatusAnswer:
    """Show the candidate a message that they must acknowledge."""
    return _perform(session_id, ActionKind.WARN, body)


@bp.post("/sessions/<session_id>/pause")
@step_in(body=bodies.Action, audit=AuditTag.SESSION_PAUSED)
def pause(session_id: str, body: bodies.Action) -> shapes.StatusAnswer:
    """Cover the exam and stop its clock."""
    return _perform(session_id, ActionKind.PAUSE, body)


@bp.post("/sessions/<session_id>/resume")
@step_in(body=bodies.Action, audit=AuditTag.SESSION_RESUMED)
def resume(session_id: str, body: bodies.Action) -> shapes.StatusAnswer:
    """Uncover the exam and let its clock run on."""
    return _perform(session_id, ActionKind.RESUME, body)


@bp.post("/sessions/<session_id>/extend")
@step_in(body=bodies.Action, audit=AuditTag.SESSION_EXTENDED)
def extend(session_id: str, body: bodies.Action) -> shapes.StatusAnswer:
    """Give the candidate ``minutes`` more."""
    return _perform(session_id, ActionKind.EXTEND, body)


@bp.post("/sessions/<session_id>/terminate")
@endpoint(
    Role.PROCTOR,
    Role.EXAM_APP,
    body=bodies.Action,
    answer=shapes.StatusAnswer,
    errors=(404, 409),
    needs=Permission.STEP_IN,
    audit=AuditTag.SESSION_TERMINATED,
)
def terminate(session_id: str, body: bodies.Action) -> shapes.StatusAnswer:
    """End a session. From an exam app it means that the exam was handed in, and may be repeated."""
    if actor().role is Role.EXAM_APP:
        s = services()
        return {"status": str(s.exam_app_calls.finish(session_id, actor(), **s.context))}
    return _perform(session_id, ActionKind.TERMINATE, body)


@bp.post("/sessions/<session_id>/release")
@step_in(body=bodies.Nothing, audit=AuditTag.SESSION_RELEASED)
def release(session_id: str, body: bodies.Nothing) -> shapes.StatusAnswer:  # noqa: ARG001 - it has no fields
    """Let the candidate go on with another browser."""
    released = sessions.release(find_session(session_id).id, actor(), **services().context)
    return {"status": str(released.status)}


@bp.post("/sessions/<session_id>/notes")
@endpoint(
    Role.PROCTOR, Role.EXAM_APP, body=bodies.NewNote, answer=shapes.IdAnswer, errors=(404,), audit=AuditTag.NOTE_ADDED
)
def add_note(session_id: str, body: bodies.NewNote) -> shapes.IdAnswer:
    """Append a note, also after the end. Notes are never changed."""
    s, by = services(), actor()
    if by.role is Role.EXAM_APP:
        return {"id": s.exam_app_calls.add_note(session_id, body.as_report(), by, **s.context)}
    return {"id": events.add_note(find_session(session_id), body.as_report(), by, **s.context).id}


def wanted(query: bodies.SessionsQuery) -> SessionFilter:
    """Return the filter that a query asks for, within what the caller may see."""
    return SessionFilter(
        statuses=permissions.visible_statuses(actor(), _statuses(query.status)),
        exam_code=query.exam_code or None,
        text=query.q,
        exam_codes=permissions.visible_exam_codes(actor()),
    )


def _statuses(name: str) -> Collection[Status] | None:
    if name in {"", "all"}:
        return None
    if name == "live":
        return LIVE_STATUSES
    try:
        return {Status(name)}
    except ValueError as error:
        known = ", ".join(["live", "all", *Status])
        raise InvalidInput("There is no such status.", errors={"status": [f"one of: {known}"]}) from error


def _handle(session_id: str, flag_id: str, state: FlagState, body: bodies.FlagAction) -> shapes.FlagAnswer:
    handling = flags.Handling(state, body.action_id, body.reason or None)
    return answers.flag_answer(flags.handle(find_session(session_id), flag_id, handling, actor(), **services().context))


def _perform(session_id: str, kind: ActionKind, body: bodies.Action) -> shapes.StatusAnswer:
    order = actions.Order(kind, body.action_id, body.message or None, body.minutes)
    done = actions.perform(find_session(session_id).id, order, actor(), **services().context)
    return {"status": str(done.session.status), "action_id": done.action.id}
