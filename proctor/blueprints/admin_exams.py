"""The administration of exams."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from proctor.audit_tags import AuditTag
from proctor.domain import exams, rules, thresholds
from proctor.errors import Conflict, InvalidInput
from proctor.records import Exam, Permission, Role
from proctor.web import audit, exam_form
from proctor.web.admin_pages import ExamPage, ExamsPage
from proctor.web.endpoint import page
from proctor.web.services import services

bp = Blueprint("admin_exams", __name__, url_prefix="/proctor/admin")
LIST = "/proctor/admin/exams"


@bp.get("/")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def root() -> ResponseReturnValue:
    """Send the administrator to the exams."""
    return redirect(LIST)


@bp.get("/exams")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def list_exams() -> str:
    """List the exams, with the archived ones on demand."""
    every = services().store.exams.all()
    shows_archived = request.args.get("archived") == "1"
    shown = [exam for exam in every if shows_archived or exam.archived_at is None]
    archived_count = sum(exam.archived_at is not None for exam in every)
    shown_page = ExamsPage(exams=shown, shows_archived=shows_archived, archived_count=archived_count)
    return render_template("proctor/admin/exams.html", page=shown_page)


@bp.get("/exams/new")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def new() -> str:
    """Ask for everything about a new exam."""
    return _form(None, exam_form.values_of(None))


@bp.post("/exams/new")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.EXAM_MADE)
def add() -> ResponseReturnValue:
    """Make an exam."""
    s, values = services(), request.form.to_dict()
    try:
        draft = exam_form.read(values, None, s.settings.score_weights)
        made = exams.add(values.get("code", ""), draft, store=s.store, now=s.clock())
    except (Conflict, InvalidInput) as error:
        return _form(None, values, error), error.status
    audit.about(exam_code=made.code)
    flash(_("The exam %(title)s is there. Candidates join it with %(code)s.", title=made.title, code=made.code))
    return redirect(LIST, code=303)


@bp.get("/exams/<exam_id>")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def show(exam_id: str) -> str:
    """Show everything about an exam."""
    exam = exams.of_id(exam_id, store=services().store)
    return _form(exam, exam_form.values_of(exam))


@bp.post("/exams/<exam_id>")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.EXAM_CHANGED)
def edit(exam_id: str) -> ResponseReturnValue:
    """Change an exam."""
    s, values = services(), request.form.to_dict()
    exam = exams.of_id(exam_id, store=s.store)
    try:
        draft = exam_form.read(values, exam, s.settings.score_weights)
        changed = exams.edit(exam.code, draft, store=s.store)
    except InvalidInput as error:
        return _form(exam, values, error), error.status
    audit.about(exam_code=exam.code, details={"changed": exams.differences(exam, changed)})
    flash(_("The exam %(title)s was saved.", title=changed.title))
    return redirect(LIST, code=303)


@bp.post("/exams/<exam_id>/archive")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.EXAM_ARCHIVED)
def archive(exam_id: str) -> ResponseReturnValue:
    """Let no more candidates join."""
    exam = _set_archived(exam_id, archived=True)
    flash(_("The exam %(title)s takes no more candidates.", title=exam.title))
    return redirect(LIST, code=303)


@bp.post("/exams/<exam_id>/unarchive")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.EXAM_UNARCHIVED)
def unarchive(exam_id: str) -> ResponseReturnValue:
    """Let candidates join again."""
    exam = _set_archived(exam_id, archived=False)
    flash(_("The exam %(title)s takes candidates again.", title=exam.title))
    return redirect(LIST, code=303)


def _set_archived(exam_id: str, *, archived: bool) -> Exam:
    s = services()
    exam = exams.of_id(exam_id, store=s.store)
    exams.archive(exam.code, archived, store=s.store, now=s.clock())
    audit.about(exam_code=exam.code)
    return exam


def _form(exam: Exam | None, values: dict[str, str], error: Conflict | InvalidInput | None = None) -> str:
    settings = services().settings
    form = ExamPage(
        exam=exam,
        values=values,
        errors=(error.errors if error else None) or {},
        problem=error.detail if error else None,
        rules=rules.RULES,
        thresholds=thresholds.THRESHOLDS,
        weights=settings.score_weights,
        weighed=exam_form.WEIGHED,
        retention_days=settings.retention_days,
        origins=settings.exam_app_origins,
    )
    return render_template("proctor/admin/exam.html", page=form)
