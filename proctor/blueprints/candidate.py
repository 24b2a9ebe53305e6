"""The candidate's pages: by hand or from the exam app, to the exam, to the end."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from wtforms import Form, StringField
from wtforms.validators import InputRequired, Length

from proctor.domain import actions, consents, events, exams, framing, return_urls, sessions, thresholds
from proctor.errors import Conflict, InvalidInput, NotFound, Unavailable
from proctor.records import EndedBy, Recording, Role, Session, Source
from proctor.settings import origin_of
from proctor.web import consent_text, csrf, headers
from proctor.web.actors import claim_cookie_name, held_session
from proctor.web.endpoint import endpoint, page
from proctor.web.lookups import count_unknown, own_session
from proctor.web.pages import CONSENT_VERSION, EntryPage, FinishPage, Problem, Upload
from proctor.web.services import services
from proctor.wire import answers, bodies, json_values, shapes

bp = Blueprint("candidate", __name__)
COOKIE_MAX_AGE_S = 48 * 3600


class JoinForm(Form):
    """Joining by hand."""

    exam_code = StringField(
        validators=[InputRequired(lazy_gettext("Enter the exam code from your invitation.")), Length(max=64)]
    )
    name = StringField(validators=[InputRequired(lazy_gettext("Enter your name.")), Length(max=200)])


@bp.get("/join")
@page(Role.ANYONE)
def join() -> str:
    """Ask for exam code and name."""
    return render_template("candidate/join.html", form=JoinForm(request.args))


@bp.post("/join")
@page(Role.ANYONE)
def join_by_hand() -> ResponseReturnValue:
    """Make a session for a candidate who came by themselves."""
    form = JoinForm(request.form)
    if form.validate():
        try:
            return redirect(f"/entry?session_id={_join(form).id}", code=303)
        except (Conflict, NotFound, InvalidInput) as error:
            form.exam_code.errors = [_(error.detail)]
    return render_template("candidate/join.html", form=form), 422


@bp.get("/entry")
@page(Role.ANYONE)
def entry() -> ResponseReturnValue:
    """Open the candidate's page for the session in the query, or say why not."""
    session_id, return_url = request.args.get("session_id", ""), request.args.get("return_url") or None
    if not session_id:
        return _problem("missing", 400)
    s = services()
    session = s.store.sessions.get(session_id)
    if session is None and s.exam_app_calls.expects(session_id):
        raise Unavailable("Your exam is being prepared. This takes a few seconds.")
    if session is None:
        count_unknown()
        return _problem("unknown", 404)
    return _open(session, return_url)


