"""Group commit on a real database: each event once, each caller told right, and numbers that heal."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from proctor.domain import flags
from proctor.errors import Unavailable
from proctor.records import Event, EventId, Session, SessionId, Source
from proctor.runtime.mongod import EmbeddedMongod
from proctor.store import Store, open_store
from tests.support.factories import NOW, make_session
from tests.support.silent_live import silent_live

CALLERS = 12
SESSIONS = 3
TYPES = ("no_face", "phone_detected", "copy")
Call = list[Event]


def add_session(store: Store) -> Session:
    session = make_session(id=SessionId(str(uuid.uuid4())), handle=uuid.uuid4().hex[:24])
    store.sessions.add(session)
    return session


def event_of(session: Session, event_id: str | None = None, event_type: str = "no_face") -> Event:
    return Event(EventId(event_id or str(uuid.uuid4())), session.id, event_type, Source.CANDIDATE, NOW, NOW)


def stored_ids(store: Store, session: Session) -> list[str]:
    return [document["id"] for document in store.events._documents.find({"session_id": session.id})]


def counts_are_right(store: Store, session: Session) -> bool:
    kept = store.sessions.get(session.id)
    assert kept
    return kept.counts == store.events.count_by_type(session.id)


def calls_of(sessions: list[Session], seed: int) -> list[Call]:
    """Return what the callers send: lists that repeat events of their own and of each other."""
    chance = random.Random(seed)
    pool = [event_of(chance.choice(sessions), event_type=chance.choice(TYPES)) for _ in range(120)]
    return [chance.choices(pool, k=chance.randint(1, 25)) for _ in range(CALLERS * 8)]


@pytest.mark.parametrize("seed", range(5))
def test_every_event_is_stored_once_and_every_caller_is_told_what_was_new(store: Store, seed: int) -> None:
    sessions = [add_session(store) for _ in range(SESSIONS)]
    calls = calls_of(sessions, seed)

    with ThreadPoolExecutor(CALLERS) as callers:
        told = list(callers.map(store.event_writer.add_new, calls))

    sent = {event.id for call in calls for event in call}
    stored = [event_id for session in sessions for event_id in stored_ids(store, session)]
    assert sorted(stored) == sorted(sent)
    assert Counter(event_id for new in told for event_id in new) == Counter(sent), "each was new to one caller"
    assert all(new <= {event.id for event in call} for new, call in zip(told, calls, strict=True))
    assert all(counts_are_right(store, session) for session in sessions)


def test_the_same_id_in_two_sessions_is_two_events(store: Store) -> None:
    one, other = add_session(store), add_session(store)

    new = store.event_writer.add_new([event_of(one, "same"), event_of(other, "same")])

    assert new == {"same"}
    assert stored_ids(store, one) == stored_ids(store, other) == ["same"]
    assert counts_are_right(store, one)
    assert counts_are_right(store, other)


def test_a_fault_of_ours_leaves_nobody_waiting(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    session, add_new = add_session(store), store.events.add_new
    entered, release = threading.Event(), threading.Event()

    def fail(events: object) -> object:
        entered.set()
        release.wait(5)
        monkeypatch.setattr(store.events, "add_new", fail_at_once)
        raise ValueError(events)

    def fail_at_once(events: object) -> object:
        monkeypatch.setattr(store.events, "add_new", add_new)
        raise ValueError(events)

    monkeypatch.setattr(store.events, "add_new", fail)
    with ThreadPoolExecutor(4) as callers:
        first = callers.submit(store.event_writer.add_new, [event_of(session)])
        entered.wait(5)
        others = [callers.submit(store.event_writer.add_new, [event_of(session)]) for _ in range(3)]
        time.sleep(0.1)
        release.set()
        raised = [type(call.exception(timeout=10)) for call in (first, *others)]

    assert raised[0] is ValueError
    assert sorted(kind.__name__ for kind in raised[1:]) == ["Unavailable", "Unavailable", "ValueError"]
    assert store.event_writer.add_new([event_of(session)])
    store.event_writer.recount()
    assert counts_are_right(store, session)


def test_while_the_database_is_away_nobody_waits_for_the_groups_of_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, tries = add_session(store), 0

    def wait_in_vain(_events: object) -> object:
        nonlocal tries
        tries += 1
        time.sleep(0.4)
        raise Unavailable("Not now.")

    monkeypatch.setattr(store.events, "add_new", wait_in_vain)
    with ThreadPoolExecutor(100) as callers:
        calls = [callers.submit(store.event_writer.add_new, [event_of(session)]) for _ in range(100)]
        raised = {type(call.exception(timeout=10)) for call in calls}

    assert raised == {Unavailable}
    assert tries <= 3
    monkeypatch.undo()
    assert store.event_writer.add_new([event_of(session)])


def test_a_write_that_failed_and_was_made_is_counted_by_the_next_recount(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, add_new = add_session(store), store.events.add_new
    store.event_writer.recount()
    event = event_of(session)

    def lose_the_answer(events: Call) -> object:
        add_new(events)
        raise Unavailable("The answer was lost.")

    monkeypatch.setattr(store.events, "add_new", lose_the_answer)
    with pytest.raises(Unavailable):
        store.event_writer.add_new([event])
    monkeypatch.undo()

    assert store.event_writer.add_new([event]) == set(), "sent again, it is known"
    assert not counts_are_right(store, session)
    store.event_writer.recount()
    assert counts_are_right(store, session)


def test_counts_that_could_not_be_written_are_made_up_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    session = add_session(store)
    store.event_writer.recount()

    def refuse(_counts: object) -> None:
        raise Unavailable("Not now.")

    monkeypatch.setattr(store.sessions.gathered, "_write", refuse)
    assert len(store.event_writer.add_new([event_of(session)])) == 1
    with pytest.raises(Unavailable):
        store.sessions.get(session.id)
    assert not counts_are_right(store, session)
    monkeypatch.undo()

    store.event_writer.recount()
    assert counts_are_right(store, session)


def test_a_write_under_way_does_not_make_up_for_counts_that_are_doubtful(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, add_new = add_session(store), store.events.add_new
    store.event_writer.recount()
    store.sessions.gathered._doubtful.add(session.id)
    entered, release = threading.Event(), threading.Event()

    def take_time(events: Call) -> object:
        entered.set()
        release.wait(10)
        return add_new(events)

    monkeypatch.setattr(store.events, "add_new", take_time)
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(store.event_writer.add_new, [event_of(session)])
        assert entered.wait(10)
        store.sessions._collection.update_one({"_id": session.id}, {"$set": {"counts": {"copy": 1}}})
        recounting = pool.submit(store.event_writer.recount)
        time.sleep(0.2)
        release.set()
        writing.result(timeout=10)
        recounting.result(timeout=10)
    assert counts_are_right(store, session)

    store.sessions._collection.update_one({"_id": session.id}, {"$set": {"counts": {"copy": 1}}})
    store.event_writer.recount()
    assert counts_are_right(store, session), "numbers that were wrong are looked at once more"


def test_recounting_under_load_never_makes_right_numbers_wrong(store: Store) -> None:
    session, stop = add_session(store), threading.Event()

    def recount_on_and_on() -> None:
        while not stop.is_set():
            store.event_writer._distrusted.add(session.id)
            store.event_writer.recount()

    with ThreadPoolExecutor(5) as pool:
        recounting = pool.submit(recount_on_and_on)
        calls = [pool.submit(store.event_writer.add_new, [event_of(session) for _ in range(3)]) for _ in range(150)]
        added = sum(len(call.result(timeout=30)) for call in calls)
        stop.set()
        recounting.result(timeout=30)

    assert added == len(stored_ids(store, session)) == 450
    assert counts_are_right(store, session)


def test_two_workers_recounting_at_once_end_up_right(store: Store, mongodb_url: str) -> None:
    session = add_session(store)
    other = open_store(mongodb_url, store.database.name)
    store.events.add_new([event_of(session) for _ in range(7)])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: one.event_writer.recount(), [store, other]))
    for _ in range(2):
        store.event_writer.recount()
        other.event_writer.recount()

    assert counts_are_right(store, session)
    other.close()


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[EmbeddedMongod]:
    """Run a database that a test may kill."""
    with EmbeddedMongod(tmp_path) as mongod:
        yield mongod


def send_until_taken(store: Store, call: Call, give_up_at: float) -> set[EventId]:
    """Send as a candidate's outbox does: the same events, again and again, until the server has them."""
    while True:
        try:
            return store.event_writer.add_new(call)
        except Unavailable:
            assert time.monotonic() < give_up_at
            time.sleep(0.05)


