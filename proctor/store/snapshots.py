"""The latest picture of each live candidate, so that a wall that opens shows everyone at once, on any worker."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from pymongo import WriteConcern

from proctor.records import SessionId, Snapshot
from proctor.store.client import Database, Documents, unavailable_on_failure

FORGOTTEN_AFTER = timedelta(hours=6)
"""A picture that came in the moment its session ended goes by itself."""


class LatestSnapshots(Documents):
    """One document for each session that has sent a picture."""

    name = "snapshots"

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        # Hundreds come each second, and five seconds later nobody needs them: no write waits for an answer.
        self._hasty = self._documents.with_options(write_concern=WriteConcern(w=0))

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Let MongoDB itself remove what nobody removed."""
        self._documents.create_index("taken_at", expireAfterSeconds=int(FORGOTTEN_AFTER.total_seconds()))
        self._documents.create_index("session_id")

    @unavailable_on_failure
    def put(self, snapshot: Snapshot) -> None:
        """Keep this picture instead of the one before. It may be lost when the database fails at this moment."""
        document = {"session_id": snapshot.session_id, "image": snapshot.image, "taken_at": snapshot.taken_at}
        self._hasty.replace_one({"_id": snapshot.session_id}, document, upsert=True)

    @unavailable_on_failure
    def latest(self, session_ids: Collection[SessionId]) -> list[Snapshot]:
        """Return the picture of each of these sessions that has one."""
        found = self._documents.find({"_id": {"$in": list(session_ids)}})
        return [Snapshot(SessionId(one["session_id"]), bytes(one["image"]), one["taken_at"]) for one in found]

    @unavailable_on_failure
    def drop(self, session_id: SessionId) -> None:
        """Forget the picture of a session that has ended, without waiting for it."""
        self._hasty.delete_one({"_id": session_id})
