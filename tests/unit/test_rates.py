"""How often one connection may speak."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.records import Actor, Role
from proctor.settings import Limits
from proctor.sockets.guard import Connection
from proctor.domain.rates import TokenBucket


class Seconds:
    """A clock that counts seconds and stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_burst_passes_and_the_next_one_waits() -> None:
    bucket = TokenBucket(2, 5, Seconds())

    assert [bucket.take() for _ in range(5)] == [0, 0, 0, 0, 0]
    assert bucket.take() == pytest.approx(0.5)


def test_after_the_wait_it_named_the_next_one_passes() -> None:
    clock = Seconds()
    bucket = TokenBucket(2, 5, clock)
    bucket.take(5)

    clock.at += bucket.take(3)

    assert bucket.take(3) == 0
    assert bucket.take() > 0


def test_what_is_refused_costs_nothing() -> None:
    bucket = TokenBucket(1, 5, Seconds())
    bucket.take(3)

    assert bucket.take(4) > 0
    assert bucket.take(2) == 0


def test_rest_saves_no_more_than_a_burst() -> None:
    clock = Seconds()
    bucket = TokenBucket(1, 5, clock)

    clock.at += 3_600

    assert bucket.take(5) == 0
    assert bucket.take() > 0


def test_more_than_a_burst_at_once_passes_when_rested_and_is_paid_off_first() -> None:
    clock = Seconds()
    bucket = TokenBucket(2, 6, clock)

    assert bucket.take(10) == 0
    assert bucket.take() == pytest.approx(2.5)
    clock.at += 2.5
    assert bucket.take() == 0


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 20)), max_size=60))
def test_over_time_no_more_than_the_rate_passes(messages: list[tuple[float, int]]) -> None:
    clock, passed, largest = Seconds(), 0, 0
    bucket = TokenBucket(4, 10, clock)

    for pause, number in messages:
        clock.at += pause
        if bucket.take(number) == 0:
            passed += number
            largest = max(largest, number)

    assert passed <= clock.at * 4 + max(10, largest) + 1e-6


def test_a_connection_has_the_allowances_of_the_protocol() -> None:
    connection = Connection.of("sid", Actor(Role.CANDIDATE), Limits())

    assert [connection.messages.take(), connection.messages.take(39)] == [0, 0]
    assert connection.messages.take() == pytest.approx(1 / 10, rel=0.05)
    assert [connection.events.take(), connection.events.take(59)] == [0, 0]
    assert connection.events.take() == pytest.approx(1 / 20, rel=0.05)
    assert [connection.signals.take(), connection.signals.take(199)] == [0, 0]
    assert connection.signals.take() == pytest.approx(60 / 200, rel=0.05)
