"""What reviewers' programs and the review page call: timelines, verdicts, the queue, evidence bundles."""

from __future__ import annotations

from flask import Blueprint, Response, stream_with_context

from proctor.audit_tags import AuditTag
from proctor.domain import permissions, timeline, verdicts
from proctor.errors import Unauthenticated
from proctor.records import Permission, Proctor, Role, Verdict
from proctor.store.verdicts import QueueFilter
from proctor.web import audit, bundle_files
from proctor.web.endpoint import endpoint
from proctor.web.guard import actor
from proctor.web.lookups import find_session
from proctor.web.services import services
from proctor.wire import answers, bodies, shapes

bp = Blueprint("review_api", __name__, url_prefix="/api/proctor")


@bp.get("/reviews")
@endpoint(Role.PROCTOR, query=bodies.ReviewsQuery, answer=shapes.ReviewsAnswer, needs=Permission.REVIEW)
def list_reviews(query: bodies.ReviewsQuery) -> shapes.ReviewsAnswer:
    """List what waits for the caller's review, or what else ``verdict`` names, those first that most need a look."""
    s = services()
    limit = min(query.limit, s.settings.limits.page_size)
    page, cursor = s.store.verdicts.page(wanted(query), limit, query.cursor)
    return answers.reviews(page, cursor, waiting(), s.clock())


@bp.get("/sessions/<session_id>/timeline")
@endpoint(
    Role.PROCTOR,
    answer=shapes.TimelineAnswer,
    errors=(404,),
    needs=Permission.REVIEW,
    audit=AuditTag.REVIEW_VIEWED,
)
def get_timeline(session_id: str) -> shapes.TimelineAnswer:
    """Give a session at a glance: how long conditions lasted, flags, and what people did."""
    s = services()
    return answers.timeline(timeline.of_session(find_session(session_id), store=s.store, now=s.clock()))


@bp.get("/sessions/<session_id>/verdict")
@endpoint(
    Role.PROCTOR,
    answer=shapes.VerdictAnswer,
    errors=(404,),
    needs=Permission.REVIEW,
    audit=AuditTag.REVIEW_VIEWED,
)
def get_verdict(session_id: str) -> shapes.VerdictAnswer:
    """Give the verdict so far, how it came to be, and what the caller may change it to."""
    return answers.verdict(find_session(session_id), actor())


@bp.post("/sessions/<session_id>/verdict")
@endpoint(
    Role.PROCTOR,
    body=bodies.Decide,
    answer=shapes.VerdictAnswer,
    errors=(404, 409),
    needs=Permission.REVIEW,
    audit=AuditTag.VERDICT_GIVEN,
)
def decide(session_id: str, body: bodies.Decide) -> shapes.VerdictAnswer:
    """Decide what to make of a session, ask for a second reviewer, or reopen what was decided."""
    by = _reviewer()
    wish = verdicts.Wish(body.verdict, body.comment or None, body.action_id, body.seen)
    decided = verdicts.decide(find_session(session_id).id, wish, by.id, by.email, **services().context)
    if body.verdict is Verdict.UNREVIEWED:
        audit.instead(AuditTag.VERDICT_REOPENED)
    audit.about(decided, details={"verdict": str(body.verdict)})
    return answers.verdict(decided, actor())


@bp.get("/sessions/<session_id>/bundle.zip")
@endpoint(
    Role.PROCTOR,
    media_types=("application/zip",),
    errors=(404,),
    needs=Permission.REVIEW,
    audit=AuditTag.EVIDENCE_EXPORTED,
)
def get_bundle(session_id: str) -> Response:
    """Stream everything about a session as a zip file, with a manifest of hashes as its last file."""
    session = find_session(session_id)
    content = stream_with_context(bundle_files.stream(session, actor().label))
    response = Response(content, content_type="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename=bundle_{session.id}.zip"
    return response


def wanted(query: bodies.ReviewsQuery) -> QueueFilter:
    """Return the filter that a query asks for, within what the caller may see."""
    by = _reviewer().id
    waits = query.verdict == "waiting"
    named = {Verdict(query.verdict)} if query.verdict not in {"waiting", "all"} else None
    return QueueFilter(
        verdicts=verdicts.WAITING if waits else named,
        exam_code=query.exam_code or None,
        text=query.q,
        exam_codes=permissions.visible_exam_codes(actor()),
        not_asked_by=by if waits else None,
        by=by if query.mine else None,
    )


def waiting() -> verdicts.Waiting:
    """Return how many sessions wait for the caller."""
    visible = permissions.visible_exam_codes(actor())
    return verdicts.waiting_for(_reviewer().id, visible, store=services().store)


def _reviewer() -> Proctor:
    found = actor().proctor
    if found is None:
        raise Unauthenticated("Please sign in.")
    return found
