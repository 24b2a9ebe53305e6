"""The audit log: entries are added, read, and removed when they are old; there is nothing else to do with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pymongo import DESCENDING

from proctor.audit_tags import AuditEntry, AuditTag
from proctor.records import SessionId
from proctor.store import paging
from proctor.store.client import Document, Documents, unavailable_on_failure

ORDER = ("at", "_id")


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries a list shows; empty means no restriction, ``since`` is included and ``until`` is not."""

    by: str = ""
    tag: AuditTag | None = None
    session_id: str = ""
    exam_code: str = ""
    since: datetime | None = None
    until: datetime | None = None


class AuditLog(Documents):
    """Entries by time, newest first, and by person, session, exam or tag."""

    name = "audit"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Serve each filter in the order of the list."""
        newest_first = [(field, DESCENDING) for field in ORDER]
        self._documents.create_index(newest_first)
        for field in ("by", "tag", "session_id", "exam_code"):
            self._documents.create_index([(field, 1), *newest_first])

    @unavailable_on_failure
    def add(self, entry: AuditEntry) -> None:
        """Write ``entry`` down; one of an id that is there already stays as it is."""
        document = asdict(entry)
        entry_id = document.pop("id")
        self._documents.update_one({"_id": entry_id}, {"$setOnInsert": document}, upsert=True)

    @unavailable_on_failure
    def get(self, entry_id: str) -> AuditEntry | None:
        """Return the entry of this id, or None."""
        found = self._documents.find_one({"_id": entry_id})
        return None if found is None else _from_document(found)

    @unavailable_on_failure
    def page(self, wanted: AuditFilter, limit: int, cursor: str | None = None) -> tuple[list[AuditEntry], str | None]:
        """Return up to ``limit`` entries, newest first, and the cursor of what follows."""
        query = _query(wanted)
        if following := paging.after(cursor, ORDER, DESCENDING):
            query = {"$and": [query, following]}
        newest_first = [(field, DESCENDING) for field in ORDER]
        documents = list(self._documents.find(query).sort(newest_first).limit(limit + 1))
        shown, following_cursor = paging.cut(documents, limit, ORDER)
        return [_from_document(document) for document in shown], following_cursor

    @unavailable_on_failure
    def of_sessions(self, session_ids: Collection[SessionId]) -> Iterator[AuditEntry]:
        """Give every entry about these sessions, oldest first."""
        found = self._documents.find({"session_id": {"$in": list(session_ids)}}).sort([("at", 1), ("_id", 1)])
        return map(_from_document, found)

    @unavailable_on_failure
    def forget_before(self, when: datetime) -> int:
        """Delete what was written before ``when``; return how many."""
        return self._documents.delete_many({"at": {"$lt": when}}).deleted_count


def _query(wanted: AuditFilter) -> Document:
    exact = {"by": wanted.by, "tag": wanted.tag, "session_id": wanted.session_id, "exam_code": wanted.exam_code}
    query: dict[str, Any] = {field: value for field, value in exact.items() if value}
    at = {"$gte": wanted.since, "$lt": wanted.until}
    between = {bound: time for bound, time in at.items() if time is not None}
    return query | ({"at": between} if between else {})


def _from_document(document: Document) -> AuditEntry:
    fields = {key: value for key, value in document.items() if key != "_id"}
    return AuditEntry(**fields | {"tag": AuditTag(document["tag"])}, id=document["_id"])