@bp.post("/entry/claim")
@endpoint(Role.ANYONE, body=bodies.Claim, answer=shapes.ClaimAnswer, errors=(404, 409, 429))
def claim(body: bodies.Claim) -> ResponseReturnValue:
    """Give the session to this browser. Whoever knows its id may ask; the first one gets it."""
    s = services()
    if body.return_url is not None and not _may_lead_to(body.return_url, s.store.sessions.get(body.session_id)):
        raise InvalidInput("This exam may not lead there.", errors={"return_url": ["not an allowed address"]})
    cookie = claim_cookie_name(sessions.new_handle(body.session_id), secure=s.settings.secure_cookies)
    claimed = _kept_claim(body, cookie) or _new_claim(body)
    handle = claimed.session.handle
    answer: shapes.ClaimAnswer = {
        "handle": handle,
        "exam_url": f"/exam/{handle}",
        "csrf_token": csrf.candidate_token(claimed.session, s.settings),
        "exam_mode": _exam_mode(claimed.session.return_url),
        "return_url": claimed.session.return_url,
    }
    response = make_response(answer)
    response.set_cookie(
        cookie,
        claimed.token,
        max_age=COOKIE_MAX_AGE_S,
        secure=s.settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response


def _kept_claim(body: bodies.Claim, cookie: str) -> sessions.Claim | None:
    """Return the claim that this browser has already, made in another tab: nobody is a stranger to themselves."""
    held = held_session(request.cookies, sessions.new_handle(body.session_id), services())
    return sessions.Claim(held, request.cookies[cookie]) if held and held.is_live else None


def _new_claim(body: bodies.Claim) -> sessions.Claim:
    s = services()
    try:
        return sessions.claim(
            body.session_id,
            body.claim_id,
            consent_version=body.consent_version,
            return_url=body.return_url,
            secret_key=s.settings.secret_key,
            **s.context,
        )
    except NotFound:
        count_unknown()
        raise


@bp.get("/exam/<handle>")
@page(Role.ANYONE)
def exam(handle: str) -> ResponseReturnValue:
    """Come back to an exam that this browser has started."""
    held = held_session(request.cookies, handle, services())
    session = held or services().store.sessions.get_by_handle(handle)
    if session is None:
        count_unknown()
        return _problem("unknown", 404)
    if not session.is_live:
        return redirect(f"/finish/{handle}")
    if held is None:
        return _problem("opened_elsewhere" if session.claim_hash else "released", 409)
    return _entry_page(session, "resume", session.return_url)


@bp.post("/exam/<handle>/finish")
@endpoint(Role.CANDIDATE, body=bodies.Nothing, answer=shapes.StatusAnswer)
def finish(handle: str, body: bodies.Nothing) -> shapes.StatusAnswer:  # noqa: ARG001 - the guard has used the handle
    """Hand the exam in, where it is held on our page and not in an exam app."""
    ended = sessions.finish(own_session().id, EndedBy.CANDIDATE, **services().context)
    return {"status": str(ended.status)}


@bp.post("/exam/<handle>/events")
@endpoint(Role.CANDIDATE, body=bodies.Events, answer=shapes.AcceptedAnswer, errors=(404, 409, 429))
def add_events(handle: str, body: bodies.Events) -> shapes.AcceptedAnswer:  # noqa: ARG001 - the guard has used the handle
    """Take events of a page whose live channel is away, or whose exam has just ended."""
    s, session = services(), own_session()
    s.event_rates.take(session.id, len(body.events))
    most = s.settings.limits.events_per_session
    stored = events.ingest(session, body.as_reports(), Source.CANDIDATE, most=most, **s.context)
    return {"accepted": [event.id for event in stored]}


@bp.get("/finish/<handle>")
@page(Role.ANYONE)
def finished(handle: str) -> ResponseReturnValue:
    """Say how the exam ended and what happens now. Takes a session's handle or its id."""
    found = services().store.sessions
    session = found.get_by_handle(handle) or found.get(handle)
    if session is None:
        count_unknown()
        return _problem("unknown", 404)
    if session.is_live:
        return redirect(f"/exam/{session.handle}")
    page_context = FinishPage(
        status=str(session.status),
        ended_by=str(session.ended_by) if session.ended_by else None,
        exam_title=session.exam_title,
        ended_at=answers.iso_or_none(session.ended_at),
        reason=_end_reason(session),
        upload=_upload(session),
        late=_late(session),
    )
    return render_template("candidate/finish.html", page=page_context)


def _late(session: Session) -> Upload | None:
    """Return with what the browser that held the exam may send the events that it could not send before."""
    s = services()
    if held_session(request.cookies, session.handle, s) is None:
        return None
    return Upload(session.handle, csrf.candidate_token(session, s.settings))


def _upload(session: Session) -> Upload | None:
    """Return what is needed to send what is left of the recording, for the browser that held the exam."""
    s = services()
    if session.policy.recording is Recording.OFF or held_session(request.cookies, session.handle, s) is None:
        return None
    return Upload(session.handle, csrf.candidate_token(session, s.settings))


def _end_reason(session: Session) -> str | None:
    """Return why a proctor ended the exam, for the browser that held it; whoever has its link reads no such thing."""
    s = services()
    if not s.settings.tell_end_reason or held_session(request.cookies, session.handle, s) is None:
        return None
    return actions.end_reason(session, store=s.store)


def _open(session: Session, return_url: str | None) -> ResponseReturnValue:
    if return_url is not None and not _may_lead_to(return_url, session):
        return _problem("return_url", 400)
    if not session.is_live:
        return _problem("ended", 410)
    if held_session(request.cookies, session.handle, services()):
        return redirect(f"/exam/{session.handle}")
    if session.claim_hash is not None:
        return _problem("opened_elsewhere", 409)
    return _entry_page(session, "start", return_url)


def _may_lead_to(return_url: str, session: Session | None) -> bool:
    s = services()
    origins = exams.origins_of(session.exam_code if session else None, store=s.store)
    return return_urls.is_allowed(return_url, s.settings, origins)


def _join(form: JoinForm) -> Session:
    s = services()
    body = _checked(form)
    exam = s.store.exams.get_by_code(body.exam_code)
    if exam is None or not exam.join_by_hand:
        count_unknown()
        raise NotFound("There is no exam with this code that you can join by yourself. Please check the code.")
    return sessions.create(exam, body.candidate_identifier, weights=s.settings.score_weights, **s.context)


def _checked(form: JoinForm) -> bodies.Join:
    return json_values.validate(bodies.Join, {"exam_code": form.exam_code.data, "candidate_identifier": form.name.data})


def _entry_page(session: Session, stage: Literal["start", "resume"], return_url: str | None) -> str:
    headers.allow_devices()
    if return_url is not None and (origin := origin_of(return_url)):
        headers.allow_frame(origin)
    entry_page = _entry(session, stage, return_url)
    if stage == "start":
        version, s = entry_page.consent_version, services()
        language = str(get_locale() or s.settings.default_locale)
        shown = consents.show(version, consent_text.of_page(entry_page), language, store=s.store, now=s.clock())
        entry_page = replace(entry_page, consent_version=shown.version)
    return render_template("candidate/entry.html", page=entry_page)


def _entry(session: Session, stage: Literal["start", "resume"], return_url: str | None) -> EntryPage:
    settings = services().settings
    is_back = stage == "resume"
    return EntryPage(
        stage=stage,
        exam_title=session.exam_title or _("Exam"),
        candidate_identifier=session.candidate_identifier,
        duration_minutes=session.duration_minutes,
        screen_required=session.screen_required,
        institution=settings.institution,
        retention_days=session.policy.retention_days or settings.retention_days,
        consent_version=CONSENT_VERSION,
        session_id=None if is_back else session.id,
        handle=session.handle if is_back else None,
        csrf_token=csrf.candidate_token(session, settings) if is_back else None,
        return_url=return_url,
        exam_mode=_exam_mode(return_url) if is_back else "none" if return_url is None else "frame",
        claim_url="/entry/claim",
        finish_url=f"/finish/{session.handle}" if is_back else None,
        demo=settings.is_demo,
        detection=settings.detection,
        recording=str(session.policy.recording),
        snapshots=str(session.policy.snapshots),
        thresholds=thresholds.of(session.policy),
        consent_addition=_consent_addition(session),
    )


def _consent_addition(session: Session) -> list[str]:
    """Return the paragraphs that this exam adds to the consent text."""
    exam = services().store.exams.get(session.exam_id) if session.exam_id else None
    return [part.strip() for part in (exam.consent_addition if exam else "").split("\n\n") if part.strip()]


def _exam_mode(return_url: str | None) -> str:
    if return_url is None:
        return "none"
    return "window" if framing.page_refuses(return_url, request.host_url.rstrip("/")) else "frame"


def _problem(kind: str, status: int) -> ResponseReturnValue:
    return render_template("candidate/problem.html", problem=_problems()[kind]), status


def _problems() -> dict[str, Problem]:
    ask = _("Go back to your exam and start it again. If that does not help, tell your exam office.")
    texts = {
        "missing": (_("This link is not complete"), _("It does not say which exam it belongs to."), ask),
        "unknown": (_("We do not know this exam session"), _("The link may be mistyped, or it is too old."), ask),
        "ended": (
            _("This exam session is over"),
            _("It was finished or has expired, so it cannot be opened again."),
            _("If you have not taken your exam yet, start it again from where you began."),
        ),
        "opened_elsewhere": (
            _("This exam is open somewhere else"),
            _("It was started in another browser or on another device, and it can only be open once."),
            _("Go on there. If you cannot, ask your proctor to release the session, then open this link again."),
        ),
        "released": (
            _("This browser no longer holds your exam"),
            _("Your proctor has let it go on in another browser or on another device. Nothing you did is lost."),
            _("Open the link of your exam where you want to go on. It is the address that brought you to your exam."),
        ),
        "return_url": (
            _("This link leads somewhere unknown"),
            _("The exam it names is not on a site that this server works with, so we did not open it."),
            _("Start the exam again from your exam site. Do not enter passwords on pages that such a link opens."),
        ),
    }
    return {kind: Problem(kind, *words) for kind, words in texts.items()}
