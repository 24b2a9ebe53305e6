"""The administration of proctors' accounts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from proctor.audit_tags import AuditTag
from proctor.domain import accounts, invitations
from proctor.domain.exam_clock import iso
from proctor.errors import Conflict, InvalidInput, NotFound
from proctor.records import Permission, Proctor, ProctorId, ProctorRole, Role
from proctor.web import audit
from proctor.web.admin_pages import LinkPage, ProctorPage, ProctorsPage
from proctor.web.endpoint import page
from proctor.web.services import services

bp = Blueprint("admin_proctors", __name__, url_prefix="/proctor/admin/proctors")
LIST = "/proctor/admin/proctors"
EVERY = "every"


@bp.get("")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def list_proctors() -> str:
    """List all accounts."""
    s = services()
    people = s.store.proctors.all()
    invited = s.store.invitations.all(s.clock())
    waiting = {person.email: iso(invited[person.id].expires_at) for person in people if person.id in invited}
    return render_template("proctor/admin/proctors.html", page=ProctorsPage(proctors=people, waiting=waiting))


@bp.get("/invite")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def ask_invite() -> str:
    """Ask whom to invite."""
    return _form(None, {"role": ProctorRole.PROCTOR, "sees": EVERY})


@bp.post("/invite")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.PROCTOR_INVITED)
def invite() -> ResponseReturnValue:
    """Make an account, and show the link for it this once."""
    s, values = services(), request.form.to_dict()
    try:
        made = invitations.invite(values.get("email", ""), _codes(), _role(), store=s.store, now=s.clock())
    except (Conflict, InvalidInput, NotFound) as error:
        return _form(None, values, error), error.status
    return _link(made)


@bp.get("/<proctor_id>")
@page(Role.PROCTOR, needs=Permission.ADMINISTER)
def show(proctor_id: str) -> str:
    """Show one account."""
    person = _person(proctor_id)
    return _form(person, _values_of(person))


@bp.post("/<proctor_id>")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.PROCTOR_CHANGED)
def edit(proctor_id: str) -> ResponseReturnValue:
    """Give an account another role, or let it see other exams."""
    store, person = services().store, _person(proctor_id)
    try:
        accounts.change(person.email, _role(), _codes(), store=store)
    except (Conflict, InvalidInput, NotFound) as error:
        return _form(person, request.form.to_dict(), error), error.status
    audit.about(subject=person.email)
    return _done(_("The account of %(email)s was saved.", email=person.email))


@bp.post("/<proctor_id>/disable")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.PROCTOR_DISABLED)
def disable(proctor_id: str) -> ResponseReturnValue:
    """Shut somebody out at once."""
    person = _person(proctor_id)
    try:
        accounts.set_disabled(person.email, True, store=services().store)
    except Conflict as error:
        return _form(person, _values_of(person), error), error.status
    audit.about(subject=person.email)
    return _done(_("%(email)s is shut out.", email=person.email))


@bp.post("/<proctor_id>/enable")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.PROCTOR_ENABLED)
def enable(proctor_id: str) -> ResponseReturnValue:
    """Let somebody in again."""
    person = _person(proctor_id)
    accounts.set_disabled(person.email, False, store=services().store)
    audit.about(subject=person.email)
    return _done(_("%(email)s may sign in again.", email=person.email))


@bp.post("/<proctor_id>/sign-out")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.PROCTOR_SIGNED_OUT)
def sign_out(proctor_id: str) -> ResponseReturnValue:
    """Sign somebody out everywhere; they may sign in again."""
    person = _person(proctor_id)
    accounts.sign_out_everywhere(person.email, store=services().store)
    audit.about(subject=person.email)
    return _done(_("%(email)s is signed out everywhere.", email=person.email))


@bp.post("/<proctor_id>/reset")
@page(Role.PROCTOR, needs=Permission.ADMINISTER, audit=AuditTag.PROCTOR_RESET)
def reset(proctor_id: str) -> ResponseReturnValue:
    """Take somebody's password away, and show the link with which they choose another one."""
    s, person = services(), _person(proctor_id)
    try:
        made = invitations.reset(person.email, store=s.store, now=s.clock())
    except Conflict as error:
        return _form(person, _values_of(person), error), error.status
    return _link(made)


def _person(proctor_id: str) -> Proctor:
    found = services().store.proctors.get(ProctorId(proctor_id))
    if found is None:
        raise NotFound("There is no such account.")
    return found


def _values_of(person: Proctor) -> dict[str, str]:
    return {"role": person.role, "sees": EVERY if person.exam_codes is None else "some"}


def _role() -> ProctorRole:
    try:
        return ProctorRole(request.form.get("role", ""))
    except ValueError as error:
        raise InvalidInput("There is no such role.", errors={"role": ["Choose one of the list."]}) from error


def _codes() -> list[str] | None:
    if request.form.get("sees") == EVERY:
        return None
    if not (ticked := request.form.getlist("exam")):
        raise InvalidInput("There is no exam to be seen.", errors={"exam": ["Tick one at least, or choose all."]})
    return ticked


def _done(words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(LIST, code=303)


def _link(made: invitations.Invited) -> str:
    audit.about(subject=made.proctor.email)
    shown = LinkPage(
        email=made.proctor.email,
        link=request.host_url.rstrip("/") + made.path,
        expires_at=iso(made.invitation.expires_at),
    )
    return render_template("proctor/admin/link.html", page=shown)


def _form(
    person: Proctor | None, values: dict[str, str], error: Conflict | InvalidInput | NotFound | None = None
) -> str:
    s = services()
    waiting = s.store.invitations.all(s.clock()).get(person.id) if person else None
    shown = ProctorPage(
        proctor=person,
        exams=s.store.exams.all(),
        ticked=request.form.getlist("exam") if "sees" in request.form else (person and person.exam_codes) or (),
        invited_until=iso(waiting.expires_at) if waiting else None,
        values=values,
        errors=(error.errors if error else None) or {},
        problem=error.detail if error else None,
    )
    return render_template("proctor/admin/proctor.html", page=shown)
