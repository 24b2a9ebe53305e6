"""What exam apps and agents call, server to server."""

from __future__ import annotations

from flask import Blueprint

from proctor.audit_tags import AuditTag
from proctor.domain import events, permissions, sessions
from proctor.errors import NotFound
from proctor.records import Permission, Role, Source
from proctor.web.endpoint import endpoint
from proctor.web.guard import actor
from proctor.web.services import services
from proctor.wire import answers, bodies, shapes

bp = Blueprint("exam_app_api", __name__)


@bp.post("/api/session/join")
@endpoint(Role.EXAM_APP, body=bodies.Join, answer=shapes.JoinedAnswer, errors=(404, 409))
def join(body: bodies.Join) -> shapes.JoinedAnswer:
    """Make a session of the exam with this code for a candidate. Every call makes a new one."""
    s = services()
    return answers.joined(s.exam_app_calls.join(body.exam_code, body.candidate_identifier, **s.context))


@bp.post("/api/session/create")
@endpoint(
    Role.EXAM_APP,
    Role.PROCTOR,
    body=bodies.Create,
    answer=shapes.JoinedAnswer,
    errors=(404, 409),
    needs=Permission.STEP_IN,
    audit=AuditTag.SESSION_MADE,
)
def create(body: bodies.Create) -> shapes.JoinedAnswer:
    """Make a session of the exam with this id."""
    s = services()
    exam = sessions.exam_of_id(body.exam_id, store=s.store)
    if not permissions.may_make(actor(), exam.code):
        raise NotFound("There is no exam with this id.")
    return answers.joined(
        sessions.create(exam, body.candidate_identifier, weights=s.settings.score_weights, **s.context)
    )


@bp.post("/api/internal/agent-event")
@endpoint(Role.AGENT, body=bodies.AgentEvent, status=204, errors=(404, 409))
def agent_event(body: bodies.AgentEvent) -> tuple[str, int]:
    """Store an event that an agent beside the exam reports; its secret goes into ``X-Agent-Secret``."""
    session = sessions.get(body.session_id, actor(), store=services().store)
    report = events.Report(body.event_type, payload=body.payload)
    most = services().settings.limits.events_per_session
    events.ingest(session, [report], Source.AGENT, most=most, **services().context)
    return "", 204
