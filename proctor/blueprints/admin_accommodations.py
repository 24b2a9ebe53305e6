"""What is made easier for single candidates: before they come, and for those who are there."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from proctor.audit_tags import AuditTag
from proctor.domain import accommodations, actions, flags, rules
from proctor.errors import Conflict, InvalidInput, NotFound
from proctor.records import ActionKind, Permission, Role, Session
from proctor.web import audit, relief_form
from proctor.web.admin_pages import AccommodationsPage, SessionAccommodationsPage
from proctor.web.endpoint import page
from proctor.web.guard import actor
from proctor.web.lookups import find_session
from proctor.web.services import services

bp = Blueprint("admin_accommodations", __name__, url_prefix="/proctor")
LIST = "/proctor/admin/accommodations"


@bp.get("/admin/accommodations")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def show() -> str:
    """List what is granted, and ask for more."""
    return _list_page({})


@bp.post("/admin/accommodations")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.ACCOMMODATED)
def grant() -> ResponseReturnValue:
    """Grant something to a candidate who has not come yet; it replaces what was granted before."""
    s, values = services(), request.form.to_dict()
    try:
        granted = accommodations.grant(
            values.get("exam_code", ""),
            values.get("candidate_identifier", ""),
            relief_form.read(values),
            extra_percent=relief_form.whole(values, "extra_percent"),
            extra_minutes=relief_form.whole(values, "extra_minutes"),
            by=actor().label,
            store=s.store,
            now=s.clock(),
        )
    except (InvalidInput, NotFound) as error:
        return _list_page(values, error), error.status
    audit.about(exam_code=granted.exam_code)
    flash(_("This holds when %(name)s joins.", name=granted.candidate_identifier))
    return redirect(LIST, code=303)


@bp.post("/admin/accommodations/withdraw")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.ACCOMMODATED)
def withdraw() -> ResponseReturnValue:
    """Take back what was granted, for sessions to come."""
    exam_code, name = request.form.get("exam_code", ""), request.form.get("candidate_identifier", "")
    accommodations.withdraw(exam_code, name, store=services().store)
    audit.about(exam_code=exam_code)
    flash(_("Nothing is made easier for %(name)s any more.", name=name))
    return redirect(LIST, code=303)


@bp.get("/session/<session_id>/accommodations")
@page(Role.PROCTOR, needs=Permission.STEP_IN, audit=AuditTag.SESSION_VIEWED)
def of_session(session_id: str) -> str:
    """Show what is made easier for the candidate of this session."""
    session = find_session(session_id)
    return _session_page(session, relief_form.values_of(session.accommodations))


@bp.post("/session/<session_id>/accommodations")
@page(Role.PROCTOR, needs=Permission.STEP_IN, audit=AuditTag.ACCOMMODATED)
def change_session(session_id: str) -> ResponseReturnValue:
    """Make it easier for the candidate of this session, from now on and for what has happened."""
    s, values = services(), request.form.to_dict()
    session = find_session(session_id)
    try:
        relief, minutes = relief_form.read(values, session.accommodations), relief_form.whole(values, "extra_minutes")
        # The minutes first: they may be refused, and then nothing is changed.
        if minutes:
            order = actions.Order(ActionKind.EXTEND, values.get("action_id") or None, None, minutes)
            actions.perform(session.id, order, actor(), **s.context)
        if relief != session.accommodations:
            flags.accommodate(session, relief, actor(), **s.context)
    except (Conflict, InvalidInput) as error:
        return _session_page(session, values, error), error.status
    return redirect(f"/proctor/session/{session.id}", code=303)


def _list_page(values: dict[str, str], error: InvalidInput | NotFound | None = None) -> str:
    store = services().store
    shown = AccommodationsPage(
        granted=store.accommodations.all(),
        exams=[exam for exam in store.exams.all() if exam.archived_at is None],
        rules=rules.RULES,
        values=values,
        errors=(error.errors if error else None) or {},
        problem=error.detail if error else None,
    )
    return render_template("proctor/admin/accommodations.html", page=shown)


def _session_page(session: Session, values: dict[str, str], error: Conflict | InvalidInput | None = None) -> str:
    shown = SessionAccommodationsPage(
        session=session,
        rules=rules.RULES,
        # Sent twice, the minutes are added once.
        values={"action_id": str(uuid.uuid4())} | values,
        errors=(error.errors if error else None) or {},
        problem=error.detail if error else None,
    )
    return render_template("proctor/accommodations.html", page=shown)
