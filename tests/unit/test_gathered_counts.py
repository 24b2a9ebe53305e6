"""Numbers of events on their way into the sessions' documents: none lost, none twice, and nobody reads too early."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from proctor.errors import Unavailable
from proctor.records import Event, EventId, SessionId, Source
from proctor.store.counts import Counts, Gathered
from tests.support.factories import NOW

SESSION = SessionId("11111111-1111-4111-8111-111111111111")


def event(event_type: str = "copy") -> Event:
    return Event(EventId("e"), SESSION, event_type, Source.CANDIDATE, NOW, NOW)


class Written:
    """Adds up what is written, as the database does."""

    def __init__(self) -> None:
        self.writes = 0
        self.total: dict[str, int] = {}

    def __call__(self, counts: Mapping[SessionId, Counts]) -> None:
        self.writes += 1
        for of_session in counts.values():
            for name, number in of_session.by_type.items():
                self.total[name] = self.total.get(name, 0) + number


def test_the_numbers_of_many_events_are_written_at_once() -> None:
    written = Written()
    gathered = Gathered(written)
    gathered.add([event("copy"), event("copy")])
    gathered.add([event("paste")])
    assert written.writes == 0

    gathered.settle()
    gathered.settle()
    assert (written.writes, written.total) == (1, {"copy": 2, "paste": 1})


def test_who_reads_waits_for_a_write_under_way() -> None:
    begun, may_end = threading.Event(), threading.Event()
    written = Written()

    def write(counts: Mapping[SessionId, Counts]) -> None:
        begun.set()
        may_end.wait(5)
        written(counts)

    gathered = Gathered(write)
    gathered.add([event()])
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(gathered.settle)
        begun.wait(5)
        reading = pool.submit(gathered.settle)
        with pytest.raises(TimeoutError):
            reading.result(timeout=0.1)
        may_end.set()
        writing.result(timeout=5)
        reading.result(timeout=5)
    assert written.total == {"copy": 1}


def test_numbers_that_could_not_be_written_make_their_session_doubtful_once() -> None:
    def refuse(_counts: object) -> None:
        raise Unavailable("Not now.")

    gathered = Gathered(refuse)
    gathered.add([event()])
    with pytest.raises(Unavailable):
        gathered.settle()
    gathered.settle()
    assert gathered.take_doubtful() == {SESSION}
    assert gathered.take_doubtful() == set()


def test_a_fault_of_ours_is_seen_and_makes_the_session_doubtful() -> None:
    def fail(_counts: object) -> None:
        raise ValueError("a fault")

    gathered = Gathered(fail)
    gathered.add([event()])
    with pytest.raises(ValueError, match="a fault"):
        gathered.settle()
    assert gathered.take_doubtful() == {SESSION}


def test_many_who_add_and_settle_at_once_lose_nothing() -> None:
    written = Written()
    gathered = Gathered(written)

    def work(_number: int) -> None:
        gathered.add([event()])
        gathered.settle()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(400)))
    assert written.total == {"copy": 400}
