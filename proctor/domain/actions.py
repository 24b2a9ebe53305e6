"""What a proctor does to a running session: stored with who and when, delivered until the candidate's page has it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from proctor.domain import lifecycle, sessions
from proctor.domain.live import Live
from proctor.errors import Conflict, InvalidInput
from proctor.records import (
    ActionKind,
    Actor,
    Call,
    Delivery,
    EndedBy,
    Event,
    EventId,
    Session,
    SessionId,
    Source,
    Status,
)
from proctor.store import Store
from proctor.store.events import Window

DELIVERED_KINDS = frozenset(ActionKind) - {ActionKind.START}
"""Kinds that the candidate's page is told; a start it sees in the session's state."""
REQUESTS = frozenset({ActionKind.ROOM_SCAN, ActionKind.IDENTITY_PHOTO})
"""What asks the candidate to show something: one of each at a time."""
UNTIL_ANSWERED = REQUESTS | {ActionKind.WARN}
"""Kinds that are due until the candidate has answered or confirmed them; others until their page has them."""
SETTLES = {ActionKind.CHAT: Call.CHAT, ActionKind.HAND_LOWERED: Call.HAND}
"""What a candidate no longer waits for once a proctor has done this."""
WORDLESS = {
    ActionKind.WARN: "A warning needs words.",
    ActionKind.BROADCAST: "A message needs words.",
    ActionKind.CHAT: "A message needs words.",
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a proctor wants done. ``id`` is made by the console, so that sending it twice does it once."""

    kind: ActionKind
    id: str | None = None
    message: str | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The action as stored, and the session after it."""

    action: Event
    session: Session


def perform(session_id: SessionId, order: Order, by: Actor, *, store: Store, live: Live, now: datetime) -> Done:
    """Carry out ``order`` once and see that the candidate hears of it.

    Raises:
        Conflict: the session's state does not allow it.
        InvalidInput: a warning or a message without words, an extension without minutes.
        Unavailable: not taken; send it again under the same id.
    """
    check(order)
    action = _as_event(session_id, order, by, now)
    repeated = _repeat_of(session_id, order, store=store)
    if repeated is None:
        to_deliver = action if order.kind in DELIVERED_KINDS else None
        session, _ = sessions.change(
            session_id, lambda current: _apply(order, current, now), store=store, action=to_deliver
        )
    else:
        session, action = repeated.session, repeated.action
    if order.kind in SETTLES:
        session = store.sessions.set_call(session.id, SETTLES[order.kind], None, action.received_at) or session
    is_new = bool(store.event_writer.add_new([action]))
    if is_new:
        live.event_added(action, session)
    # Even where the event was there: a page's confirmation may have written it, and has not told of the change. And as
    # the session is now: somebody else may have changed it, and told of that, while the event was written.
    live.session_changed(store.sessions.get(session_id) or session)
    if is_new and order.kind in DELIVERED_KINDS:
        live.action_due(action)
    return Done(action, session)


def delivered(session: Session, action_id: EventId, *, store: Store, live: Live, now: datetime) -> None:
    """Note that the candidate's page has the action. What wants an answer stays due until it is acknowledged."""
    _delivery(session, action_id, store=store, live=live, now=now, acknowledged=False)


def acknowledged(session: Session, action_id: EventId, *, store: Store, live: Live, now: datetime) -> None:
    """Note that the candidate has read the action, or answered it."""
    _delivery(session, action_id, store=store, live=live, now=now, acknowledged=True)


def end_reason(session: Session, *, store: Store) -> str | None:
    """Return what a proctor wrote when they ended this session; None where none did, or wrote nothing."""
    if session.ended_by is not EndedBy.PROCTOR:
        return None
    told = store.events.of_types([Window(session.id, {str(ActionKind.TERMINATE)})])
    return next((event.message for event in told if event.source is Source.PROCTOR), None)


def _delivery(
    session: Session, action_id: EventId, *, store: Store, live: Live, now: datetime, acknowledged: bool
) -> None:
    action = next((pending for pending in session.pending_actions if pending.id == action_id), None)
    if action is None:
        return
    store.event_writer.add_new([action])
    times = {"delivered_at": now} | ({"acknowledged_at": now} if acknowledged else {})
    stored = None
    for name, at in times.items():
        stored = store.events.set_delivery(session.id, action_id, **{name: at})
    if acknowledged or action.event_type not in UNTIL_ANSWERED:
        store.sessions.forget_action(session.id, action_id)
    if stored is not None:
        live.event_added(stored, session)


def check(order: Order) -> None:
    """Raise ``InvalidInput`` where an action lacks the words or minutes that it cannot do without."""
    if order.kind in WORDLESS and not (order.message or "").strip():
        raise InvalidInput(WORDLESS[order.kind], errors={"message": ["Say it in words."]})
    if order.kind is ActionKind.EXTEND and order.minutes is None:
        raise InvalidInput("An extension needs minutes.", errors={"minutes": ["How many minutes more?"]})


def _apply(order: Order, session: Session, now: datetime) -> Session:
    match order.kind:
        case ActionKind.START:
            return lifecycle.begin(session, now)
        case ActionKind.PAUSE:
            return lifecycle.pause(session, now)
        case ActionKind.RESUME:
            return lifecycle.resume(session, now)
        case ActionKind.EXTEND:
            return lifecycle.extend(session, order.minutes or 0)
        case ActionKind.TERMINATE:
            return lifecycle.end(session, Status.TERMINATED, EndedBy.PROCTOR, now)
        case _:
            return _told(order.kind, session)


def _told(kind: ActionKind, session: Session) -> Session:
    """Return the session as it is: this action changes nothing in it, and only has to reach the candidate."""
    if not session.is_live:
        raise Conflict("This session is over.")
    if kind is ActionKind.HAND_LOWERED and Call.HAND not in session.calls:
        raise Conflict("The candidate has not raised a hand.")
    if kind in REQUESTS and any(action.event_type == kind for action in session.pending_actions):
        raise Conflict("The candidate was asked for this already and has not answered yet.")
    return replace(session)


def _as_event(session_id: SessionId, order: Order, by: Actor, now: datetime) -> Event:
    payload: dict[str, Any] = {"by": by.label}
    if order.minutes is not None:
        payload["minutes"] = order.minutes
    return Event(
        id=EventId(order.id or str(uuid.uuid4())),
        session_id=session_id,
        event_type=str(order.kind),
        source=Source.PROCTOR,
        timestamp=now,
        received_at=now,
        message=order.message,
        payload=payload,
        delivery=Delivery() if order.kind in DELIVERED_KINDS else None,
    )


def _repeat_of(session_id: SessionId, order: Order, *, store: Store) -> Done | None:
    """Find the same order as carried out before, even if its event was not written in the end."""
    if order.id is None:
        return None
    session = store.sessions.get(session_id)
    if session is None:
        return None
    pending = next((action for action in session.pending_actions if action.id == order.id), None)
    stored = pending or store.events.get_many(session_id, [EventId(order.id)]).get(EventId(order.id))
    if stored is None:
        return None
    if stored.event_type != order.kind:
        raise Conflict("This action id was used for something else.")
    return Done(stored, session)
