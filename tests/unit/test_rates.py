"""How often one connection may speak."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.domain import rates
from proctor.domain.rates import Allowances, TokenBucket
from proctor.errors import TooMany
from proctor.records import Actor, Role
from proctor.settings import Limits
from proctor.sockets.guard import Connection


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


def test_each_caller_has_an_allowance_of_their_own() -> None:
    allowances = Allowances(per_second=1, burst=3, now=lambda: 0.0)

    allowances.take("ann", 3)
    allowances.take("bob", 3)
    with pytest.raises(TooMany) as refused:
        allowances.take("ann")
    assert refused.value.retry_after_s == 2
    assert allowances.of("ann") is allowances.of("ann")


def test_callers_who_have_been_silent_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    time = [0.0]
    monkeypatch.setattr(rates, "MAX_KEPT", 2)
    allowances = Allowances(per_second=1, burst=2, now=lambda: time[0])
    allowances.take("silent")
    time[0] = 5.0
    allowances.take("busy", 2)
    busy = allowances.of("busy")
    allowances.take("new")

    assert allowances.of("busy") is busy, "what it has used up is remembered"