def test_what_was_acknowledged_survives_a_database_that_is_killed_and_is_stored_once(mongod: EmbeddedMongod) -> None:
    store = open_store(mongod.url, "test")
    store.ensure_indexes()
    sessions = [add_session(store) for _ in range(SESSIONS)]
    store.event_writer.recount()
    acknowledged: list[str] = []
    sent = threading.Event()
    give_up_at = time.monotonic() + 60

    def report(number: int) -> None:
        for _ in range(40):
            call = [event_of(sessions[number % SESSIONS]) for _ in range(2)]
            send_until_taken(store, call, give_up_at)
            acknowledged.extend(event.id for event in call)
            if len(acknowledged) > 200:
                sent.set()

    with ThreadPoolExecutor(CALLERS) as callers:
        reporting = [callers.submit(report, number) for number in range(CALLERS)]
        assert sent.wait(30)
        assert mongod.pid
        os.kill(mongod.pid, signal.SIGKILL)
        while mongod.pid:
            time.sleep(0.01)
        mongod.start()
        for one in reporting:
            one.result(timeout=60)

    stored = Counter(event_id for session in sessions for event_id in stored_ids(store, session))
    assert set(acknowledged) == set(stored)
    assert set(stored.values()) == {1}
    store.event_writer.recount()
    assert all(counts_are_right(store, session) for session in sessions)
    store.close()


