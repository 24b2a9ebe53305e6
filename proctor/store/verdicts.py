"""Verdicts, and the queue of what waits for one: a part of each session's document, with indexes of its own."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from pymongo import ASCENDING, ReturnDocument

from proctor.records import Decision, ProctorId, Review, Session, SessionId, Verdict
from proctor.store import paging
from proctor.store import session_documents as documents
from proctor.store.client import Document, Documents, unavailable_on_failure

QUEUE_ORDER = "review.place"
NEEDS_NONE = ""
"""The place of sessions in which there is nothing to review."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which ended sessions a queue shows; None and empty mean no restriction.

    ``exam_codes`` is what the caller may see, ``not_asked_by`` leaves out what this person asked a second review of,
    ``asked_by`` keeps only that, ``by`` what this person decided last.
    """

    verdicts: Collection[Verdict] | None = None
    exam_code: str | None = None
    text: str = ""
    exam_codes: Collection[str] | None = None
    not_asked_by: ProctorId | None = None
    asked_by: ProctorId | None = None
    by: ProctorId | None = None


class Verdicts(Documents):
    """The reviews of sessions. The documents are those of ``Sessions``, of which this writes ``review`` alone."""

    name = "sessions"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Serve the queue in its order, of all exams, of some or of one reviewer, and what is to be ranked."""
        order = [(field, ASCENDING) for field in ("review.verdict", QUEUE_ORDER)]
        # The queues ask for exactly this, so that sessions are counted in the index and not read.
        ranked = {QUEUE_ORDER: {"$gt": NEEDS_NONE}}
        for name, first in (
            ("all", []),
            ("exam", ["exam_code"]),
            ("by", ["review.by"]),
            ("asked", ["review.asked_by"]),
        ):
            keys = [*((field, ASCENDING) for field in first), *order]
            self._documents.create_index(keys, name=f"queue_{name}", partialFilterExpression=ranked)
        over = {"ended_at": {"$type": "date"}}
        self._documents.create_index("review.is_ranked", partialFilterExpression=over)

    @unavailable_on_failure
    def add(self, session_id: SessionId, changed: Review, decision: Decision) -> Session | None:
        """Write ``decision``, which makes the review ``changed``, on top of those that it was made after.

        Returns the session as stored, or None where somebody else has decided meanwhile.
        """
        seq = len(changed.history) - 1
        first = {"$in": [None, 0]}
        fields = {"verdict": changed.verdict, "asked_by": changed.asked_by, "by": decision.by_id, "seq": seq + 1}
        return documents.or_none(
            self._documents.find_one_and_update(
                {"_id": session_id, "review.seq": seq or first, "ended_at": {"$type": "date"}},
                {
                    "$set": {f"review.{name}": value for name, value in fields.items()} | {"review.is_ranked": False},
                    "$push": {"review.history": asdict(decision)},
                },
                return_document=ReturnDocument.AFTER,
            )
        )

    @unavailable_on_failure
    def unranked(self, limit: int) -> list[Session]:
        """Return sessions that are over and whose place is unknown or out of date."""
        query = {"ended_at": {"$type": "date"}, "review.is_ranked": {"$in": [None, False]}}
        return [documents.from_document(document) for document in self._documents.find(query).limit(limit)]

    @unavailable_on_failure
    def rank(self, session: Session, place: str) -> None:
        """Write the place of ``session``, unless it has changed since it was read."""
        seen = {
            "_id": session.id,
            "counts": dict(session.counts),
            "weights": dict(session.weights),
            "flags.seq": session.flags.seq or {"$in": [None, 0]},
            "review.seq": len(session.review.history) or {"$in": [None, 0]},
        }
        known = {"verdict": session.review.verdict, "place": place, "is_ranked": True}
        if not session.review.history:
            # Sessions that are older than reviews have nothing of one yet.
            known |= {"seq": 0, "history": [], "asked_by": None, "by": None}
        self._documents.update_one(seen, {"$set": {f"review.{name}": value for name, value in known.items()}})

    @unavailable_on_failure
    def page(self, wanted: QueueFilter, limit: int, cursor: str | None = None) -> tuple[list[Session], str | None]:
        """Return up to ``limit`` sessions, those first that most need a look, and the next page's cursor or None.

        Raises ``InvalidInput`` for a cursor that this function did not make.
        """
        found = self._documents.find(_query(wanted, cursor)).sort(QUEUE_ORDER).limit(limit + 1)
        sessions = [documents.from_document(document) for document in found]
        return sessions[:limit], cursor_after(sessions[limit - 1]) if len(sessions) > limit else None

    def explain(self, wanted: QueueFilter, limit: int, cursor: str | None = None) -> dict[str, Any]:
        """Return how the database finds a page: for whoever wonders why it is slow, and for tests."""
        find = {
            "find": self.name,
            "filter": _query(wanted, cursor),
            "sort": {QUEUE_ORDER: ASCENDING},
            "limit": limit,
        }
        explained: dict[str, Any] = self._documents.database.command("explain", find, verbosity="executionStats")
        return explained

    @unavailable_on_failure
    def count(self, wanted: QueueFilter) -> int:
        """Return how many sessions a queue shows."""
        return self._documents.count_documents(_query(wanted))


def cursor_after(session: Session) -> str:
    """Return the cursor of what follows ``session`` in the queue."""
    return paging.encode([session.review.place or NEEDS_NONE])


def _query(wanted: QueueFilter, cursor: str | None = None) -> Document:
    after = NEEDS_NONE if cursor is None else paging.decode_texts(cursor, 1)[0]
    verdicts = Verdict if wanted.verdicts is None else wanted.verdicts
    query: dict[str, Any] = {
        "review.verdict": {"$in": sorted(verdicts)},
        "review.place": {"$gt": after},
    }
    if wanted.text:
        query["candidate_identifier"] = {"$regex": re.escape(wanted.text), "$options": "i"}
    if wanted.exam_codes is not None:
        query["exam_code"] = {"$in": sorted(wanted.exam_codes)}
    if wanted.exam_code is not None:
        query["$and"] = [{"exam_code": wanted.exam_code}]
    if wanted.not_asked_by is not None:
        query["review.asked_by"] = {"$ne": wanted.not_asked_by}
    if wanted.asked_by is not None:
        query["review.asked_by"] = wanted.asked_by
    if wanted.by is not None:
        query["review.by"] = wanted.by
    return query
