"""Sessions: one document each, changed by single atomic updates."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from pymongo import ASCENDING, DESCENDING, ReturnDocument, WriteConcern

from proctor.errors import Unavailable
from proctor.records import (
    LIVE_STATUSES,
    Call,
    Event,
    EventId,
    FlagSummary,
    Session,
    SessionId,
    Status,
    Video,
)
from proctor.store import paging
from proctor.store import session_documents as documents
from proctor.store.client import Database, Document, DocumentCollection, Documents, incarnation, unavailable_on_failure
from proctor.store.counts import Counts, Gathered, as_update, outboxes_to_document
from proctor.store.events import embedded_to_document

AGE_ORDER = ("created_at", "_id")
UNRANKED: Document = {"review.is_ranked": False}
"""Goes with every write that moves the score or the flags: the session's place among those to review may change."""
LACKS_SOME: Document = {"$lt": ["$$this.v.count", "$$this.v.last"]}
RECENT_S = 1.0
MAX_RECENT = 10_000


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions a list shows; None and empty mean no restriction, ``exam_codes`` is what the caller may see."""

    statuses: Collection[Status] | None = None
    exam_code: str | None = None
    text: str = ""
    exam_codes: Collection[str] | None = None


class Sessions(Documents):
    """Sessions by id and by handle."""

    name = "sessions"

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        # For what is written all the time and known anew in seconds: it does not wait for the journal.
        self._hasty = self._collection.with_options(write_concern=WriteConcern(w=1))
        self.gathered = Gathered(self.add_counts)
        self._recent: dict[str, tuple[float, Session]] = {}

    @property
    def _documents(self) -> DocumentCollection:
        """The documents, with the numbers of every event in them that this worker has acknowledged."""
        self.gathered.settle()
        return self._collection

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Serve look-ups by handle, lists newest first, and the sweeps for what is due."""
        self._documents.create_index("handle", unique=True)
        self._documents.create_index("candidate_identifier")
        self._documents.create_index([("created_at", DESCENDING), ("_id", DESCENDING)])
        self._documents.create_index([("exam_code", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)])
        self._documents.create_index([("status", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)])
        self._documents.create_index([("status", ASCENDING), ("deadline", ASCENDING)])
        over = {"ended_at": {"$type": "date"}}
        self._documents.create_index("ended_at", partialFilterExpression=over)
        online = {"presence.connection_id": {"$type": "string"}}
        self._documents.create_index("presence.seen_at", partialFilterExpression=online)
        leaving = {"presence.leaving_at": {"$type": "date"}}
        self._documents.create_index("presence.leaving_at", partialFilterExpression=leaving)

    @unavailable_on_failure
    def add(self, session: Session) -> None:
        """Store a new session."""
        self._documents.insert_one(documents.to_document(session))

    @unavailable_on_failure
    def get(self, session_id: str) -> Session | None:
        """Return the session of this id, or None."""
        return documents.or_none(self._documents.find_one({"_id": session_id}))

    @unavailable_on_failure
    def get_many(self, session_ids: Collection[SessionId]) -> dict[SessionId, Session]:
        """Return those of ``session_ids`` that exist."""
        found = self._documents.find({"_id": {"$in": list(session_ids)}})
        return {session.id: session for session in map(documents.from_document, found)}

    @unavailable_on_failure
    def get_by_handle(self, handle: str) -> Session | None:
        """Return the session of this handle, or None."""
        return documents.or_none(self._documents.find_one({"handle": handle}))

    @unavailable_on_failure
    def change(self, changed: Session, action: Event | None = None) -> Session | None:
        """Write the state of ``changed`` on top of the version it was computed from, with ``action`` to be delivered.

        One atomic update: the change and the order to tell the candidate are both stored, or neither.

        Returns the session as stored, or None where it has changed meanwhile: read it again and decide anew.
        """
        state = {key: value for key, value in documents.to_document(changed).items() if key in documents.STATE_FIELDS}
        update: dict[str, Any] = {"$set": state, "$inc": {"version": 1}}
        if action is not None:
            update["$push"] = {"pending_actions": embedded_to_document(action)}
        found = self._documents.find_one_and_update(
            {"_id": changed.id, "version": changed.version}, update, return_document=ReturnDocument.AFTER
        )
        self._recent.pop(changed.id, None)
        return documents.or_none(found)

    @unavailable_on_failure
    def forget_action(self, session_id: SessionId, event_id: EventId) -> None:
        """Stop delivering an action: the candidate has it."""
        self._documents.update_one({"_id": session_id}, {"$pull": {"pending_actions": {"id": event_id}}})

    @unavailable_on_failure
    def connected(self, session_id: SessionId, connection_id: str, now: datetime) -> Session | None:
        """Note that ``connection_id`` is the page that publishes now. Returns the session as it was **before**."""
        presence = {"connection_id": connection_id, "seen_at": now, "lost_since": None}
        return documents.or_none(
            self._documents.find_one_and_update({"_id": session_id}, {"$set": {"presence": presence}})
        )

    @unavailable_on_failure
    def heard(self, session_id: SessionId, connection_id: str, now: datetime) -> Session | None:
        """Note a heartbeat of the publishing page.

        Returns the session as it was **before**, or None for a page replaced or lost.
        """
        query = {"_id": session_id, "presence.connection_id": connection_id}
        session = documents.or_none(self._hasty.find_one_and_update(query, {"$set": {"presence.seen_at": now}}))
        if session is not None:
            self._remember(session)
        return session

    @unavailable_on_failure
    def leaving(self, session_id: SessionId, connection_id: str, now: datetime) -> None:
        """Note that the publishing page has hung up, unless another page had taken over already."""
        query = {"_id": session_id, "presence.connection_id": connection_id}
        self._documents.update_one(query, {"$set": {"presence.leaving_at": now}})

    @unavailable_on_failure
    def lost(
        self, session_id: SessionId, connection_id: str, now: datetime, last_heard_at: datetime | None = None
    ) -> Session | None:
        """Note that this page is gone.

        Returns the session, or None where another page had taken over already, or where this one was heard again after
        ``last_heard_at``.
        """
        query: Document = {"_id": session_id, "presence.connection_id": connection_id}
        if last_heard_at is not None:
            query["presence.seen_at"] = last_heard_at
        return documents.or_none(
            self._documents.find_one_and_update(
                query,
                {"$set": {"presence.connection_id": None, "presence.lost_since": now, "presence.leaving_at": None}},
                return_document=ReturnDocument.AFTER,
            )
        )

    @unavailable_on_failure
    def add_counts(self, counts: Mapping[SessionId, Counts]) -> None:
        """Add to the numbers of events, for several sessions in one write.

        It does not wait for the journal: the events themselves are there, and can be counted again.
        """
        updates = [
            {"q": {"_id": session_id}, "u": as_update(of_session) | {"$set": UNRANKED}}
            for session_id, of_session in counts.items()
        ]
        if not updates:
            return
        # The command itself: what the driver does around each of many small updates costs more than they do.
        answer = self._database.command("update", self.name, updates=updates, ordered=False, writeConcern={"w": 1})
        if answer.get("writeErrors") or answer.get("writeConcernError"):
            raise Unavailable("Some events were not counted.")

    @unavailable_on_failure
    def set_counts(self, session_id: SessionId, counts: Counts, *, instead_of: Mapping[str, int]) -> None:
        """Replace the numbers of events by ``counts``, where those of each type are still ``instead_of``."""
        query = {"_id": session_id, "counts": dict(instead_of)}
        outboxes = outboxes_to_document(counts.outboxes)
        change = {"counts": dict(counts.by_type), "outboxes": outboxes, **UNRANKED}
        self._documents.update_one(query, {"$set": change})

    @unavailable_on_failure
    def with_gaps(self) -> list[Session]:
        """Return the live sessions of which numbered events are missing, or were when somebody last looked."""
        in_outboxes = {"input": {"$objectToArray": {"$ifNull": ["$outboxes", {}]}}, "in": LACKS_SOME}
        gaps, ends = ({"$ifNull": [f"$counts.sequence_{end}", 0]} for end in ("gap", "complete"))
        suspicious = {"$or": [{"$anyElementTrue": {"$map": in_outboxes}}, {"$gt": [gaps, ends]}]}
        found = self._documents.find({"status": {"$in": sorted(LIVE_STATUSES)}, "$expr": suspicious})
        return [documents.from_document(document) for document in found]

    @unavailable_on_failure
    def set_flags(self, session_id: SessionId, summary: FlagSummary) -> Session | None:
        """Write the numbers of a session's flags on top of those they were counted after (``seq``).

        Returns the session as stored, or None where somebody else has counted meanwhile: count again.
        """
        first = {"$in": [None, 0]}
        return documents.or_none(
            self._documents.find_one_and_update(
                {"_id": session_id, "flags.seq": summary.seq or first},
                {
                    "$set": {
                        "flags": documents.flags_to_document(summary) | {"seq": summary.seq + 1},
                        **UNRANKED,
                    }
                },
                return_document=ReturnDocument.AFTER,
            )
        )

    @unavailable_on_failure
    def set_call(self, session_id: SessionId, call: Call, since: datetime | None, at: datetime) -> Session | None:
        """Note since when the candidate waits for this, None for no longer, as it was told ``at``.

        Returns the session as stored, or None where that was known already or something was told of it later.
        """
        told_before: Document = {"$or": [{f"calls.{call}.at": None}, {f"calls.{call}.at": {"$lte": at}}]}
        told_before[f"calls.{call}.since"] = None if since else {"$ne": None}
        change = {"$set": {f"calls.{call}": {"since": since, "at": at}}}
        return documents.or_none(
            self._documents.find_one_and_update(
                {"_id": session_id} | told_before, change, return_document=ReturnDocument.AFTER
            )
        )

    @unavailable_on_failure
    def assign(self, session_id: SessionId, email: str) -> Session | None:
        """Note who looks after the session; return it, None where there is none."""
        change = {"$set": {"assigned_to": email}}
        return documents.or_none(
            self._documents.find_one_and_update({"_id": session_id}, change, return_document=ReturnDocument.AFTER)
        )

    @unavailable_on_failure
    def set_accommodations(self, session_id: SessionId, accommodations: Mapping[str, Any]) -> Session | None:
        """Replace what is made easier for this candidate; return the session, None where there is none."""
        change = {"$set": {"accommodations": dict(accommodations), **UNRANKED}}
        self._recent.pop(session_id, None)
        return documents.or_none(
            self._documents.find_one_and_update({"_id": session_id}, change, return_document=ReturnDocument.AFTER)
        )

    @unavailable_on_failure
    def set_exam_rules(self, exam_code: str, weights: Mapping[str, int] | None, rules: Mapping[str, Any]) -> None:
        """Give all sessions of an exam these rules, and these weights where there are any."""
        change = {"rules": dict(rules)} | ({} if weights is None else {"weights": dict(weights)})
        change |= UNRANKED
        self._recent.clear()
        self._documents.update_many({"exam_code": exam_code}, {"$set": change})

    @unavailable_on_failure
    def ids_of_exam(self, exam_code: str) -> list[SessionId]:
        """Return the ids of all sessions of an exam."""
        found = self._documents.find({"exam_code": exam_code}, {"_id": True})
        return [SessionId(document["_id"]) for document in found]

    @unavailable_on_failure
    def set_video(self, session_id: SessionId, video: Video, version: int) -> Session | None:
        """Set the session's video, where none was set since its ``video_version`` was ``version``.

        Returns the session as it was **before**: its video, if any, is now orphaned. None where another was set.
        """
        query = {"_id": session_id, "video_version": version or {"$in": [None, 0]}}
        update = {"$set": {"video": documents.video_to_document(video)}, "$inc": {"video_version": 1}}
        return documents.or_none(self._documents.find_one_and_update(query, update))

    @unavailable_on_failure
    def video_arrived(self, name: str, sha256: str) -> None:
        """Note that the video with this content, which waited on this server's disk, is in the storage behind now."""
        query = {"_id": name.rsplit(".", 1)[0], "video.name": name, "video.sha256": sha256}
        self._documents.update_one(query, {"$set": {"video.pending": False}})

    @unavailable_on_failure
    def begin_report(self, session_id: SessionId, kind: str, maker: str) -> None:
        """Note that ``maker`` is making the report of this kind: from now on the stored one does not count."""
        self._documents.update_one({"_id": session_id}, {"$set": {f"report_keys.{kind}": maker}})

    @unavailable_on_failure
    def end_report(self, session_id: SessionId, kind: str, maker: str, key: str) -> None:
        """Note what the report that ``maker`` has stored was made from.

        Where somebody else was making one meanwhile, either may have been stored last, so neither counts.
        """
        field = f"report_keys.{kind}"
        result = self._documents.update_one({"_id": session_id, field: maker}, {"$set": {field: key}})
        if not result.matched_count:
            self._documents.update_one({"_id": session_id}, {"$set": {field: ""}})

    @unavailable_on_failure
    def recent(self, session_id: str, within_s: float = RECENT_S) -> Session | None:
        """Return the session as it was at most so long ago: for callers that come all the time.

        What this worker changes of a session's state is seen at once.
        """
        known = self._recent.get(session_id)
        if known is not None and monotonic() - known[0] < within_s:
            return known[1]
        session = documents.or_none(self._collection.find_one({"_id": session_id}))
        if session is not None:
            self._remember(session)
        return session

    def _remember(self, session: Session) -> None:
        if len(self._recent) >= MAX_RECENT:
            self._recent.clear()
        self._recent[session.id] = (monotonic(), session)

    def incarnation(self) -> object:
        """Return a value that changes when the database server is restarted, or another takes over."""
        return incarnation(self._database)

    @unavailable_on_failure
    def ids_taking_events(self, ended_after: datetime | None) -> list[SessionId]:
        """Return the ids of all sessions that are not over, or, with ``ended_after``, have been only since then."""
        query: Document = {"status": {"$in": sorted(LIVE_STATUSES)}}
        if ended_after is not None:
            query = {"$or": [query, {"ended_at": {"$gt": ended_after}}]}
        return [SessionId(document["_id"]) for document in self._documents.find(query, {"_id": True})]

    @unavailable_on_failure
    def flagged_ids(self, exam_codes: Collection[str] | None) -> list[SessionId]:
        """Return the ids of the live sessions of these exams, of all for None, that have open flags."""
        query = _query(SessionFilter(statuses=LIVE_STATUSES, exam_codes=exam_codes)) | {"flags.open_count": {"$gt": 0}}
        return [SessionId(document["_id"]) for document in self._documents.find(query, {"_id": True})]

    @unavailable_on_failure
    def page(self, wanted: SessionFilter, limit: int, cursor: str | None = None) -> tuple[list[Session], str | None]:
        """Return up to ``limit`` sessions, newest first, and the cursor of the next page or None.

        Raises ``InvalidInput`` for a cursor that this function did not make.
        """
        query = _query(wanted) | paging.after(cursor, AGE_ORDER, DESCENDING)
        found = self._documents.find(query).sort([(field, DESCENDING) for field in AGE_ORDER]).limit(limit + 1)
        page, next_cursor = paging.cut(list(found), limit, AGE_ORDER)
        return [documents.from_document(document) for document in page], next_cursor

    @unavailable_on_failure
    def out_of_time(self, now: datetime, limit: int = 100) -> list[Session]:
        """Return sessions whose clock has run down and that are still in progress."""
        return self._all({"status": Status.IN_PROGRESS, "deadline": {"$lte": now}}, limit)

    @unavailable_on_failure
    def never_begun(self, before: datetime, limit: int = 100) -> list[Session]:
        """Return sessions made before ``before`` that nobody began to sit."""
        statuses = [Status.CREATED, Status.JOINED]
        return self._all({"status": {"$in": statuses}, "created_at": {"$lte": before}}, limit)

    @unavailable_on_failure
    def past_retention(self, now: datetime, default_days: int, limit: int) -> list[Session]:
        """Return sessions that have been over for longer than their exam keeps them, or than ``default_days``."""
        periods = self._documents.distinct("policy.retention_days", {"ended_at": {"$type": "date"}})
        due: list[Session] = []
        for days in {*periods, None}:
            before = now - timedelta(days=days or default_days)
            query = {"ended_at": {"$lte": before}, "policy.retention_days": days}
            found = self._documents.find(query).sort("ended_at").limit(limit - len(due))
            due += [documents.from_document(document) for document in found] if len(due) < limit else []
        return due

    @unavailable_on_failure
    def of_candidate(self, candidate_identifier: str) -> list[Session]:
        """Return every session of this candidate, the oldest first."""
        found = self._documents.find({"candidate_identifier": candidate_identifier}).sort("created_at")
        return [documents.from_document(document) for document in found]

    @unavailable_on_failure
    def delete(self, session_id: SessionId) -> None:
        """Delete the session; one that is not there does not matter."""
        self._recent.pop(session_id, None)
        self._documents.delete_one({"_id": session_id})

    @unavailable_on_failure
    def silent(self, since: datetime, limit: int = 100) -> list[Session]:
        """Return sessions that count as online and were last heard before ``since``."""
        return self._all({"presence.connection_id": {"$type": "string"}, "presence.seen_at": {"$lte": since}}, limit)

    @unavailable_on_failure
    def left(self, before: datetime, limit: int = 100) -> list[Session]:
        """Return sessions whose page hung up before ``before``, and that count as online still."""
        return self._all({"presence.leaving_at": {"$type": "date", "$lte": before}}, limit)

    def _all(self, query: Document, limit: int) -> list[Session]:
        return [documents.from_document(document) for document in self._documents.find(query).limit(limit)]


def _query(wanted: SessionFilter) -> Document:
    query: Document = {}
    if wanted.statuses is not None:
        query["status"] = {"$in": sorted(wanted.statuses)}
    if wanted.text:
        query["candidate_identifier"] = {"$regex": re.escape(wanted.text), "$options": "i"}
    if wanted.exam_codes is not None:
        query["exam_code"] = {"$in": sorted(wanted.exam_codes)}
    if wanted.exam_code is not None:
        query["$and"] = [{"exam_code": wanted.exam_code}]
    return query
