"""What a proctor does to a whole exam: the same action for each of its live sessions, once each however often asked."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from proctor.domain import actions, permissions
from proctor.domain.actions import Order
from proctor.domain.live import Live
from proctor.errors import Conflict, NotFound, Unavailable
from proctor.records import LIVE_STATUSES, Actor, SessionId
from proctor.store import Store
from proctor.store.sessions import SessionFilter

AT_A_TIME = 8
"""Each session is a journaled write; the database takes several in one turn of its journal."""
PAGE = 200
Outcome = Literal["done", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class Tally:
    """For how many sessions it is done, does not apply, and could not be done now: ask again under the same id."""

    done: int
    skipped: int
    failed: int


def perform(exam_code: str, order: Order, by: Actor, *, store: Store, live: Live, now: datetime) -> Tally:
    """Carry out ``order`` for every live session of the exam.

    The id of each session's action follows from the order's, so a repeat does only what is still to be done. Sessions
    whose state does not allow it (one that is paused already, say) are skipped.

    Raises:
        NotFound: there is no such exam among those that ``by`` may see.
        InvalidInput: a broadcast without words, an extension without minutes.
    """
    if store.exams.get_by_code(exam_code) is None or not permissions.may_make(by, exam_code):
        raise NotFound(f"There is no exam with the code {exam_code!r}.")
    actions.check(order)
    order = replace(order, id=order.id or str(uuid.uuid4()))

    def one(session_id: SessionId) -> Outcome:
        own = replace(order, id=_own_id(order, session_id))
        return _attempt(lambda: actions.perform(session_id, own, by, store=store, live=live, now=now))

    with ThreadPoolExecutor(AT_A_TIME) as pool:
        counted = Counter(pool.map(one, _live_ids(exam_code, store=store)))
    return Tally(counted["done"], counted["skipped"], counted["failed"])


def _attempt(act: Callable[[], object]) -> Outcome:
    try:
        act()
    except (Conflict, NotFound):
        return "skipped"
    except Unavailable:
        return "failed"
    return "done"


def _own_id(order: Order, session_id: SessionId) -> str:
    assert order.id is not None, "an order to a whole exam has an id"
    return str(uuid.uuid5(uuid.UUID(order.id), session_id))


def _live_ids(exam_code: str, *, store: Store) -> list[SessionId]:
    wanted, cursor = SessionFilter(statuses=LIVE_STATUSES, exam_code=exam_code), None
    ids: list[SessionId] = []
    while True:
        page, cursor = store.sessions.page(wanted, PAGE, cursor)
        ids += [session.id for session in page]
        if cursor is None:
            return ids
