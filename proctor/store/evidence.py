"""Pictures and clips that are kept with sessions: what is known of each; the files are in the storage."""

from __future__ import annotations

from dataclasses import asdict

from pymongo import ASCENDING

from proctor.records import EventId, Evidence, EvidenceId, EvidenceKind, SessionId
from proctor.store.client import Document, Documents, unavailable_on_failure


class EvidenceItems(Documents):
    """Evidence by id and by session."""

    name = "evidence"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Serve a session's evidence in the order of its times."""
        self._documents.create_index([("session_id", ASCENDING), ("taken_at", ASCENDING)])

    @unavailable_on_failure
    def add(self, evidence: Evidence) -> None:
        """Store what is known of a file; one that is known already stays as it is."""
        document = _to_document(evidence)
        self._documents.update_one({"_id": evidence.id}, {"$setOnInsert": document}, upsert=True)

    @unavailable_on_failure
    def get(self, session_id: SessionId, evidence_id: str) -> Evidence | None:
        """Return this piece of the session's evidence, or None."""
        found = self._documents.find_one({"_id": evidence_id, "session_id": session_id})
        return None if found is None else _from_document(found)

    @unavailable_on_failure
    def of_session(self, session_id: SessionId) -> list[Evidence]:
        """Return all evidence of a session in the order in which it was taken."""
        found = self._documents.find({"session_id": session_id}).sort("taken_at")
        return [_from_document(document) for document in found]

    @unavailable_on_failure
    def of_action(self, session_id: SessionId, action_id: EventId) -> Evidence | None:
        """Return what answers this request of a proctor, or None."""
        found = self._documents.find_one({"session_id": session_id, "action_id": action_id})
        return None if found is None else _from_document(found)

    @unavailable_on_failure
    def arrived(self, name: str) -> None:
        """Note that a file which waited on this server's disk is in the storage behind now."""
        self._documents.update_one({"name": name}, {"$set": {"pending": False}})


def _to_document(evidence: Evidence) -> Document:
    fields = asdict(evidence)
    return {"_id": fields.pop("id"), **fields}


def _from_document(document: Document) -> Evidence:
    fields = {key: value for key, value in document.items() if key != "_id"}
    return Evidence(**fields | {"kind": EvidenceKind(document["kind"])}, id=EvidenceId(document["_id"]))
