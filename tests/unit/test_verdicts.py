"""Verdicts: every legal change and every other one, who may make it, and who must be looked at first."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from proctor.domain import verdicts
from proctor.domain.verdicts import Wish
from proctor.errors import Conflict, Forbidden, InvalidInput, ProctorError
from proctor.records import Decision, EndedBy, EventId, ProctorId, Review, Session, Severity, Status, Verdict
from tests.support.factories import NOW, make_session

ANN, BOB = ProctorId("ann"), ProctorId("bob")
LEGAL = {
    *(("unreviewed", to) for to in ("clear", "suspicious", "violation", "second_review")),
    *(("second_review", to) for to in ("clear", "suspicious", "violation")),
    *((was, "unreviewed") for was in ("clear", "suspicious", "violation")),
}


def ended(review: Review | None = None, **given: object) -> Session:
    fields = {"status": Status.FINISHED, "started_at": NOW, "ended_at": NOW + timedelta(hours=1)}
    return make_session(**fields | given, review=review or Review())


def after(*steps: tuple[Verdict, ProctorId]) -> Review:
    """Return a review that came to be by these decisions."""
    review = Review()
    for number, (verdict, by_id) in enumerate(steps):
        decision = Decision(EventId(str(number)), review.verdict, verdict, by_id, by_id, NOW, "Because")
        review = verdicts.followed_by(review, decision)
    return review


@pytest.mark.parametrize(("was", "to"), [*product(Verdict, Verdict)])
def test_a_verdict_changes_by_the_table_and_no_other_way(was: Verdict, to: Verdict) -> None:
    session = ended(Review(verdict=was))
    try:
        verdicts.check(session, Wish(to, "Because"), ANN)
        is_legal = True
    except Conflict:
        is_legal = False

    assert is_legal is ((was.value, to.value) in LEGAL)
    assert is_legal is (to in verdicts.possible(session, ANN))


@pytest.mark.parametrize("to", sorted(set(Verdict) - {Verdict.CLEAR, Verdict.UNREVIEWED}))
def test_everything_but_clear_needs_a_comment(to: Verdict) -> None:
    with pytest.raises(InvalidInput) as refused:
        verdicts.check(ended(), Wish(to), ANN)
    assert refused.value.errors is not None
    assert "comment" in refused.value.errors

    verdicts.check(ended(), Wish(to, "Looked at notes"), ANN)
    verdicts.check(ended(), Wish(Verdict.CLEAR), ANN)


def test_reopening_needs_a_reason() -> None:
    decided = ended(after((Verdict.CLEAR, ANN)))

    with pytest.raises(InvalidInput):
        verdicts.check(decided, Wish(Verdict.UNREVIEWED), ANN)
    verdicts.check(decided, Wish(Verdict.UNREVIEWED, "New evidence"), ANN)


def test_a_second_review_is_decided_by_another_person_even_once_it_was_reopened() -> None:
    asked = ended(after((Verdict.SECOND_REVIEW, ANN)))
    reopened = ended(after((Verdict.SECOND_REVIEW, ANN), (Verdict.CLEAR, BOB), (Verdict.UNREVIEWED, BOB)))

    for session in (asked, reopened):
        with pytest.raises(Forbidden):
            verdicts.check(session, Wish(Verdict.CLEAR), ANN)
        assert not verdicts.DECIDED & set(verdicts.possible(session, ANN))
        verdicts.check(session, Wish(Verdict.CLEAR), BOB)


def test_who_has_not_seen_the_last_decision_decides_nothing() -> None:
    asked = ended(after((Verdict.SECOND_REVIEW, ANN)))

    with pytest.raises(Conflict, match="second review"):
        verdicts.check(asked, Wish(Verdict.CLEAR, seen=0), BOB)
    verdicts.check(asked, Wish(Verdict.CLEAR, seen=1), BOB)


def test_a_session_that_runs_gets_no_verdict() -> None:
    running = make_session(status=Status.IN_PROGRESS)

    assert verdicts.possible(running, ANN) == []
    with pytest.raises(Conflict):
        verdicts.check(running, Wish(Verdict.CLEAR), ANN)


def test_a_verdict_is_not_changed_for_ever() -> None:
    steps = [(Verdict.CLEAR, ANN), (Verdict.UNREVIEWED, ANN)] * (verdicts.MAX_DECISIONS // 2)

    with pytest.raises(ProctorError, match="too often"):
        verdicts.check(ended(after(*steps)), Wish(Verdict.CLEAR), ANN)


def test_the_worst_flag_comes_first_then_the_lowest_score_then_the_longest_wait() -> None:
    troubled = ended(counts={"no_face": 5}, weights={"no_face": 3})
    late = ended(ended_at=NOW + timedelta(hours=2))
    order = [
        (ended(), Severity.HIGH),
        (troubled, Severity.LOW),
        (ended(), Severity.LOW),
        (troubled, None),
        (ended(), None),
        (late, None),
    ]
    places = [verdicts.place_of(session, worst) for session, worst in order]

    assert places == sorted(places)
    assert len(set(places)) == len(places)


def test_an_exam_handed_in_unseen_is_as_urgent_as_the_worst_flag() -> None:
    unseen = ended(started_at=None, ended_by=EndedBy.EXAM_APP)

    assert verdicts.place_of(unseen, None) == verdicts.place_of(ended(), Severity.HIGH)


def test_where_nobody_came_there_is_nothing_to_review() -> None:
    assert verdicts.place_of(ended(status=Status.EXPIRED, started_at=None), None) == ""
