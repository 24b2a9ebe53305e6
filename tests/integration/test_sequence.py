"""Numbered events: what is missing is told once, and so is that it has come after all."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.domain import events, sessions
from proctor.domain.events import Report
from proctor.domain.sequence import NAMES, Gap, SequenceWatch, gaps
from proctor.errors import Conflict
from proctor.records import EndedBy, Event, Numbering, Session, SessionId, Source
from proctor.store import Store, open_store
from tests.support.factories import NOW, make_session
from tests.support.silent_live import silent_live

OUTBOX = "5e1f0c9a"
live = silent_live()


@given(st.sets(st.integers(1, 60)))
def test_gaps_are_exactly_what_is_missing_below_the_highest_number(numbers: set[int]) -> None:
    missing = {n for gap in gaps(numbers) for n in range(gap.expected, gap.got)}

    assert missing == set(range(1, max(numbers, default=0))) - numbers
    assert all(gap.got in numbers for gap in gaps(numbers))


def test_one_gap_is_told_from_another() -> None:
    assert gaps([5, 2, 3, 2]) == [Gap(1, 2), Gap(4, 5)]


@pytest.fixture
def session(store: Store) -> Session:
    """Give a session that has begun."""
    made = make_session(id=SessionId(str(uuid.uuid4())), handle=uuid.uuid4().hex[:24])
    store.sessions.add(made)
    return made


def report(store: Store, session: Session, *numbers: int, outbox: str | None = OUTBOX) -> None:
    current = store.sessions.get(session.id)
    assert current
    sent = [Report("copy", str(uuid.uuid4()), seq=number, outbox=outbox) for number in numbers]
    events.ingest(current, sent, Source.CANDIDATE, store=store, live=live, now=NOW)


def look(*watches: tuple[SequenceWatch, Store]) -> None:
    for watch, store in watches:
        watch.look(store=store, live=live, now=NOW)


def told(store: Store, session: Session) -> list[Event]:
    page, _ = store.events.page(session.id, 100)
    return [event for event in page if event.source is Source.SYSTEM]


def test_a_page_that_sends_everything_is_told_of_nothing(store: Store, session: Session) -> None:
    report(store, session, 1, 2)
    report(store, session, 3)
    report(store, session, 0, 0, 7, outbox=None)
    look((SequenceWatch(), store))

    assert told(store, session) == []
    kept = store.sessions.get(session.id)
    assert kept
    assert kept.outboxes == {OUTBOX: Numbering(3, 3)}


def test_a_gap_is_told_once_by_several_workers_and_closes_when_it_is_filled(
    store: Store, session: Session, mongodb_url: str
) -> None:
    other = open_store(mongodb_url, store.database.name)
    workers = (SequenceWatch(), store), (SequenceWatch(), other), (SequenceWatch(), store)
    report(store, session, 1, 2, 5)
    look(*workers, *workers)

    [gap] = told(store, session)
    assert (gap.event_type, gap.payload) == (
        "sequence_gap",
        {"outbox": OUTBOX, "expected": 3, "got": 5, "missing": 2},
    )

    report(other, session, 4, 3)
    look(*workers, *workers)
    look((SequenceWatch(), other))
    other.close()

    assert Counter(event.event_type for event in told(store, session)) == {"sequence_gap": 1, "sequence_complete": 1}


def test_a_page_cannot_use_up_the_name_of_a_gap_beforehand(store: Store, session: Session) -> None:
    foreseen = str(uuid.uuid5(NAMES, f"{session.id}/{OUTBOX}/3/5"))
    events.ingest(session, [Report("copy", foreseen)], Source.CANDIDATE, store=store, live=live, now=NOW)
    report(store, session, 1, 2, 5)
    look((SequenceWatch(), store))

    [gap] = told(store, session)
    assert gap.event_type == "sequence_gap"
    with pytest.raises(ValueError, match="UUID"):
        uuid.UUID(gap.id)


def test_numbers_that_were_lost_with_a_worker_are_counted_again(store: Store, session: Session) -> None:
    report(store, session, 1, 2, 3)
    store.sessions._documents.update_one({"_id": session.id}, {"$set": {"outboxes": {}, "counts": {}}})
    store.event_writer.recount()
    look((SequenceWatch(), store))

    kept = store.sessions.get(session.id)
    assert kept
    assert kept.outboxes == {OUTBOX: Numbering(3, 3)}
    assert told(store, session) == []


def test_a_page_that_begins_anew_all_the_time_fills_nothing_up(store: Store, session: Session) -> None:
    for number in range(events.MAX_OUTBOXES + 5):
        report(store, session, 1, outbox=f"{number:08x}")

    kept = store.sessions.get(session.id)
    assert kept
    assert len(kept.outboxes) == events.MAX_OUTBOXES
    assert kept.counts == {"copy": events.MAX_OUTBOXES + 5}


def test_a_session_takes_so_many_events_and_the_servers_own_beyond(
    store: Store, session: Session, mongodb_url: str
) -> None:
    other = open_store(mongodb_url, store.database.name)

    def send(number: int, by: Store) -> None:
        current, reports = store.sessions.get(session.id), [Report("copy") for _ in range(number)]
        assert current
        events.ingest(current, reports, Source.CANDIDATE, store=by, live=live, now=NOW, most=10)

    send(6, store)
    send(3, other)
    other.event_writer.write_counts()  # as every worker does within a tenth of a second
    with pytest.raises(Conflict, match="has reached its 10 events"):
        send(2, store)
    send(1, other)
    with pytest.raises(Conflict):
        send(1, other)
    other.close()

    assert events.record(session.id, "connection_lost", Source.SYSTEM, store=store, live=live, now=NOW)
    assert store.events.count_by_type(session.id) == {"copy": 10, "connection_lost": 1}


def test_an_event_that_is_stored_is_answered_as_it_is_however_late_it_comes_again(
    store: Store, session: Session
) -> None:
    known, new = (Report("copy", str(uuid.uuid4()), message=word) for word in ("known", "new"))
    [first] = events.ingest(session, [known], Source.CANDIDATE, store=store, live=live, now=NOW)
    over = sessions.finish(session.id, EndedBy.CANDIDATE, store=store, live=live, now=NOW)

    def send(*reports: Report) -> list[Event]:
        late = NOW + timedelta(days=3)
        return events.ingest(over, reports, Source.CANDIDATE, store=store, live=live, now=late)

    assert send(known, known) == [first, first]
    for reports in ([new], [known, new], [Report("copy")]):
        with pytest.raises(Conflict, match="takes no more events"):
            send(*reports)
    stored, _ = store.events.page(session.id, 100)
    assert {event.event_type for event in stored} == {"copy", "session_ended"}
    assert len(stored) == 2
