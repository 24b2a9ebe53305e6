"""The exams that candidates sit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from proctor.records import Exam, ExamId
from proctor.store import policies
from proctor.store.client import Database, Document, Documents, unavailable_on_failure


class Exams(Documents):
    """Exams by id and by code; codes are unique."""

    name = "exams"

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._remembered: dict[str, Exam] = {}

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Codes are unique."""
        self._documents.create_index("code", unique=True)

    @unavailable_on_failure
    def put(self, exam: Exam) -> None:
        """Store ``exam`` under its code: a new one is added, an existing one keeps its id and takes the rest."""
        document = _to_document(exam)
        kept = {key: document.pop(key) for key in ("_id", "created_at")}
        self._documents.update_one({"code": exam.code}, {"$set": document, "$setOnInsert": kept}, upsert=True)

    @unavailable_on_failure
    def add_if_new(self, exam: Exam) -> bool:
        """Store ``exam`` unless its code is taken; return whether it was stored."""
        result = self._documents.update_one({"code": exam.code}, {"$setOnInsert": _to_document(exam)}, upsert=True)
        return result.upserted_id is not None

    @unavailable_on_failure
    def set_archived(self, code: str, when: datetime | None) -> bool:
        """Archive an exam, or take it back (None); return whether there is such an exam."""
        result = self._documents.update_one({"code": code}, {"$set": {"archived_at": when}})
        return result.matched_count == 1

    @unavailable_on_failure
    def get(self, exam_id: ExamId) -> Exam | None:
        """Return the exam of this id, or None."""
        return _from_document(self._documents.find_one({"_id": exam_id}))

    @unavailable_on_failure
    def get_by_code(self, code: str) -> Exam | None:
        """Return the exam of this code, or None."""
        return _from_document(self._documents.find_one({"code": code}))

    @unavailable_on_failure
    def all(self, codes: Iterable[str] | None = None) -> list[Exam]:
        """Return the exams in order of their codes: those of ``codes``, or every one for None."""
        query: Document = {} if codes is None else {"code": {"$in": sorted(codes)}}
        return [exam for document in self._documents.find(query).sort("code") if (exam := _from_document(document))]

    def remember(self) -> None:
        """Read all exams, so that they are known while the database is away."""
        self._remembered = {exam.code: exam for exam in self.all()}

    def remembered(self, code: str) -> Exam | None:
        """Return the exam of this code as it was when exams were last read, or None. Asks nobody."""
        return self._remembered.get(code)


def _to_document(exam: Exam) -> Document:
    return {
        "_id": exam.id,
        "code": exam.code,
        "title": exam.title,
        "duration_minutes": exam.duration_minutes,
        "screen_required": exam.screen_required,
        "join_by_hand": exam.join_by_hand,
        "created_at": exam.created_at,
        "weights": None if exam.weights is None else dict(exam.weights),
        "rules": dict(exam.rules),
        "policy": policies.to_document(exam.policy),
        "origins": list(exam.origins),
        "consent_addition": exam.consent_addition,
        "archived_at": exam.archived_at,
    }


def _from_document(document: Document | None) -> Exam | None:
    if document is None:
        return None
    return Exam(
        id=ExamId(document["_id"]),
        code=document["code"],
        title=document["title"],
        duration_minutes=document["duration_minutes"],
        screen_required=document["screen_required"],
        join_by_hand=document["join_by_hand"],
        created_at=document["created_at"],
        weights=document.get("weights"),
        rules=document.get("rules", {}),
        policy=policies.from_document(document.get("policy")),
        origins=tuple(document.get("origins", ())),
        consent_addition=document.get("consent_addition", ""),
        archived_at=document.get("archived_at"),
    )