def kill(mongod: EmbeddedMongod) -> None:
    assert mongod.pid
    os.kill(mongod.pid, signal.SIGKILL)
    while mongod.pid:
        time.sleep(0.01)
    mongod.start()


def flags_raised(store: Store, session: Session) -> list[str]:
    """Judge as every worker does twice a second, until the database answers; return the flags there are."""
    give_up_at = time.monotonic() + 30
    while True:
        try:
            flags.judge_due(store=store, live=silent_live(), now=NOW)
            return [flag.rule_id for flag in store.flags.of_session(session.id)]
        except Unavailable:
            assert time.monotonic() < give_up_at


@pytest.mark.parametrize("is_noted", [False, True])
def test_what_was_acknowledged_is_judged_though_the_database_is_killed(
    mongod: EmbeddedMongod,
    is_noted: bool,
) -> None:
    store = open_store(mongod.url, "test")
    session = add_session(store)
    store.event_writer.add_new([event_of(session, event_type="phone_detected")])
    if is_noted:
        store.event_writer.wake_conditions()
    kill(mongod)

    assert flags_raised(store, session) == ["phone_detected"]
    store.event_writer.recount()
    assert counts_are_right(store, session)
    store.close()


def test_what_a_killed_worker_had_acknowledged_is_judged_by_the_next_one(store: Store, mongodb_url: str) -> None:
    session = add_session(store)
    store.event_writer.add_new([event_of(session, event_type="phone_detected")])

    after = open_store(mongodb_url, store.database.name)
    assert flags_raised(after, session) == []
    after.event_writer.recount()
    assert flags_raised(after, session) == ["phone_detected"]
    after.close()


def test_another_database_server_makes_every_number_doubtful(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    session = add_session(store)
    store.event_writer.recount()
    store.event_writer.add_new([event_of(session)])
    store.sessions._documents.update_one({"_id": session.id}, {"$set": {"counts": {}}})
    store.event_writer.recount()
    assert not counts_are_right(store, session)

    monkeypatch.setattr(store.sessions, "incarnation", lambda: "another")
    store.event_writer.recount()
    assert counts_are_right(store, session)
