"""What concerns many sessions at once: the open flags of the hall, and actions on a whole exam."""

from __future__ import annotations

from flask import Blueprint

from proctor.audit_tags import AuditTag
from proctor.domain import exam_actions, flags, permissions
from proctor.domain.actions import Order
from proctor.records import ActionKind, Permission, Role
from proctor.web import audit
from proctor.web.endpoint import endpoint, step_in
from proctor.web.guard import actor
from proctor.web.services import services
from proctor.wire import answers, bodies, shapes

bp = Blueprint("hall_api", __name__, url_prefix="/api/proctor")
MOST_FLAGS = 200


@bp.get("/flags")
@endpoint(Role.PROCTOR, answer=shapes.FlagsAnswer, needs=Permission.WATCH)
def list_open_flags() -> shapes.FlagsAnswer:
    """List the flags in live sessions that nobody has handled yet, the latest 200, latest first."""
    found = flags.open_in_hall(permissions.visible_exam_codes(actor()), MOST_FLAGS, store=services().store)
    return {"flags": [answers.flag_answer(flag) for flag in found]}


@bp.post("/exams/<path:exam_code>/broadcast")
@step_in(body=bodies.ExamAction, answer=shapes.TallyAnswer, errors=(404,), audit=AuditTag.EXAM_BROADCAST)
def broadcast(exam_code: str, body: bodies.ExamAction) -> shapes.TallyAnswer:
    """Show a message to everyone who takes this exam; nobody has to confirm it."""
    return _perform(exam_code, ActionKind.BROADCAST, body)


@bp.post("/exams/<path:exam_code>/pause")
@step_in(body=bodies.ExamAction, answer=shapes.TallyAnswer, errors=(404,), audit=AuditTag.EXAM_PAUSED)
def pause_exam(exam_code: str, body: bodies.ExamAction) -> shapes.TallyAnswer:
    """Pause everyone who is taking this exam."""
    return _perform(exam_code, ActionKind.PAUSE, body)


@bp.post("/exams/<path:exam_code>/resume")
@step_in(body=bodies.ExamAction, answer=shapes.TallyAnswer, errors=(404,), audit=AuditTag.EXAM_RESUMED)
def resume_exam(exam_code: str, body: bodies.ExamAction) -> shapes.TallyAnswer:
    """Let everyone go on whose exam is paused, whoever paused it."""
    return _perform(exam_code, ActionKind.RESUME, body)


@bp.post("/exams/<path:exam_code>/extend")
@step_in(body=bodies.ExamAction, answer=shapes.TallyAnswer, errors=(404,), audit=AuditTag.EXAM_EXTENDED)
def extend_exam(exam_code: str, body: bodies.ExamAction) -> shapes.TallyAnswer:
    """Give everyone who takes this exam more minutes."""
    return _perform(exam_code, ActionKind.EXTEND, body)


def _perform(exam_code: str, kind: ActionKind, body: bodies.ExamAction) -> shapes.TallyAnswer:
    order = Order(kind, body.action_id, body.message, body.minutes)
    audit.about(exam_code=exam_code)
    tally = exam_actions.perform(exam_code, order, actor(), **services().context)
    audit.about(details={"sessions": tally.done, "skipped": tally.skipped, "failed": tally.failed})
    return answers.tally(tally)
