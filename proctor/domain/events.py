"""Taking in events: one path for every door, each event stored once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from proctor.domain import calls
from proctor.domain.exam_clock import in_milliseconds
from proctor.domain.live import Live
from proctor.errors import Conflict
from proctor.records import Actor, Event, EventId, Session, Source
from proctor.store import Store

ALIASES = {"face_missing": "no_face", "face_present": "face_detected"}
"""Names that older clients use for the same thing."""

LATE_EVENTS = timedelta(hours=24)
MAX_OUTBOXES = 50
"""A browser that keeps nothing begins a new numbering with each reload."""

NEARLY_FULL = 0.9
"""From this share of its events on, a session is looked at anew for each of them."""

NOTE_WRITERS = frozenset({Source.PROCTOR, Source.EXAM_APP})


@dataclass(frozen=True, slots=True)
class Report:
    """An event as its reporter sent it; ``id`` None where the reporter cannot make one."""

    event_type: str
    id: str | None = None
    message: str | None = None
    payload: Mapping[str, Any] | None = None
    timestamp: datetime | None = None
    seq: int | None = None
    outbox: str | None = None


def ingest(
    session: Session,
    reports: Sequence[Report],
    source: Source,
    *,
    store: Store,
    live: Live,
    now: datetime,
    most: int | None = None,
) -> list[Event]:
    """Store the events that are new, and return one event for each report: the stored one where it was known.

    Events of an exam that has ended may still be on their way from a page that was offline; they are taken for a day.

    Returns only when all are journaled. Raises ``Conflict`` where the session is over for longer, or would have more
    than ``most`` events, and ``Unavailable`` where the events were not taken: send the same again.
    """
    if session.ended_at is not None and now - session.ended_at > LATE_EVENTS:
        return _known(session, reports, store)
    if most is not None:
        _check_room(session, len(reports), most, store)
    events = [_from_report(session, report, source, now, index) for index, report in enumerate(reports)]
    unique = {event.id: event for event in reversed(events)}
    new_ids = store.event_writer.add_new(list(unique.values())[::-1])
    known_ids = [event_id for event_id in unique if event_id not in new_ids]
    stored = unique | (store.events.get_many(session.id, known_ids) if known_ids else {})
    for event_id, event in unique.items():
        if event_id in new_ids:
            live.event_added(event, session)
    told = [stored[event.id] for event in events]
    calls.follow(session, told, store=store, live=live)
    return told


def _known(session: Session, reports: Sequence[Report], store: Store) -> list[Event]:
    """Return what is stored of a session that takes no more; raise ``Conflict`` where anything would be new."""
    stored = store.events.get_many(session.id, [EventId(report.id) for report in reports if report.id])
    if any(report.id not in stored for report in reports):
        raise Conflict("This session is over and takes no more events.")
    return [stored[EventId(str(report.id))] for report in reports]


def _check_room(session: Session, number: int, most: int, store: Store) -> None:
    """Raise ``Conflict`` where the session would have more than ``most`` events. It may be as it was a moment ago.

    What other workers took within the last tenth of a second may come on top: this keeps a disk from filling up.
    """
    if sum(session.counts.values()) + number <= NEARLY_FULL * most:
        return
    current = store.sessions.get(session.id) or session
    if sum(current.counts.values()) + number > most:
        raise Conflict(f"This session has reached its {most:,} events and takes no more of them.")


def record(
    session_id: str,
    event_type: str,
    source: Source,
    *,
    store: Store,
    live: Live,
    now: datetime,
    message: str | None = None,
    payload: Mapping[str, Any] | None = None,
) -> Event | None:
    """Store an event that the server itself knows of, in any state of the session. None for an unknown session."""
    session = store.sessions.get(session_id)
    if session is None:
        return None
    return keep(session, Report(event_type, message=message, payload=payload), source, store=store, live=live, now=now)


def keep(session: Session, report: Report, source: Source, *, store: Store, live: Live, now: datetime) -> Event:
    """Store one event in any state of the session; under an id that is known, nothing new is stored."""
    return _store(_from_report(session, report, source, now), session, store=store, live=live)


def add_note(session: Session, note: Report, by: Actor, *, store: Store, live: Live, now: datetime) -> Event:
    """Append a note, also after the end; under an id that is known, nothing new is stored.

    A note says who wrote it, and whether the writer was authenticated.
    """
    payload: dict[str, Any] = {**(note.payload or {}), "by": by.label}
    if by.unauthenticated:
        payload["unauthenticated"] = True
    source = Source.PROCTOR if by.proctor else Source.EXAM_APP
    event = _from_report(session, replace(note, payload=payload), source, now)
    return _store(event, session, store=store, live=live)


def is_note(event: Event) -> bool:
    """True for a note. What a candidate's page calls one is an event like any other."""
    return event.event_type == "note" and event.source in NOTE_WRITERS


def _store(event: Event, session: Session, *, store: Store, live: Live) -> Event:
    if store.event_writer.add_new([event]):
        live.event_added(event, session)
    return event


def _from_report(session: Session, report: Report, source: Source, now: datetime, index: int = 0) -> Event:
    """Make the event. Without a number, its place in the list orders it within its millisecond.

    With an id and a time of its own it may come again in another list, so there its place means nothing.
    """
    event_type, payload = _canonical(report.event_type, report.payload or {})
    if session.ended_at is not None and source is Source.CANDIDATE:
        payload = {**payload, "late": True}
    return Event(
        id=EventId(report.id or str(uuid.uuid4())),
        session_id=session.id,
        event_type=event_type,
        source=source,
        timestamp=in_milliseconds(report.timestamp) if report.timestamp else now,
        received_at=now,
        message=report.message,
        payload=payload,
        seq=report.seq if report.seq is not None else 0 if report.id and report.timestamp else index,
        outbox=_outbox(session, report),
    )


def _outbox(session: Session, report: Report) -> str | None:
    """Return which numbering the event belongs to; None as well for one more than anybody needs."""
    is_known = report.outbox in session.outboxes
    return report.outbox if is_known or len(session.outboxes) < MAX_OUTBOXES else None


def _canonical(event_type: str, payload: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if event_type == "tab_visibility":
        return ("tab_visible" if payload.get("visible") else "tab_hidden"), payload
    return ALIASES.get(event_type, event_type), payload
