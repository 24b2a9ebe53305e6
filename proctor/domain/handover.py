"""Handing a session over: one proctor asks another to look after it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from proctor.domain import permissions
from proctor.domain.live import Live
from proctor.errors import Conflict, InvalidInput
from proctor.records import Actor, Event, EventId, Permission, Proctor, Session, Source
from proctor.store import Store


@dataclass(frozen=True, slots=True)
class Handover:
    """To whom, and with which words. ``id`` is made by the console, so that sending it twice does it once."""

    to: str
    id: str | None = None
    message: str | None = None


def colleagues(session: Session, *, store: Store) -> list[Proctor]:
    """Return everyone who may look after this session, in order of their addresses."""
    return [proctor for proctor in store.proctors.all() if _may_take(proctor, session)]


def hand_over(session: Session, wish: Handover, by: Actor, *, store: Store, live: Live, now: datetime) -> Session:
    """Note who looks after the session from now on, and tell them; return the session.

    Raises ``Conflict`` for a session that is over or an id that was used for something else, ``InvalidInput`` where
    that person may not see its exam.
    """
    event_id = EventId(wish.id or str(uuid.uuid4()))
    known = store.events.get_many(session.id, [event_id]).get(event_id)
    if known is not None and known.event_type != "handed_over":
        raise Conflict("This action id was used for something else.")
    if known is not None:
        return session
    if not session.is_live:
        raise Conflict("This session is over.")
    colleague = _colleague(session, wish.to, store=store)
    changed = store.sessions.assign(session.id, colleague.email) or session
    event = Event(
        id=event_id,
        session_id=session.id,
        event_type="handed_over",
        source=Source.PROCTOR,
        timestamp=now,
        received_at=now,
        message=wish.message,
        payload={"by": by.label, "to": colleague.email},
    )
    if store.event_writer.add_new([event]):
        live.event_added(event, changed)
        live.session_changed(changed)
        live.handed_over(event, changed, colleague.id)
    return changed


def _colleague(session: Session, email: str, *, store: Store) -> Proctor:
    found = store.proctors.get_by_email(email.strip().lower())
    if found is None or not _may_take(found, session):
        raise InvalidInput("This person may not see this exam.", errors={"to": ["somebody who may see this exam"]})
    return found


def _may_take(proctor: Proctor, session: Session) -> bool:
    may_step_in = not proctor.disabled and permissions.may(proctor, Permission.STEP_IN)
    return may_step_in and permissions.may_see(proctor, session.exam_code)
