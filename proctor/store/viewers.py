"""Which proctors' consoles are watching which candidate, across all workers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from proctor.records import Proctor, SessionId, ViewerId
from proctor.store.client import Documents, unavailable_on_failure

STALE_AFTER = timedelta(seconds=45)
"""A console that vanished without a word (its worker was killed) frees its places after so long."""


class Viewers(Documents):
    """One document per live view, kept fresh by the console's heartbeat."""

    name = "viewers"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Views of one session are counted; MongoDB itself removes forgotten ones."""
        self._documents.create_index("session_id")
        self._documents.create_index("seen_at", expireAfterSeconds=int(STALE_AFTER.total_seconds()) * 4)

    @unavailable_on_failure
    def add(self, viewer_id: ViewerId, session_id: SessionId, proctor: Proctor, now: datetime) -> None:
        """Note a new view."""
        view = {"session_id": session_id, "proctor_id": proctor.id, "email": proctor.email}
        self._documents.insert_one({"_id": viewer_id, **view, "seen_at": now})

    @unavailable_on_failure
    def touch(self, viewer_ids: Collection[ViewerId], now: datetime) -> None:
        """Note a sign of life of one console's views."""
        if viewer_ids:
            self._documents.update_many({"_id": {"$in": list(viewer_ids)}}, {"$set": {"seen_at": now}})

    @unavailable_on_failure
    def remove(self, viewer_ids: Collection[ViewerId]) -> None:
        """Forget these views; those already gone do not matter."""
        if viewer_ids:
            self._documents.delete_many({"_id": {"$in": list(viewer_ids)}})

    @unavailable_on_failure
    def of_session(self, session_id: SessionId, now: datetime) -> list[ViewerId]:
        """Return the views of this session that showed life lately."""
        query = {"session_id": session_id, "seen_at": {"$gt": now - STALE_AFTER}}
        return [ViewerId(document["_id"]) for document in self._documents.find(query, {"_id": True})]

    @unavailable_on_failure
    def watching(self, session_ids: Collection[SessionId], now: datetime) -> dict[SessionId, list[str]]:
        """Return the addresses of the proctors who watch each of these sessions, each once, in order."""
        query = {"session_id": {"$in": list(session_ids)}, "seen_at": {"$gt": now - STALE_AFTER}}
        emails: dict[SessionId, set[str]] = {session_id: set() for session_id in session_ids}
        for document in self._documents.find(query, {"session_id": True, "email": True}):
            emails[document["session_id"]].add(document.get("email", ""))
        return {session_id: sorted(found - {""}) for session_id, found in emails.items()}
