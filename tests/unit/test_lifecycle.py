"""The states of a session: the table, and that every function keeps to it."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest

from proctor.domain import lifecycle
from proctor.errors import Conflict
from proctor.records import END_STATUSES, LIVE_STATUSES, EndedBy, Session, Status
from tests.support.factories import NOW, make_session

# Written out once more on purpose: a change of the table must be meant.
ALLOWED = {
    ("created", "joined"),
    ("created", "finished"),
    ("created", "terminated"),
    ("created", "expired"),
    ("joined", "in_progress"),
    ("joined", "finished"),
    ("joined", "terminated"),
    ("joined", "expired"),
    ("in_progress", "paused"),
    ("in_progress", "finished"),
    ("in_progress", "terminated"),
    ("paused", "in_progress"),
    ("paused", "finished"),
    ("paused", "terminated"),
}
PAIRS = list(product(Status, Status))
LATER = NOW + timedelta(minutes=10)

STEPS: dict[str, tuple[Callable[[Session], Session], set[Status], Status | None]] = {
    "join": (lifecycle.join, {Status.CREATED}, Status.JOINED),
    "begin": (lambda s: lifecycle.begin(s, LATER), {Status.JOINED}, Status.IN_PROGRESS),
    "pause": (lambda s: lifecycle.pause(s, LATER), {Status.IN_PROGRESS}, Status.PAUSED),
    "resume": (lambda s: lifecycle.resume(s, LATER), {Status.PAUSED}, Status.IN_PROGRESS),
    "extend": (lambda s: lifecycle.extend(s, 5), set(LIVE_STATUSES), None),
}


def session_in(status: Status) -> Session:
    paused_at = NOW if status is Status.PAUSED else None
    begun = status in {Status.IN_PROGRESS, Status.PAUSED}
    return make_session(status=status, paused_at=paused_at, deadline=NOW + timedelta(hours=1) if begun else None)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_session_moves_only_along_the_table(before: Status, after: Status) -> None:
    assert lifecycle.may_move(session_in(before), after) is ((before, after) in ALLOWED)


@pytest.mark.parametrize(("before", "after"), [pair for pair in PAIRS if pair[1] in END_STATUSES])
def test_a_session_ends_only_where_the_table_says_so(before: Status, after: Status) -> None:
    if (before, after) in ALLOWED:
        ended = lifecycle.end(session_in(before), after, EndedBy.SYSTEM, LATER)
        assert (ended.status, ended.ended_by, ended.ended_at) == (after, EndedBy.SYSTEM, LATER)
    else:
        with pytest.raises(Conflict):
            lifecycle.end(session_in(before), after, EndedBy.SYSTEM, LATER)


@pytest.mark.parametrize(("step", "before"), list(product(STEPS, Status)))
def test_each_step_leads_from_its_states_and_from_no_other(step: str, before: Status) -> None:
    take, starts, end = STEPS[step]

    if before in starts:
        assert take(session_in(before)).status is (end or before)
    else:
        with pytest.raises(Conflict):
            take(session_in(before))


@pytest.mark.parametrize("status", sorted(END_STATUSES))
def test_nothing_leads_out_of_an_end(status: Status) -> None:
    assert lifecycle.TRANSITIONS[status] == frozenset()
    assert not session_in(status).is_live


def test_the_table_names_every_status() -> None:
    assert lifecycle.TRANSITIONS.keys() == set(Status)
    assert set(Status) == LIVE_STATUSES | END_STATUSES


def test_beginning_starts_the_clock_once() -> None:
    begun = lifecycle.begin(session_in(Status.JOINED), NOW)

    assert begun.started_at == NOW
    assert begun.deadline == NOW + timedelta(minutes=60)
    with pytest.raises(Conflict):
        lifecycle.begin(begun, LATER)


def test_a_paused_exam_is_resumed_and_never_begun_anew() -> None:
    with pytest.raises(Conflict, match="paused"):
        lifecycle.begin(session_in(Status.PAUSED), LATER)


def test_an_exam_without_a_time_limit_has_no_deadline_and_cannot_be_extended() -> None:
    begun = lifecycle.begin(make_session(status=Status.JOINED, duration_minutes=None), NOW)
    resumed = lifecycle.resume(lifecycle.pause(begun, NOW), LATER)

    assert resumed.deadline is None
    with pytest.raises(Conflict, match="no time limit"):
        lifecycle.extend(resumed, 5)


def test_an_extension_before_the_start_lengthens_the_exam() -> None:
    extended = lifecycle.extend(session_in(Status.JOINED), 15)

    assert lifecycle.begin(extended, NOW).deadline == NOW + timedelta(minutes=75)


def test_a_refusal_names_both_states_in_words() -> None:
    with pytest.raises(Conflict) as refused:
        lifecycle.begin(session_in(Status.CREATED), NOW)

    assert refused.value.detail == "This session is created and cannot become in progress."
