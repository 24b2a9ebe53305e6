"""The pages of reviewers: the queue, and one session with its recording over a timeline."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template
from flask.typing import ResponseReturnValue

from proctor.audit_tags import AuditTag
from proctor.blueprints.review_api import waiting, wanted
from proctor.domain import permissions, verdicts
from proctor.records import Permission, Role
from proctor.store.verdicts import cursor_after
from proctor.web import csrf, report_files
from proctor.web.endpoint import page, read_query
from proctor.web.guard import actor
from proctor.web.lookups import find_session
from proctor.web.pages import ExamChoice, QueuePage, ReviewPage
from proctor.web.services import services
from proctor.wire import answers, bodies

bp = Blueprint("review", __name__, url_prefix="/proctor/review")


@bp.get("")
@page(Role.PROCTOR, needs=Permission.REVIEW)
def queue() -> str:
    """Show what waits for review, those first that most need a look."""
    s, now, query = services(), services().clock(), cast(bodies.ReviewsQuery, read_query(bodies.ReviewsQuery))
    found, cursor = s.store.verdicts.page(wanted(query), query.limit, query.cursor)
    counted = waiting()
    filters = _filters(query)
    visible = s.store.exams.all(permissions.visible_exam_codes(actor()))
    return render_template(
        "proctor/review_queue.html",
        page=QueuePage(
            proctor_email=actor().label,
            sessions=[answers.session_answer(session, now) for session in found],
            unmonitored={session.id for session in found if verdicts.was_unmonitored(session)},
            exams=[ExamChoice(exam.code, exam.title) for exam in visible],
            filters=filters,
            is_filtered=query != bodies.ReviewsQuery(cursor=query.cursor),
            waiting=counted,
            next_page=_next_page(filters, cursor),
            csrf_token=csrf.console_token(),
            open_access=s.settings.api_access == "open",
        ),
    )


@bp.get("/next")
@page(Role.PROCTOR, needs=Permission.REVIEW)
def following() -> ResponseReturnValue:
    """Go to the session that waits behind ``after``, from the first one on again at the end, or to the queue."""
    store, query = services().store, cast(bodies.NextReviewQuery, read_query(bodies.NextReviewQuery))
    waits = wanted(bodies.ReviewsQuery(exam_code=query.exam_code))
    left = store.sessions.get(query.after) if query.after else None
    behind = cursor_after(left) if left and left.review.place else None
    found, _ = store.verdicts.page(waits, 1, behind)
    if not found and behind:
        found, _ = store.verdicts.page(waits, 1)
    ids = [session.id for session in found if session.id != query.after]
    path = f"/proctor/review/{ids[0]}" if ids else "/proctor/review"
    return redirect(f"{path}?{urlencode({'exam_code': query.exam_code})}" if query.exam_code else path)


@bp.get("/<session_id>")
@page(Role.PROCTOR, needs=Permission.REVIEW, audit=AuditTag.REVIEW_VIEWED)
def review(session_id: str) -> str:
    """Show one session: recording, timeline, score and verdict."""
    s, query = services(), cast(bodies.ReviewQuery, read_query(bodies.ReviewQuery))
    shown = find_session(session_id)
    footage = s.store.recordings.of_session(shown.id)
    return render_template(
        "proctor/review.html",
        page=ReviewPage(
            proctor_email=actor().label,
            session=answers.session_answer(shown, s.clock()),
            is_unmonitored=verdicts.was_unmonitored(shown),
            verdict=answers.verdict(shown, actor()),
            recordings=answers.recordings_of(shown, footage),
            recorded=str(shown.policy.recording),
            evidence=[answers.evidence_item(kept) for kept in s.store.evidence.of_session(shown.id)],
            exam_code=query.exam_code,
            csrf_token=csrf.console_token(),
            open_access=s.settings.api_access == "open",
        ),
    )


@bp.get("/<session_id>/report")
@page(Role.PROCTOR, needs=Permission.REVIEW, audit=AuditTag.REPORT_VIEWED)
def report(session_id: str) -> ResponseReturnValue:
    """Go to the session's report as a page of its own, made anew where something changed."""
    return redirect(f"/reports/{report_files.ensure(find_session(session_id), 'html')}")


def _filters(query: bodies.ReviewsQuery) -> dict[str, str | bool]:
    return {"verdict": query.verdict, "exam_code": query.exam_code, "q": query.q, "mine": query.mine}


def _next_page(filters: dict[str, str | bool], cursor: str | None) -> str | None:
    if cursor is None:
        return None
    given = {name: "true" if value is True else value for name, value in filters.items() if value}
    return f"/proctor/review?{urlencode(given | {'cursor': cursor})}"
