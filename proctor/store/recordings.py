"""Recordings as they come in and as they are joined: one document for each kind and session, and one for each chunk."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from proctor.records import Chunk, Footage, FootageKind, FootageState, JoinedFile, Segment, SessionId, Take
from proctor.store.client import Document, Documents, unavailable_on_failure

PLAIN_FIELDS = (
    "heard_at",
    "due_at",
    "lease",
    "leased_until",
    "attempts",
    "is_complete",
    "is_cleared",
    "problem",
)


class Chunks(Documents):
    """What is known of every chunk; the bytes are in the storage, as long as they are needed."""

    name = "recording_chunks"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Let each place of a take be filled once, and find the chunk that a file belongs to."""
        place = [(field, ASCENDING) for field in ("session_id", "kind", "take_id", "seq")]
        self._documents.create_index(place, unique=True)
        self._documents.create_index("name")

    @unavailable_on_failure
    def add(self, chunk: Chunk) -> bool:
        """Store what is known of a chunk; False where its place is taken."""
        try:
            self._documents.insert_one(asdict(chunk))
        except DuplicateKeyError:
            return False
        return True

    @unavailable_on_failure
    def around(self, session_id: SessionId, kind: FootageKind, take_id: str, seq: int) -> dict[int, Chunk]:
        """Return the chunk with this number and the one before it, as far as they are there, by number."""
        wanted = {"session_id": session_id, "kind": kind, "take_id": take_id, "seq": {"$in": [seq - 1, seq]}}
        return {document["seq"]: _chunk(document) for document in self._documents.find(wanted)}

    @unavailable_on_failure
    def of_kind(self, session_id: SessionId, kind: FootageKind) -> list[Chunk]:
        """Return every chunk of a recording, take by take, each in its order."""
        found = self._documents.find({"session_id": session_id, "kind": kind})
        return [_chunk(document) for document in found.sort([("take_id", ASCENDING), ("seq", ASCENDING)])]

    @unavailable_on_failure
    def known(self, names: Collection[str]) -> set[str]:
        """Return those of these files that belong to a chunk."""
        return set(self._documents.distinct("name", {"name": {"$in": list(names)}}))

    @unavailable_on_failure
    def arrived(self, name: str) -> None:
        """Note that a chunk which waited on this server's disk is in the storage behind now."""
        self._documents.update_many({"name": name, "pending": True}, {"$set": {"pending": False}})


