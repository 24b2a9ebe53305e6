"""Whether a candidate's page is there: a reload alarms nobody, silence is on record."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest

from proctor.domain import presence
from proctor.domain.sweep import Sweeper, sweep
from proctor.errors import Unavailable
from proctor.records import Session, SessionId, Status
from proctor.store import Store
from tests.support.factories import NOW, make_session
from tests.support.silent_live import silent_live

live = silent_live()


class Page:
    """A candidate's page, by the second."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.id = SessionId(str(uuid.uuid4()))
        store.sessions.add(make_session(id=self.id, handle=uuid.uuid4().hex[:24], status=Status.IN_PROGRESS))

    def connects(self, at_s: float, connection: str) -> None:
        presence.connected(self.id, connection, store=self.store, live=live, now=after(at_s))

    def leaves(self, at_s: float, connection: str) -> None:
        presence.left(self.id, connection, store=self.store, now=after(at_s))

    def beats(self, at_s: float, connection: str) -> None:
        presence.heard(self.id, connection, store=self.store, live=live, now=after(at_s))

    def sweep(self, at_s: float) -> None:
        sweep(store=self.store, live=live, now=after(at_s), offline_after_s=15, join_expiry_hours=10_000)

    @property
    def session(self) -> Session:
        found = self.store.sessions.get(self.id)
        assert found
        return found

    @property
    def events(self) -> list[str]:
        return [event.event_type for event in self.store.events.page(self.id, 100)[0]]


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def page(store: Store) -> Page:
    """Give a page that has just connected."""
    page = Page(store)
    page.connects(0, "first")
    return page


def test_a_reload_alarms_nobody(page: Page) -> None:
    page.beats(5, "first")
    page.leaves(10, "first")
    page.sweep(12)
    assert page.session.presence.online
    page.connects(12.5, "second")
    page.sweep(20)

    assert page.session.presence.online
    assert page.events == []


def test_a_page_that_does_not_come_back_was_lost_when_it_left(page: Page) -> None:
    page.leaves(10, "first")
    page.sweep(13)
    page.sweep(14)

    assert page.session.presence.lost_since == after(10)
    [lost] = page.store.events.page(page.id, 100)[0]
    assert (lost.event_type, lost.timestamp) == ("connection_lost", after(10))
    page.connects(20, "second")
    assert "connection_restored" in page.events


def test_the_old_page_of_a_reload_says_goodbye_late_and_is_not_heard(page: Page) -> None:
    page.connects(5, "second")
    page.leaves(5.1, "first")
    page.sweep(15)

    assert page.session.presence.online
    assert page.events == []


def test_heartbeats_that_are_missing_are_an_event_once(page: Page) -> None:
    for at_s in (5, 10, 15.5, 29, 34):
        page.beats(at_s, "first")

    [gap] = page.store.events.page(page.id, 100)[0]
    assert (gap.event_type, gap.payload) == ("heartbeat_gap", {"silent_ms": 13_500})


def test_heartbeats_that_came_while_the_database_was_away_were_no_silence(page: Page) -> None:
    page.beats(5, "first")
    presence.heard(page.id, "first", store=page.store, live=live, now=after(25), last_heard_at=after(20))
    assert page.events == []

    presence.heard(page.id, "first", store=page.store, live=live, now=after(40), last_heard_at=after(25))
    [gap] = page.store.events.page(page.id, 100)[0]
    assert gap.payload == {"silent_ms": 15_000}


def test_nobody_is_lost_because_the_database_was_away(page: Page) -> None:
    sweeper = Sweeper()

    def turn(at_s: float) -> None:
        waits = {"offline_after_s": 15, "join_expiry_hours": 10_000}
        sweeper.sweep(store=page.store, live=live, now=after(at_s), **waits)

    page.beats(5, "first")
    away = patch.object(page.store.sessions, "out_of_time", side_effect=Unavailable("away"))
    with away, pytest.raises(Unavailable):
        turn(22)
    turn(25)
    assert page.session.presence.online, "it had no chance to be heard yet"

    turn(38)
    assert not page.session.presence.online, "it had, and was not"


def test_a_page_that_is_heard_while_others_are_swept_is_not_lost(page: Page) -> None:
    silent = [page.session]
    page.beats(20, "first")
    with patch.object(page.store.sessions, "silent", return_value=silent):
        page.sweep(20.5)

    assert page.session.presence.online
    assert "connection_lost" not in page.events
