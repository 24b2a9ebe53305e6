"""What a worker remembers of conditions stands for the database only where nobody else can know more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from proctor.records import Event, EventId, SessionId, Source
from proctor.settings import Limits
from proctor.store import known_events
from proctor.store.conditions import Due, News
from proctor.store.known_events import KnownEvents
from tests.support.factories import NOW

SESSION = SessionId("11111111-1111-4111-8111-111111111111")
DUE = Due(SESSION, "no_face", settled_at=None, version=1, is_news=True)


def event(event_id: str, at: float = 0, event_type: str = "no_face") -> Event:
    return Event(EventId(event_id), SESSION, event_type, Source.CANDIDATE, moment(at), moment(at))


def moment(at: float) -> datetime:
    return NOW + timedelta(seconds=at)


def news_of(*events: Event) -> News:
    news = News()
    for one in events:
        news.add(one)
    return news


def ids(events: list[Event] | None) -> list[str] | None:
    return None if events is None else [one.id for one in events]


@pytest.fixture
def known() -> KnownEvents:
    """A worker's memory after it has judged the first event."""
    known = KnownEvents()
    known.keep(DUE, moment(0), [event("first")])
    return known


def test_nothing_is_known_of_a_condition_that_was_never_judged() -> None:
    known = KnownEvents()
    known.add(news_of(event("first")))
    assert known.of(DUE) is None


def test_what_was_judged_is_known_while_nothing_was_reported_since(known: KnownEvents) -> None:
    assert ids(known.of(replace(DUE, settled_at=moment(0)))) == ["first"]


def test_what_this_worker_reports_is_added_once(known: KnownEvents) -> None:
    known.add(news_of(event("second", 1), event("third", 2, "face_detected")))
    known.add(news_of(event("second", 1)))
    assert ids(known.of(replace(DUE, settled_at=moment(0), version=3))) == ["first", "second", "third"]


@pytest.mark.parametrize("version", [1, 3])
def test_another_workers_report_makes_the_database_be_asked(known: KnownEvents, version: int) -> None:
    known.add(news_of(event("second", 1)))
    assert known.of(replace(DUE, settled_at=moment(0), version=version)) is None


def test_an_event_from_before_what_is_settled_makes_the_database_be_asked(known: KnownEvents) -> None:
    assert known.of(replace(DUE, settled_at=None)) is None
    assert known.of(replace(DUE, settled_at=moment(-1))) is None


def test_what_is_settled_is_forgotten() -> None:
    known = KnownEvents()
    known.keep(DUE, moment(5), [event("settled", 4), event("last", 5), event("ended", 6, "face_detected")])
    assert ids(known.of(replace(DUE, settled_at=moment(5)))) == ["last", "ended"]


def test_of_what_a_reporter_adds_only_its_confidence_is_kept() -> None:
    told = {"confidence": 0.9, "boxes": [[] for _ in range(1_000)]}
    one = replace(event("first"), message="seen", payload=told)
    other = replace(event("second", 1), payload={"confidence": [told]})
    known = KnownEvents()
    known.keep(DUE, moment(0), [one])
    known.add(news_of(other))

    found = known.of(replace(DUE, settled_at=moment(0), version=2))
    assert found
    assert [(one.message, one.payload) for one in found] == [(None, {"confidence": 0.9}), (None, {})]


def test_news_of_other_conditions_changes_nothing(known: KnownEvents) -> None:
    known.add(news_of(event("other", 1, "tab_hidden"), event("none", 1, "copy")))
    assert ids(known.of(replace(DUE, settled_at=moment(0)))) == ["first"]


def test_the_end_of_a_session_makes_the_database_be_asked(known: KnownEvents) -> None:
    known.add(news_of(event("end", 9, "session_ended")))
    assert known.of(replace(DUE, settled_at=moment(0), version=2)) is None


def test_one_candidate_alone_makes_nothing_be_forgotten() -> None:
    assert Limits().events_per_session < known_events.MAX_EVENTS


def test_no_more_is_kept_than_fits(known: KnownEvents, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_events, "MAX_EVENTS", 3)
    known.add(news_of(event("second", 1), event("third", 2)))
    assert known.of(replace(DUE, settled_at=moment(0), version=2)) is not None

    known.add(news_of(event("fourth", 3)))
    assert known.of(replace(DUE, settled_at=moment(0), version=3)) is None
    known.keep(DUE, moment(0), [event("first")])
    assert ids(known.of(replace(DUE, settled_at=moment(0)))) == ["first"]
