"""What proctors do to a session, where the database fails in the middle of it or another proctor is as quick."""

from __future__ import annotations

import uuid
from typing import Any
from unittest.mock import Mock, patch

import pytest

from proctor.domain import actions
from proctor.domain.actions import Order
from proctor.errors import Unavailable
from proctor.records import ActionKind, Actor, Role, Session, SessionId, Status
from proctor.store import Store
from tests.support.factories import NOW, make_proctor, make_session
from tests.support.silent_live import silent_live

BY = Actor(Role.PROCTOR, make_proctor())


@pytest.fixture
def session_id(store: Store) -> SessionId:
    """Give a session that is under way."""
    session = make_session(id=SessionId(str(uuid.uuid4())), handle=uuid.uuid4().hex[:24], status=Status.IN_PROGRESS)
    store.sessions.add(session)
    return session.id


@pytest.fixture
def live() -> Any:
    return silent_live()


def perform(kind: ActionKind, session_id: SessionId, store: Store, live: Any, action_id: str | None = None) -> None:
    actions.perform(session_id, Order(kind, action_id), BY, store=store, live=live, now=NOW)


def announced(live: Any) -> list[Status]:
    return [call.args[0].status for call in live.session_changed.call_args_list]


def test_a_change_that_the_candidates_page_confirmed_first_is_announced_when_it_is_asked_for_again(
    store: Store, session_id: SessionId, live: Any
) -> None:
    action_id = str(uuid.uuid4())
    with patch.object(store.event_writer, "add_new", side_effect=Unavailable("away")), pytest.raises(Unavailable):
        perform(ActionKind.PAUSE, session_id, store, live, action_id)
    paused = _stored(store, session_id)
    actions.delivered(paused, paused.pending_actions[0].id, store=store, live=live, now=NOW)
    assert announced(live) == []

    perform(ActionKind.PAUSE, session_id, store, live, action_id)

    assert announced(live) == [Status.PAUSED]
    assert store.events.count_by_type(session_id) == {"pause": 1}


def test_of_two_proctors_who_act_at_once_the_later_has_the_last_word(
    store: Store, session_id: SessionId, live: Any
) -> None:
    write = store.event_writer.add_new

    def resumed_by_another_meanwhile(*given: Any) -> Any:
        with patch.object(store.event_writer, "add_new", write):
            perform(ActionKind.RESUME, session_id, store, live)
        return write(*given)

    with patch.object(store.event_writer, "add_new", Mock(side_effect=resumed_by_another_meanwhile)):
        perform(ActionKind.PAUSE, session_id, store, live)

    assert announced(live)[-1] == _stored(store, session_id).status == Status.IN_PROGRESS


def _stored(store: Store, session_id: SessionId) -> Session:
    found = store.sessions.get(session_id)
    assert found
    return found
