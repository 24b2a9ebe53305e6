"""Events: what happened in a session, stored once however often it is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import BulkWriteError

from proctor.errors import Unavailable
from proctor.records import Delivery, Event, EventId, Numbering, SessionId, Source
from proctor.store import paging
from proctor.store.client import Document, Documents, unavailable_on_failure

Order = Literal["oldest", "newest"]
DUPLICATE_KEY = 11_000
GLIMPSES_AT_ONCE = 5_000
NAMING_FIELDS = ("session_id", "id", "event_type", "source")
TIME_ORDER = ("timestamp", "seq", "_id")


@dataclass(frozen=True, slots=True)
class Window:
    """Some types of one session's events, from a time of their reporters' clocks on, or from the beginning."""

    session_id: SessionId
    event_types: Collection[str]
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Glimpse:
    """As much of an event as a picture of thousands needs."""

    id: EventId
    event_type: str
    timestamp: datetime


class Events(Documents):
    """Events by session; the session and the reporter's id together are the key."""

    name = "events"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Serve a session's events in time order, the count of each type, and the events of a condition."""
        self._documents.create_index([("session_id", ASCENDING), *((field, ASCENDING) for field in TIME_ORDER)])
        self._documents.create_index([(field, ASCENDING) for field in ("session_id", "event_type", "timestamp")])

    @unavailable_on_failure
    def add_new(self, events: Sequence[Event]) -> set[tuple[SessionId, EventId]]:
        """Store those of ``events`` that are not stored yet and return their keys, once all are in the journal.

        Raises ``Unavailable`` where any was not taken: send all again, none is stored twice.
        """
        try:
            self._documents.insert_many([_to_document(event) for event in events], ordered=False)
        except BulkWriteError as error:
            faults = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(fault["code"] != DUPLICATE_KEY for fault in faults):
                raise Unavailable("Some events were not taken. Please send them again.") from error
            known = {fault["index"] for fault in faults}
            return {(event.session_id, event.id) for index, event in enumerate(events) if index not in known}
        return {(event.session_id, event.id) for event in events}

    @unavailable_on_failure
    def get_many(self, session_id: SessionId, event_ids: Collection[EventId]) -> dict[EventId, Event]:
        """Return those of ``event_ids`` that are stored."""
        keys = [_key(session_id, event_id) for event_id in event_ids]
        return {event.id: event for event in map(_from_document, self._documents.find({"_id": {"$in": keys}}))}

    @unavailable_on_failure
    def set_delivery(self, session_id: SessionId, event_id: EventId, **times: datetime) -> Event | None:
        """Set ``delivered_at`` or ``acknowledged_at`` of an action where it has none yet; return the event or None."""
        earliest = {f"delivery.{name}": at for name, at in times.items()}
        query = {"_id": _key(session_id, event_id), **dict.fromkeys(earliest)}
        self._documents.update_one(query, {"$set": earliest})
        document = self._documents.find_one({"_id": _key(session_id, event_id)})
        return None if document is None else _from_document(document)

    @unavailable_on_failure
    def page(
        self, session_id: SessionId, limit: int, cursor: str | None = None, order: Order = "oldest"
    ) -> tuple[list[Event], str | None]:
        """Return up to ``limit`` events in ``order`` of their timestamps, and the cursor of the next page or None."""
        direction = ASCENDING if order == "oldest" else DESCENDING
        query = {"session_id": session_id} | paging.after(cursor, TIME_ORDER, direction)
        found = self._documents.find(query).sort([(field, direction) for field in TIME_ORDER]).limit(limit + 1)
        documents, next_cursor = paging.cut(list(found), limit, TIME_ORDER)
        return [_from_document(document) for document in documents], next_cursor

    @unavailable_on_failure
    def of_types(self, windows: Iterable[Window], fields: Iterable[str] | None = None) -> list[Event]:
        """Return the events that lie in any of ``windows``, in no particular order.

        With ``fields`` they have what names them and these; anything else is empty, and is not read.
        """
        wanted = None if fields is None else dict.fromkeys((*NAMING_FIELDS, *fields), True) | {"_id": False}
        queries = [
            {"session_id": window.session_id, "event_type": {"$in": sorted(window.event_types)}}
            | ({} if window.since is None else {"timestamp": {"$gte": window.since}})
            for window in windows
        ]
        found: Iterable[Document] = self._documents.find({"$or": queries}, wanted) if queries else []
        return [_from_document(document) for document in found]

    @unavailable_on_failure
    def first_of(
        self, session_id: SessionId, event_types: Collection[str], sources: Collection[Source], limit: int
    ) -> list[Event]:
        """Return the first ``limit`` events of these types and sources, in the order of their timestamps."""
        query = {
            "session_id": session_id,
            "event_type": {"$in": sorted(event_types)},
            "source": {"$in": sorted(sources)},
        }
        found = self._documents.find(query).sort("timestamp").limit(limit)
        return [_from_document(document) for document in found]

    def glimpses(self, session_id: SessionId) -> Iterator[Glimpse]:
        """Yield a glimpse of each event of a session in time order; memory use does not grow with their number."""
        fields = {"_id": False, "id": True, "event_type": True, "timestamp": True}
        found = self._documents.find({"session_id": session_id}, fields, batch_size=GLIMPSES_AT_ONCE)
        documents = iter(found.sort([(field, ASCENDING) for field in TIME_ORDER]))
        while (document := _next(documents)) is not None:
            yield Glimpse(EventId(document["id"]), document["event_type"], document["timestamp"])

    @unavailable_on_failure
    def numbers(self, session_id: SessionId, outbox: str) -> list[int]:
        """Return the numbers of the events that came from this outbox."""
        found = self._documents.find({"session_id": session_id, "outbox": outbox}, {"_id": False, "seq": True})
        return [document["seq"] for document in found]

    @unavailable_on_failure
    def count_by_outbox(self, session_id: SessionId) -> dict[str, Numbering]:
        """Count a session's numbered events of each outbox in the database itself."""
        sums = {"_id": "$outbox", "count": {"$sum": 1}, "last": {"$max": "$seq"}}
        match = {"session_id": session_id, "outbox": {"$type": "string"}}
        groups = self._documents.aggregate([{"$match": match}, {"$group": sums}])
        return {group["_id"]: Numbering(group["count"], group["last"]) for group in groups}

    @unavailable_on_failure
    def count_by_type(self, session_id: SessionId) -> dict[str, int]:
        """Count a session's events of each type in the database itself: exact, and slower than the kept counters."""
        groups = self._documents.aggregate(
            [{"$match": {"session_id": session_id}}, {"$group": {"_id": "$event_type", "n": {"$sum": 1}}}]
        )
        return {group["_id"]: group["n"] for group in groups}


