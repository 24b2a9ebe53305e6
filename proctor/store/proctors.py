"""The people who watch exams."""

from __future__ import annotations

from collections.abc import Collection

from proctor.records import Proctor, ProctorId, ProctorRole
from proctor.store.client import Document, Documents, unavailable_on_failure


class Proctors(Documents):
    """Proctors by id and by address; addresses are unique and kept in lower case."""

    name = "proctors"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Addresses are unique."""
        self._documents.create_index("email", unique=True)

    @unavailable_on_failure
    def add_if_new(self, proctor: Proctor) -> bool:
        """Store ``proctor`` unless the address is taken; return whether it was stored."""
        document = _to_document(proctor)
        result = self._documents.update_one({"email": proctor.email}, {"$setOnInsert": document}, upsert=True)
        return result.upserted_id is not None

    @unavailable_on_failure
    def get(self, proctor_id: ProctorId) -> Proctor | None:
        """Return the proctor of this id, or None."""
        return _from_document(self._documents.find_one({"_id": proctor_id}))

    @unavailable_on_failure
    def get_by_email(self, email: str) -> Proctor | None:
        """Return the proctor of this address (in lower case), or None."""
        return _from_document(self._documents.find_one({"email": email}))

    @unavailable_on_failure
    def all(self) -> list[Proctor]:
        """Return everyone, in order of their addresses."""
        found = map(_from_document, self._documents.find().sort("email"))
        return [proctor for proctor in found if proctor is not None]

    @unavailable_on_failure
    def set_password_hash(self, proctor_id: ProctorId, password_hash: str) -> None:
        """Replace the stored hash, as after a change of its parameters."""
        self._documents.update_one({"_id": proctor_id}, {"$set": {"password_hash": password_hash}})

    @unavailable_on_failure
    def set_disabled(self, proctor_id: ProctorId, disabled: bool) -> None:
        """Disable the account, or enable it again."""
        self._documents.update_one({"_id": proctor_id}, {"$set": {"disabled": disabled}})

    @unavailable_on_failure
    def set_role(self, proctor_id: ProctorId, role: ProctorRole) -> None:
        """Give the proctor another role."""
        self._documents.update_one({"_id": proctor_id}, {"$set": {"role": role}})

    @unavailable_on_failure
    def set_exam_codes(self, proctor_id: ProctorId, exam_codes: Collection[str] | None) -> None:
        """Let the proctor see these exams and no others; None means every exam."""
        codes = None if exam_codes is None else sorted(exam_codes)
        self._documents.update_one({"_id": proctor_id}, {"$set": {"exam_codes": codes}})

    @unavailable_on_failure
    def other_admins(self, proctor_id: ProctorId) -> int:
        """Return how many enabled administrators with a password there are beside this one."""
        # Accounts older than roles are administrators.
        admin = {"$or": [{"role": ProctorRole.ADMIN}, {"role": {"$exists": False}}]}
        query = {"_id": {"$ne": proctor_id}, "disabled": False, "password_hash": {"$ne": ""}} | admin
        return self._documents.count_documents(query)


def _to_document(proctor: Proctor) -> Document:
    return {
        "_id": proctor.id,
        "email": proctor.email,
        "password_hash": proctor.password_hash,
        "exam_codes": None if proctor.exam_codes is None else sorted(proctor.exam_codes),
        "disabled": proctor.disabled,
        "created_at": proctor.created_at,
        "role": proctor.role,
    }


def _from_document(document: Document | None) -> Proctor | None:
    if document is None:
        return None
    codes = document["exam_codes"]
    return Proctor(
        id=ProctorId(document["_id"]),
        email=document["email"],
        password_hash=document["password_hash"],
        exam_codes=None if codes is None else frozenset(codes),
        disabled=document["disabled"],
        created_at=document["created_at"],
        # Accounts older than roles could do everything.
        role=ProctorRole(document.get("role", ProctorRole.ADMIN)),
    )
