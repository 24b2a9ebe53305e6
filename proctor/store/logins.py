"""Who is signed in. A login is revoked by deleting it, wherever its cookie or token may still be."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from proctor.records import Login, LoginId, ProctorId
from proctor.store.client import Document, Documents, unavailable_on_failure


class Logins(Documents):
    """Logins by id; MongoDB itself removes those past their end."""

    name = "logins"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Expired logins go by themselves; one proctor's logins are found together."""
        self._documents.create_index("expires_at", expireAfterSeconds=0)
        self._documents.create_index("proctor_id")

    @unavailable_on_failure
    def add(self, login: Login) -> None:
        """Store a new login."""
        self._documents.insert_one(
            {
                "_id": login.id,
                "proctor_id": login.proctor_id,
                "created_at": login.created_at,
                "seen_at": login.seen_at,
                "expires_at": login.expires_at,
            }
        )

    @unavailable_on_failure
    def get(self, login_id: LoginId) -> Login | None:
        """Return the login of this id, or None once it was revoked or removed."""
        document = self._documents.find_one({"_id": login_id})
        return _from_document(document) if document else None

    @unavailable_on_failure
    def touch(self, login_id: LoginId, now: datetime) -> None:
        """Note a sign of life."""
        self._documents.update_one({"_id": login_id}, {"$max": {"seen_at": now}})

    @unavailable_on_failure
    def revoke(self, login_id: LoginId) -> None:
        """Sign this one out; doing it again changes nothing."""
        self._documents.delete_one({"_id": login_id})

    @unavailable_on_failure
    def revoke_all(self, proctor_id: ProctorId) -> None:
        """Sign this proctor out everywhere."""
        self._documents.delete_many({"proctor_id": proctor_id})

    @unavailable_on_failure
    def revoke_others(self, login: Login) -> None:
        """Sign the proctor of this login out everywhere else."""
        self._documents.delete_many({"proctor_id": login.proctor_id, "_id": {"$ne": login.id}})

    @unavailable_on_failure
    def of_proctor(self, proctor_id: ProctorId) -> list[Login]:
        """Return the logins of a proctor, those seen last first."""
        return [_from_document(found) for found in self._documents.find({"proctor_id": proctor_id}).sort("seen_at", -1)]

    @unavailable_on_failure
    def existing(self, login_ids: Collection[LoginId]) -> dict[LoginId, Login]:
        """Return those of ``login_ids`` that were not revoked."""
        found = self._documents.find({"_id": {"$in": list(login_ids)}})
        return {login.id: login for login in map(_from_document, found)}


def _from_document(document: Document) -> Login:
    return Login(
        id=LoginId(document["_id"]),
        proctor_id=ProctorId(document["proctor_id"]),
        created_at=document["created_at"],
        seen_at=document["seen_at"],
        expires_at=document["expires_at"],
    )