class Recordings(Documents):
    """Recordings by session and kind."""

    name = "recordings"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Serve a session's recordings, and those that somebody should look at."""
        self._documents.create_index("session_id")
        self._documents.create_index("due_at", partialFilterExpression={"due_at": {"$type": "date"}})

    @unavailable_on_failure
    def of_session(self, session_id: SessionId) -> list[Footage]:
        """Return what is recorded of a session, the camera first."""
        found = self._documents.find({"session_id": session_id}).sort("kind", ASCENDING)
        return [_from_document(document) for document in found]

    @unavailable_on_failure
    def received(self, chunk: Chunk, started_at: datetime, *, due_at: datetime) -> Footage:
        """Count a stored chunk, once however often this is called for it, and have it looked at at ``due_at``.

        A recording that was joined already, or could not be, is open again with the first chunk that is new; one whose
        chunks are gone cannot be joined again and stays as it is.
        """
        take = f"takes.{chunk.take_id}"
        wanted = {"_id": _id_of(chunk.session_id, chunk.kind)}
        begun = {"session_id": chunk.session_id, "kind": chunk.kind, "file": None, **_nothing_done()}
        update: Document = {
            "$setOnInsert": begun,
            "$min": {f"{take}.started_at": started_at},
            # One that was joined is due much later, to be cleared: now there is something to join before.
            "$set": {"due_at": due_at},
            # Whatever order two workers write in, the later moment and the larger count remain.
            "$max": {
                "heard_at": chunk.received_at,
                f"{take}.chunks": chunk.seq + 1,
                f"{take}.size": chunk.offset + chunk.size,
            },
        }
        changed = self._documents.find_one_and_update(wanted, update, upsert=True, return_document=ReturnDocument.AFTER)
        counted = _from_document(changed or {})
        if not counted.is_joined and counted.state is not FootageState.RECEIVING:
            reopened = {"$set": {"state": FootageState.RECEIVING, "attempts": 0}}
            self._documents.update_one(wanted | {"lease": None, "is_cleared": False}, reopened)
        return counted

    @unavailable_on_failure
    def complete(self, session_id: SessionId, due_at: datetime) -> None:
        """Note that a session's recordings have come in whole, and look at them at ``due_at``."""
        whole = {"$set": {"is_complete": True, "due_at": due_at}}
        self._documents.update_many({"session_id": session_id, "is_complete": False}, whole)

    @unavailable_on_failure
    def take_lease(self, lease: str, now: datetime, until: datetime) -> Footage | None:
        """Give the recording that has been due longest to ``lease`` until then; None where none is due."""
        free = {"$or": [{"lease": None}, {"leased_until": {"$lte": now}}]}
        return _or_none(
            self._documents.find_one_and_update(
                {"due_at": {"$lte": now}, **free},
                {"$set": {"lease": lease, "leased_until": until}},
                sort=[("due_at", ASCENDING)],
                return_document=ReturnDocument.AFTER,
            )
        )

    @unavailable_on_failure
    def begin_joining(self, footage: Footage) -> bool:
        """Count one more attempt to join it; False where the lease was lost meanwhile."""
        update = {"$set": {"state": FootageState.PROCESSING}, "$inc": {"attempts": 1}}
        return self._documents.update_one(_leased(footage), update).modified_count == 1

    @unavailable_on_failure
    def renew_lease(self, footage: Footage, until: datetime) -> bool:
        """Hold a recording longer; False where the lease was lost."""
        return self._documents.update_one(_leased(footage), {"$set": {"leased_until": until}}).matched_count == 1

    @unavailable_on_failure
    def joined(self, footage: Footage, file: JoinedFile, *, due_at: datetime) -> bool:
        """Note the file that a leased recording was joined to, and give the lease back; False where it was lost.

        It is looked at again at ``due_at``; at once where something came in meanwhile: chunks, with which it is open
        again, or word that there will be no more.
        """
        done = _released(FootageState.READY, due_at) | {"file": _file_to_document(file), "attempts": 0, "problem": None}
        after = _or_none(
            self._documents.find_one_and_update(_leased(footage), {"$set": done}, return_document=ReturnDocument.AFTER)
        )
        if after is not None and (not after.is_joined or after.is_complete != footage.is_complete):
            wanted = {"_id": _id_of(footage.session_id, footage.kind), "lease": None}
            state = FootageState.READY if after.is_joined else FootageState.RECEIVING
            self._documents.update_one(wanted, {"$set": {"state": state, "due_at": file.joined_at}})
        return after is not None

    @unavailable_on_failure
    def put_off(self, footage: Footage, state: FootageState, due_at: datetime | None, problem: str | None) -> None:
        """Give a lease back and leave the recording in ``state``, to be looked at at ``due_at`` or never.

        Of its attempts those of ``footage`` count, and none that began since.
        """
        fields = {"problem": problem, "attempts": footage.attempts}
        self._documents.update_one(_leased(footage), {"$set": _released(state, due_at) | fields})

    @unavailable_on_failure
    def cleared(self, footage: Footage) -> None:
        """Note that the chunks of a leased recording are gone; nothing remains to be done."""
        update = {"$set": _released(FootageState.READY, None) | {"is_cleared": True}}
        self._documents.update_one(_leased(footage), update)

    @unavailable_on_failure
    def retry(self, session_id: SessionId, now: datetime) -> int:
        """Have a session's failed recordings joined anew; return how many there are."""
        again = {"state": FootageState.RECEIVING, "due_at": now, "attempts": 0}
        failed = {"session_id": session_id, "state": FootageState.FAILED}
        return self._documents.update_many(failed, {"$set": again}).modified_count

    @unavailable_on_failure
    def arrived(self, name: str) -> None:
        """Note that a joined file which waited on this server's disk is in the storage behind now."""
        self._documents.update_many({"file.name": name}, {"$set": {"file.pending": False}})


def _id_of(session_id: SessionId, kind: FootageKind) -> str:
    return f"{session_id}.{kind}"


def _leased(footage: Footage) -> Document:
    return {"_id": _id_of(footage.session_id, footage.kind), "lease": footage.lease}


def _released(state: FootageState, due_at: datetime | None) -> Document:
    return {"state": state, "due_at": due_at, "lease": None, "leased_until": None}


def _nothing_done() -> Document:
    return {
        "state": FootageState.RECEIVING,
        "lease": None,
        "leased_until": None,
        "attempts": 0,
        "is_complete": False,
        "is_cleared": False,
        "problem": None,
    }


def _chunk(document: Document) -> Chunk:
    fields = {key: value for key, value in document.items() if key != "_id"}
    return Chunk(**fields | {"kind": FootageKind(document["kind"])})


def _file_to_document(file: JoinedFile) -> Document:
    return asdict(file) | {"segments": [asdict(segment) for segment in file.segments]}


def _or_none(document: Document | None) -> Footage | None:
    return None if document is None else _from_document(document)


def _from_document(document: Document) -> Footage:
    return Footage(
        session_id=SessionId(document["session_id"]),
        kind=FootageKind(document["kind"]),
        state=FootageState(document["state"]),
        takes=_takes(document.get("takes", {})),
        file=None if document["file"] is None else _file(document["file"]),
        **{field: document[field] for field in PLAIN_FIELDS},
    )


def _takes(found: Mapping[str, Any]) -> tuple[Take, ...]:
    takes = [Take(take_id, **fields) for take_id, fields in found.items()]
    return tuple(sorted(takes, key=lambda take: (take.started_at, take.id)))


def _file(document: Document) -> JoinedFile:
    segments = tuple(Segment(**segment) for segment in document["segments"])
    return JoinedFile(**document | {"segments": segments})
