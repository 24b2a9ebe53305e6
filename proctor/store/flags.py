"""Flags: conditions that lasted, one document each, written over only by who has read what they replace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from proctor.records import EventId, Flag, FlagId, FlagState, FlagSummary, SessionId, Severity
from proctor.store.client import Document, Documents, unavailable_on_failure
from proctor.store.conditions import Due

JUDGED_FIELDS = (
    "severity",
    "message",
    "began_at",
    "start_at",
    "cleared_at",
    "lasted_ms",
    "event_ids",
    "begun_count",
    "confidence",
    "recording_position_s",
    "withdrawn_at",
)
"""What ``rewrite`` writes. Who handled the flag is written apart from it."""


class Flags(Documents):
    """Flags by id, and by session."""

    name = "flags"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Serve the flags of a session, and of one of its conditions from a time on."""
        self._documents.create_index([(field, ASCENDING) for field in ("session_id", "rule_id", "start_at")])

    @unavailable_on_failure
    def add(self, flag: Flag) -> bool:
        """Store a new flag; False where it is stored already."""
        try:
            self._documents.insert_one(_to_document(flag))
        except DuplicateKeyError:
            return False
        return True

    @unavailable_on_failure
    def rewrite(self, flag: Flag) -> Flag | None:
        """Write a new judgement over the revision it was made from; None where another one was faster."""
        judged = {key: value for key, value in _to_document(flag).items() if key in JUDGED_FIELDS}
        return _or_none(
            self._documents.find_one_and_update(
                {"_id": flag.id, "revision": flag.revision},
                {"$set": judged, "$inc": {"revision": 1}},
                return_document=ReturnDocument.AFTER,
            )
        )

    @unavailable_on_failure
    def handle(self, flag_id: FlagId, handling: FlagState, by: str, reason: str | None, now: datetime) -> Flag | None:
        """Note what a proctor made of a flag; None where there is none, or where it was withdrawn."""
        handled = {"handling": handling, "handled_by": by, "handled_at": now, "reason": reason}
        return _or_none(
            self._documents.find_one_and_update(
                {"_id": flag_id, "withdrawn_at": None}, {"$set": handled}, return_document=ReturnDocument.AFTER
            )
        )

    @unavailable_on_failure
    def show(self, flag_id: FlagId, name: str) -> Flag | None:
        """Note the file of the picture that shows what a flag is about; None where there is no such flag."""
        change = {"$set": {"snapshot": name}}
        return _or_none(
            self._documents.find_one_and_update({"_id": flag_id}, change, return_document=ReturnDocument.AFTER)
        )

    @unavailable_on_failure
    def open_of(self, session_ids: Collection[SessionId], limit: int) -> list[Flag]:
        """Return the flags of these sessions that nobody has handled, the latest first."""
        query = {"session_id": {"$in": list(session_ids)}, "handling": FlagState.OPEN, "withdrawn_at": None}
        found = self._documents.find(query).sort([("raised_at", DESCENDING), ("_id", ASCENDING)]).limit(limit)
        return [_from_document(document) for document in found]

    @unavailable_on_failure
    def get(self, session_id: SessionId, flag_id: str) -> Flag | None:
        """Return this flag of the session, or None."""
        return _or_none(self._documents.find_one({"_id": flag_id, "session_id": session_id}))

    @unavailable_on_failure
    def of_session(self, session_id: SessionId) -> list[Flag]:
        """Return all flags of a session, in the order of what they are about."""
        found = self._documents.find({"session_id": session_id}).sort([("start_at", ASCENDING), ("_id", ASCENDING)])
        return [_from_document(document) for document in found]

    @unavailable_on_failure
    def of_conditions(self, due: Iterable[Due]) -> list[Flag]:
        """Return the flags of these conditions that began where they are not settled yet."""
        queries = [
            {"session_id": one.session_id, "rule_id": one.condition}
            | ({} if one.settled_at is None else {"start_at": {"$gte": one.settled_at}})
            for one in due
        ]
        return [_from_document(document) for document in self._documents.find({"$or": queries})] if queries else []

    @unavailable_on_failure
    def summary(self, session_id: SessionId, seq: int) -> FlagSummary:
        """Count a session's flags; ``seq`` is that of the numbers which these will replace."""
        fields = {"rule_id": True, "severity": True, "handling": True, "begun_count": True}
        dismissed: Counter[str] = Counter()
        severities: list[Severity] = []
        for document in self._documents.find({"session_id": session_id, "withdrawn_at": None}, fields):
            if document["handling"] == FlagState.DISMISSED:
                dismissed[document["rule_id"]] += document["begun_count"]
            elif document["handling"] == FlagState.OPEN:
                severities.append(Severity(document["severity"]))
        worst = max(severities, key=lambda severity: severity.rank, default=None)
        return FlagSummary(len(severities), worst, dict(dismissed), seq)


def _to_document(flag: Flag) -> Document:
    fields: dict[str, Any] = asdict(flag)
    return {"_id": fields.pop("id"), **fields, "event_ids": list(flag.event_ids)}


def _or_none(document: Document | None) -> Flag | None:
    return None if document is None else _from_document(document)


def _from_document(document: Document) -> Flag:
    changed = {
        "session_id": SessionId(document["session_id"]),
        "severity": Severity(document["severity"]),
        "handling": FlagState(document["handling"]),
        "event_ids": tuple(EventId(event_id) for event_id in document["event_ids"]),
    }
    return Flag(**{key: value for key, value in document.items() if key != "_id"} | changed, id=FlagId(document["_id"]))