def embedded_to_document(event: Event) -> Document:
    """Return ``event`` as it stands inside its session's document."""
    return {
        "id": event.id,
        "event_type": event.event_type,
        "source": event.source,
        "timestamp": event.timestamp,
        "received_at": event.received_at,
        "message": event.message,
        "payload": dict(event.payload),
        "seq": event.seq,
        "delivery": _delivery_to_document(event.delivery),
    }


def embedded_from_document(session_id: SessionId, document: Document) -> Event:
    """Return the event that stands inside the document of the session ``session_id``."""
    return Event(
        id=EventId(document["id"]),
        session_id=session_id,
        event_type=document["event_type"],
        source=Source(document["source"]),
        timestamp=document["timestamp"],
        received_at=document["received_at"],
        message=document.get("message"),
        payload=document["payload"],
        seq=document["seq"],
        delivery=Delivery(**delivery) if (delivery := document.get("delivery")) else None,
        outbox=document.get("outbox"),
    )


@unavailable_on_failure
def _next(documents: Iterator[Document]) -> Document | None:
    return next(documents, None)


def _key(session_id: str, event_id: str) -> str:
    return f"{session_id}/{event_id}"


def _to_document(event: Event) -> Document:
    document = embedded_to_document(event)
    if event.outbox is not None:
        document["outbox"] = event.outbox
    return {"_id": _key(event.session_id, event.id), "session_id": event.session_id, **document}


def _from_document(document: Document) -> Event:
    return embedded_from_document(SessionId(document["session_id"]), document)


def _delivery_to_document(delivery: Delivery | None) -> dict[str, Any] | None:
    if delivery is None:
        return None
    return {"delivered_at": delivery.delivered_at, "acknowledged_at": delivery.acknowledged_at}
