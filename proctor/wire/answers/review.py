"""Answering reviewers: verdicts, the queue and timelines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from proctor.domain import verdicts
from proctor.domain.timeline import Lane, Mark, Span, Timeline
from proctor.records import Actor, Decision, Session
from proctor.wire import shapes
from proctor.wire.answers.common import iso
from proctor.wire.answers.sessions import session_answer


def verdict_so_far(session: Session) -> shapes.VerdictSoFar:
    """Answer what people have made of a session."""
    return {
        "verdict": str(session.review.verdict),
        "history": [_decision(decision) for decision in session.review.history],
    }


def verdict(session: Session, actor: Actor) -> shapes.VerdictAnswer:
    """Answer the verdict so far, and what ``actor`` may change it to."""
    possible = verdicts.possible(session, actor.proctor.id) if actor.proctor else []
    return {**verdict_so_far(session), "possible": [str(one) for one in possible]}


def reviews(
    page: Sequence[Session], cursor: str | None, waiting: verdicts.Waiting, now: datetime
) -> shapes.ReviewsAnswer:
    """Answer a page of the queue."""
    return {
        "sessions": [session_answer(session, now) for session in page],
        "next_cursor": cursor,
        "counts": {"unreviewed": waiting.unreviewed, "second_review": waiting.second_review},
    }


def timeline(found: Timeline) -> shapes.TimelineAnswer:
    """Answer a session's timeline."""
    return {
        "starts_at": iso(found.starts_at),
        "ends_at": iso(found.ends_at),
        "duration_s": found.duration_s,
        "is_over": found.is_over,
        "lanes": [_lane(lane) for lane in found.lanes],
        "marks": [_mark(mark) for mark in found.marks],
        "event_count": found.event_count,
        "left_out": found.left_out,
    }


def _decision(decision: Decision) -> shapes.DecisionAnswer:
    return {
        "id": decision.id,
        "from": str(decision.was),
        "to": str(decision.verdict),
        "by": decision.by,
        "at": iso(decision.at),
        "comment": decision.comment,
    }


def _lane(lane: Lane) -> shapes.LaneAnswer:
    return {
        "name": lane.name,
        "is_condition": lane.is_condition,
        "count": lane.count,
        "total_s": lane.total_s,
        "is_merged": lane.is_merged,
        "spans": [_span(span) for span in lane.spans],
    }


def _span(span: Span) -> shapes.SpanAnswer:
    return {
        "start_s": span.start_s,
        "end_s": span.end_s,
        "count": span.count,
        "event_id": span.event_id,
        "is_open": span.is_open,
    }


def _mark(mark: Mark) -> shapes.MarkAnswer:
    return {
        "id": mark.id,
        "kind": mark.kind,
        "name": mark.name,
        "at_s": mark.at_s,
        "text": mark.text,
        "by": mark.by,
        "severity": mark.severity,
        "state": mark.state,
        "lasted_s": mark.lasted_s,
    }
