"""The exam's clock: what is left, and whether it runs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.domain import exam_clock, lifecycle
from proctor.domain.exam_clock import Reading
from proctor.records import EndedBy, Session, Status
from tests.support.factories import NOW, make_session

MINUTE_MS = 60_000


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def begun(**given: object) -> Session:
    return lifecycle.begin(make_session(status=Status.JOINED, **given), NOW)


@pytest.mark.parametrize("status", [Status.CREATED, Status.JOINED])
def test_before_the_exam_the_clock_shows_all_of_it_and_stands(status: Status) -> None:
    assert exam_clock.read(make_session(status=status), NOW) == Reading(60 * MINUTE_MS, running=False)


def test_in_the_exam_the_clock_runs() -> None:
    assert exam_clock.read(begun(), NOW + minutes(15)) == Reading(45 * MINUTE_MS, running=True)


def test_the_clock_stops_at_zero() -> None:
    assert exam_clock.read(begun(), NOW + minutes(61)) == Reading(0, running=True)


def test_in_a_pause_the_clock_stands() -> None:
    paused = lifecycle.pause(begun(), NOW + minutes(10))

    assert exam_clock.read(paused, NOW + minutes(10)) == Reading(50 * MINUTE_MS, running=False)
    assert exam_clock.read(paused, NOW + minutes(500)) == Reading(50 * MINUTE_MS, running=False)


def test_after_a_pause_the_clock_goes_on_where_it_stood() -> None:
    resumed = lifecycle.resume(lifecycle.pause(begun(), NOW + minutes(10)), NOW + minutes(30))

    assert exam_clock.read(resumed, NOW + minutes(30)) == Reading(50 * MINUTE_MS, running=True)


def test_an_extension_shows_at_once_also_in_a_pause() -> None:
    paused = lifecycle.extend(lifecycle.pause(begun(), NOW + minutes(10)), 5)

    assert exam_clock.read(paused, NOW + minutes(20)) == Reading(55 * MINUTE_MS, running=False)


def test_after_the_end_the_clock_shows_what_was_left() -> None:
    ended = lifecycle.end(begun(), Status.FINISHED, EndedBy.CANDIDATE, NOW + minutes(40))

    assert exam_clock.read(ended, NOW + minutes(400)) == Reading(20 * MINUTE_MS, running=False)


def test_an_end_in_a_pause_leaves_what_the_pause_showed() -> None:
    paused = lifecycle.pause(begun(), NOW + minutes(10))
    ended = lifecycle.end(paused, Status.TERMINATED, EndedBy.PROCTOR, NOW + minutes(45))

    assert exam_clock.read(ended, NOW + minutes(400)) == Reading(50 * MINUTE_MS, running=False)


def test_an_exam_without_a_time_limit_shows_none() -> None:
    assert exam_clock.read(begun(duration_minutes=None), NOW) == Reading(None, running=True)
    assert exam_clock.read(make_session(duration_minutes=None), NOW) == Reading(None, running=False)


Step = tuple[str, int]
STEPS = st.lists(st.tuples(st.sampled_from(["pause", "resume", "extend"]), st.integers(1, 90)), max_size=12)


def play(session: Session, steps: Sequence[Step]) -> tuple[Session, datetime, timedelta, int]:
    """Take what steps are legal, some minutes after one another; return also the time spent in the exam and added."""
    now, spent, added = NOW, timedelta(), 0
    for step, number in steps:
        now += minutes(number)
        spent += minutes(number) if session.status is Status.IN_PROGRESS else timedelta()
        if step == "extend":
            session, added = lifecycle.extend(session, number), added + number
        elif step == "pause" and session.status is Status.IN_PROGRESS:
            session = lifecycle.pause(session, now)
        elif step == "resume" and session.status is Status.PAUSED:
            session = lifecycle.resume(session, now)
    return session, now, spent, added


@given(STEPS)
def test_whatever_the_pauses_what_was_spent_and_what_is_left_make_the_whole(steps: list[Step]) -> None:
    session, now, spent, added = play(begun(), steps)

    left = exam_clock.read(session, now).remaining_ms

    assert left == max(0, (60 + added) * MINUTE_MS - spent // timedelta(milliseconds=1))


@given(STEPS, st.integers(0, 600))
def test_while_it_stands_time_changes_nothing(steps: list[Step], later: int) -> None:
    session, now, _, _ = play(begun(), [*steps, ("pause", 1)])
    ended = lifecycle.end(session, Status.FINISHED, EndedBy.TIME, now)

    for standing in [ended, session]:
        assert exam_clock.read(standing, now) == exam_clock.read(standing, now + minutes(later))


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_are_cut_to_the_milliseconds_that_the_database_keeps(moment: datetime) -> None:
    cut = exam_clock.in_milliseconds(moment)

    assert timedelta() <= moment - cut < timedelta(milliseconds=1)
    assert cut.microsecond % 1_000 == 0


def test_times_are_turned_into_utc_and_without_a_zone_are_taken_as_utc() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))

    assert exam_clock.in_milliseconds(elsewhere).tzinfo is UTC
    assert exam_clock.in_milliseconds(elsewhere) == NOW
    assert exam_clock.in_milliseconds(NOW.replace(tzinfo=None)) == NOW


def test_the_time_now_is_in_utc_and_whole_milliseconds() -> None:
    now = exam_clock.utc_now()

    assert now.tzinfo is UTC
    assert now == exam_clock.in_milliseconds(now)
