"""The proctor's pages."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user, login_user
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from proctor.audit_tags import AuditTag
from proctor.blueprints.proctor_api import wanted
from proctor.domain import chat, logins, permissions, rules
from proctor.errors import TooMany, Unauthenticated
from proctor.records import Permission, Proctor, Role
from proctor.web import csrf, signing_in
from proctor.web.actors import ConsoleUser
from proctor.web.endpoint import page, read_query
from proctor.web.guard import actor
from proctor.web.lookups import find_session
from proctor.web.pages import ExamChoice, HallPage, SessionPage
from proctor.web.services import services
from proctor.wire import answers, bodies

bp = Blueprint("console", __name__, url_prefix="/proctor")
HALL_ROWS = 200
FEED_EVENTS = 200


class LoginForm(FlaskForm):  # type: ignore[misc] # flask-wtf ships no types
    """Signing in."""

    email = EmailField(lazy_gettext("Email address"), validators=[InputRequired(), Length(max=254)])
    password = PasswordField(lazy_gettext("Password"), validators=[InputRequired(), Length(max=1024)])


@bp.get("/")
@page(Role.PROCTOR)
def root() -> ResponseReturnValue:
    """Send the proctor to where their work is: the hall, or what waits for review."""
    return redirect(_home(actor().proctor))


@bp.get("/login")
@page(Role.ANYONE)
def login() -> ResponseReturnValue:
    """Ask for address and password; who is signed in goes on."""
    if current_user.is_authenticated:
        return redirect(_next() or _home(current_user.signed_in.proctor))
    return _login_page(LoginForm())


@bp.post("/login")
@page(Role.ANYONE)
def sign_in() -> ResponseReturnValue:
    """Check address and password and start a login of this browser."""
    csrf.check_origin(request, services().settings)
    form = LoginForm()
    if not form.validate():
        return _login_page(form), 422
    try:
        signed_in = signing_in.sign_in(form.email.data or "", form.password.data or "")
    except (Unauthenticated, TooMany) as error:
        form.form_errors.append(_(error.detail))
        return _login_page(form), error.status
    browser_session.clear()
    browser_session.permanent = True
    login_user(ConsoleUser(signed_in))
    return redirect(_next() or _home(signed_in.proctor), code=303)


@bp.post("/logout")
@page(Role.PROCTOR, audit=AuditTag.LOGOUT)
def logout() -> ResponseReturnValue:
    """End this login, everywhere it is used."""
    login_id = actor().login_id
    assert login_id is not None, "a proctor comes with their login"
    logins.sign_out(login_id, store=services().store, live=services().live)
    browser_session.clear()
    return redirect("/proctor/login", code=303)


@bp.get("/sessions")
@page(Role.PROCTOR)
def hall() -> str:
    """Show the sessions, the live ones unless the query says otherwise."""
    s, now = services(), services().clock()
    query = read_query(bodies.HallQuery)
    assert isinstance(query, bodies.HallQuery), "read_query returns what it is asked for"
    shown = query.model_copy(update={"status": query.status or "live"})
    found, _cursor = s.store.sessions.page(wanted(shown), HALL_ROWS)
    visible = s.store.exams.all(permissions.visible_exam_codes(actor()))
    return render_template(
        "proctor/sessions.html",
        page=HallPage(
            proctor_email=actor().label,
            sessions=[answers.session_answer(session, now) for session in found],
            exams=[ExamChoice(exam.code, exam.title) for exam in visible],
            filters=shown.model_dump(include={"status", "exam_code", "q", "flag", "view"}),
            csrf_token=csrf.console_token(),
            open_access=s.settings.api_access == "open",
        ),
    )


@bp.get("/session/<session_id>")
@page(Role.PROCTOR, audit=AuditTag.SESSION_VIEWED)
def session(session_id: str) -> str:
    """Show one session: live while it runs, its record afterwards."""
    s = services()
    shown = find_session(session_id)
    events, _cursor = s.store.events.page(shown.id, FEED_EVENTS, order="newest")
    return render_template(
        "proctor/session.html",
        page=SessionPage(
            proctor_email=actor().label,
            session=answers.session_answer(shown, s.clock()),
            record=shown,
            rules=rules.RULES,
            events=[answers.event_answer(event) for event in events],
            flags=[answers.flag_answer(flag) for flag in s.store.flags.of_session(shown.id)],
            chat=[answers.event_answer(event) for event in chat.messages(shown.id, store=s.store)],
            warnings=s.settings.warning_templates,
            csrf_token=csrf.console_token(),
            open_access=s.settings.api_access == "open",
        ),
    )


def _login_page(form: LoginForm) -> str:
    return render_template("proctor/login.html", form=form, demo=services().settings.is_demo, next=_next())


def _home(proctor: Proctor | None) -> str:
    watches = proctor is not None and permissions.may(proctor, Permission.WATCH)
    return "/proctor/sessions" if watches else "/proctor/review"


def _next() -> str:
    """Return the page of the console that the query asks to go on to, empty for none or for anything else."""
    wish = request.values.get("next", "")
    inside = wish.startswith("/proctor/") and not any(char in wish for char in "\\\r\n\t") and "//" not in wish
    return wish if inside else ""
