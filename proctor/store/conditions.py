"""Which conditions are to be judged, and when: one small document for each condition of a session.

What a condition comes to follows from the session's events. Here stands only when to look at them again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING, UpdateMany, UpdateOne

from proctor.conditions import SESSION_ENDS, condition_of
from proctor.records import Event, SessionId
from proctor.store.client import Database, Document, Documents, unavailable_on_failure
from proctor.store.known_events import KnownEvents

AT_ONCE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """A condition whose time to be judged has come.

    Events from ``settled_at`` of their reporter's clock on matter, or all for None. ``version`` counts what was
    reported, and ``is_news`` is True where anything was since the last judgement.
    """

    session_id: SessionId
    condition: str
    settled_at: datetime | None
    version: int
    is_news: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """A judgement of ``due``: when to judge again (None: not before something is reported), what is settled."""

    due: Due
    due_at: datetime | None
    settled_at: datetime | None


class News:
    """What events begin and end, gathered until it is reported: each condition once, from its earliest event on.

    An end before any beginning is not noted: the beginning will be, and all is read then.
    """

    def __init__(self) -> None:
        self.earliest: dict[tuple[SessionId, str], datetime] = {}
        self.begun: set[tuple[SessionId, str]] = set()
        self.ended: set[SessionId] = set()
        self.events: defaultdict[tuple[SessionId, str], list[Event]] = defaultdict(list)

    def __bool__(self) -> bool:
        return bool(self.earliest or self.ended)

    def add(self, event: Event) -> None:
        """Gather what ``event`` begins or ends."""
        if condition := condition_of(event.event_type):
            key = (event.session_id, condition)
            self._note(key, event.timestamp)
            self.events[key].append(event)
            if condition == event.event_type:
                self.begun.add(key)
        if event.event_type in SESSION_ENDS:
            self.ended.add(event.session_id)

    def join(self, other: News) -> None:
        """Gather what another has gathered."""
        for key, since in other.earliest.items():
            self._note(key, since)
        for key, events in other.events.items():
            self.events[key] += events
        self.begun |= other.begun
        self.ended |= other.ended

    def _note(self, key: tuple[SessionId, str], since: datetime) -> None:
        known = self.earliest.get(key)
        if known is None or since < known:
            self.earliest[key] = since


class Conditions(Documents):
    """Conditions by session and name."""

    name = "conditions"

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.known_events = KnownEvents()

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Serve what is due in one look, and the conditions of a session that ends."""
        self._documents.create_index("due_at", sparse=True)
        self._documents.create_index([("session_id", ASCENDING)])

    @unavailable_on_failure
    def wake(self, news: News) -> None:
        """Have every condition in ``news`` judged at once, and all those of a session that ended."""
        updates: list[Any] = [_wake(*key, since, is_begun=key in news.begun) for key, since in news.earliest.items()]
        updates += [UpdateMany({"session_id": session_id}, _again({})) for session_id in news.ended]
        if updates:
            self._documents.bulk_write(updates, ordered=False)
        self.known_events.add(news)

    @unavailable_on_failure
    def judge_anew(self, session_id: SessionId, event_types: Iterable[str] = ()) -> None:
        """Have a session's conditions judged from their first event on: those it had, and those of ``event_types``."""
        names = {name for event_type in event_types if (name := condition_of(event_type))}
        updates: list[Any] = [
            UpdateOne({"_id": _key(session_id, name)}, _again(_named(session_id, name)), upsert=True) for name in names
        ]
        updates.append(UpdateMany({"session_id": session_id}, [*_again({}), {"$unset": "settled_at"}]))
        self._documents.bulk_write(updates)

    @unavailable_on_failure
    def due(self, now: datetime, limit: int) -> list[Due]:
        """Return conditions whose time has come, those first that have waited longest."""
        found = self._documents.find({"due_at": {"$lte": now}}).sort("due_at").limit(limit)
        return [_from_document(document) for document in found]

    @unavailable_on_failure
    def settle(self, judged: Sequence[Settled]) -> int:
        """Store when to look again, unless something was reported meanwhile. Returns for how many it was not."""
        updates = []
        for settled in judged:
            fields = {"settled_at": settled.settled_at, "judged_version": settled.due.version}
            change: Document = {"$set": fields | ({"due_at": settled.due_at} if settled.due_at else {})}
            if settled.due_at is None:
                change["$unset"] = {"due_at": True}
            key = _key(settled.due.session_id, settled.due.condition)
            updates.append(UpdateOne({"_id": key, "version": settled.due.version}, change))
        return self._documents.bulk_write(updates, ordered=False).matched_count if updates else 0

    @unavailable_on_failure
    def judge_again(self, due: Collection[Due]) -> None:
        """Have these judged once more at once."""
        keys = [_key(one.session_id, one.condition) for one in due]
        self._documents.update_many({"_id": {"$in": keys}}, _again({}))


def _wake(session_id: SessionId, condition: str, since: datetime, *, is_begun: bool) -> UpdateOne:
    """Make the condition due. An event from before what is settled makes nothing settled any more."""
    settled_at = {"$cond": [{"$gt": ["$settled_at", since]}, None, "$settled_at"]}
    named = _named(session_id, condition)
    change = _again(named | {"settled_at": settled_at})
    return UpdateOne({"_id": _key(session_id, condition)}, change, upsert=is_begun)


def _again(fields: Document) -> list[Document]:
    version = {"$add": [{"$ifNull": ["$version", 0]}, 1]}
    return [{"$set": fields | {"due_at": AT_ONCE, "version": version}}]


def _named(session_id: SessionId, condition: str) -> Document:
    return {"session_id": {"$literal": session_id}, "condition": condition}


def _key(session_id: SessionId, condition: str) -> str:
    return f"{session_id}/{condition}"


def _from_document(document: Document) -> Due:
    return Due(
        session_id=SessionId(document["session_id"]),
        condition=document["condition"],
        settled_at=document.get("settled_at"),
        version=document["version"],
        is_news=document.get("judged_version") != document["version"],
    )
