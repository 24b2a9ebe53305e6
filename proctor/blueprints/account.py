"""A proctor's own account, and the way into one: the page behind an invitation."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from proctor.audit_tags import AuditTag
from proctor.domain import accounts, invitations
from proctor.domain import audit as audit_log
from proctor.errors import InvalidInput, NotFound, TooMany, Unauthenticated
from proctor.records import Actor, Login, Proctor, Role
from proctor.web import audit
from proctor.web.admin_pages import AccountPage, InvitationPage
from proctor.web.endpoint import page
from proctor.web.guard import actor
from proctor.web.lookups import count_unknown
from proctor.web.services import services

bp = Blueprint("account", __name__, url_prefix="/proctor")


@bp.get("/account")
@page(Role.PROCTOR)
def show() -> str:
    """Show one's own account."""
    return _account_page()


@bp.post("/account/password")
@page(Role.PROCTOR, audit=AuditTag.PASSWORD_CHANGED)
def change_password() -> ResponseReturnValue:
    """Change one's own password; other logins end."""
    s, (proctor, login) = services(), _own()
    old, new = request.form.get("old_password", ""), request.form.get("password", "")
    try:
        _same_twice(new)
        accounts.change_own_password(
            login,
            proctor,
            old,
            new,
            store=s.store,
            passwords=s.passwords,
            throttle=s.throttle,
        )
    except (InvalidInput, TooMany) as error:
        return _account_page(error), error.status
    flash(_("Your password is changed. Wherever else you were signed in, you are not any more."))
    return redirect("/proctor/account", code=303)


@bp.post("/account/sign-out")
@page(Role.PROCTOR, audit=AuditTag.SIGNED_OUT_EVERYWHERE)
def sign_out_everywhere() -> ResponseReturnValue:
    """End all of one's logins, this one too."""
    accounts.sign_out_everywhere(_own()[0].email, store=services().store)
    browser_session.clear()
    return redirect("/proctor/login", code=303)


@bp.get("/invitation/<token>")
@page(Role.ANYONE)
def invitation(token: str) -> str:
    """Ask the invited proctor for a password."""
    return _invitation_page(_invited(token))


@bp.post("/invitation/<token>")
@page(Role.ANYONE)
def accept(token: str) -> ResponseReturnValue:
    """Set the password, once, and send the proctor to sign in with it."""
    s, person = services(), _invited(token)
    password = request.form.get("password", "")
    try:
        _same_twice(password)
        invitations.accept(token, password, store=s.store, passwords=s.passwords, now=s.clock())
    except InvalidInput as error:
        return _invitation_page(person, error), error.status
    by = audit.by(Actor(Role.PROCTOR, person))
    audit_log.record(AuditTag.INVITATION_ACCEPTED, by, audit_log.About(), store=s.store, now=s.clock())
    return redirect("/proctor/login", code=303)


def _own() -> tuple[Proctor, Login]:
    """Return whoever is signed in, and by which login."""
    proctor, login_id = actor().proctor, actor().login_id
    assert proctor is not None, "the guard has let a proctor in"
    assert login_id is not None, "a proctor comes with their login"
    login = services().store.logins.get(login_id)
    if login is None:
        raise Unauthenticated("Please sign in again.")
    return proctor, login


def _invited(token: str) -> Proctor:
    s = services()
    try:
        return invitations.invited(token, store=s.store, now=s.clock())
    except NotFound:
        count_unknown()
        raise


def _same_twice(password: str) -> None:
    if password != request.form.get("again", ""):
        raise InvalidInput("The password is not set.", errors={"again": ["The two are not the same."]})


def _account_page(error: InvalidInput | TooMany | None = None) -> str:
    proctor, login = _own()
    shown = AccountPage(
        proctor=proctor,
        logins=services().store.logins.of_proctor(proctor.id),
        login_id=login.id,
        min_chars=accounts.MIN_PASSWORD_CHARS,
        errors=(error.errors if error else None) or {},
        problem=error.detail if error else None,
    )
    return render_template("proctor/account.html", page=shown)


def _invitation_page(person: Proctor, error: InvalidInput | None = None) -> str:
    shown = InvitationPage(
        email=person.email,
        min_chars=accounts.MIN_PASSWORD_CHARS,
        errors=(error.errors if error else None) or {},
        problem=error.detail if error else None,
    )
    return render_template("proctor/invitation.html", page=shown)
