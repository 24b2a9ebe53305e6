"""What is made easier for candidates who have not come yet."""

from __future__ import annotations

from dataclasses import asdict

from pymongo import ASCENDING

from proctor.records import Accommodation
from proctor.store.client import Document, Documents, unavailable_on_failure


class Accommodations(Documents):
    """Accommodations by exam and candidate, one for each pair."""

    name = "accommodations"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """One for each candidate of an exam, and those of a candidate together."""
        pair = [("exam_code", ASCENDING), ("candidate_identifier", ASCENDING)]
        self._documents.create_index(pair, unique=True)
        self._documents.create_index("candidate_identifier")

    @unavailable_on_failure
    def put(self, accommodation: Accommodation) -> None:
        """Store it instead of what held for this candidate before."""
        document = asdict(accommodation) | {"rules": dict(accommodation.rules)}
        self._documents.replace_one(
            _pair(accommodation.exam_code, accommodation.candidate_identifier), document, upsert=True
        )

    @unavailable_on_failure
    def get(self, exam_code: str, candidate_identifier: str) -> Accommodation | None:
        """Return what holds for this candidate of this exam, or None."""
        found = self._documents.find_one(_pair(exam_code, candidate_identifier))
        return None if found is None else _from_document(found)

    @unavailable_on_failure
    def all(self, exam_code: str | None = None) -> list[Accommodation]:
        """Return those of an exam, or every one for None, in order of exam and candidate."""
        query: Document = {} if exam_code is None else {"exam_code": exam_code}
        found = self._documents.find(query).sort([("exam_code", 1), ("candidate_identifier", 1)])
        return [_from_document(document) for document in found]

    @unavailable_on_failure
    def of_candidate(self, candidate_identifier: str) -> list[Accommodation]:
        """Return those of a candidate, whatever the exam."""
        return [_from_document(found) for found in self._documents.find({"candidate_identifier": candidate_identifier})]

    @unavailable_on_failure
    def remove(self, exam_code: str, candidate_identifier: str) -> bool:
        """Take it back for sessions to come; return whether there was one."""
        return self._documents.delete_one(_pair(exam_code, candidate_identifier)).deleted_count == 1

    @unavailable_on_failure
    def forget_candidate(self, candidate_identifier: str) -> int:
        """Delete everything about this candidate; return how many there were."""
        return self._documents.delete_many({"candidate_identifier": candidate_identifier}).deleted_count


def _pair(exam_code: str, candidate_identifier: str) -> Document:
    return {"exam_code": exam_code, "candidate_identifier": candidate_identifier}


def _from_document(document: Document) -> Accommodation:
    return Accommodation(**{key: value for key, value in document.items() if key != "_id"})
