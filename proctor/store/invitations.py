"""Invitations that wait to be used. MongoDB itself removes those past their end."""

from __future__ import annotations

from datetime import datetime

from proctor.records import Invitation, ProctorId
from proctor.store.client import Document, Documents, unavailable_on_failure


class Invitations(Documents):
    """Invitations by the hash of their token; each proctor has one at most."""

    name = "invitations"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Expired invitations go by themselves; one for each proctor."""
        self._documents.create_index("expires_at", expireAfterSeconds=0)
        self._documents.create_index("proctor_id", unique=True)

    @unavailable_on_failure
    def replace(self, invitation: Invitation) -> None:
        """Store ``invitation`` instead of the one that its proctor had: that one's link leads nowhere now."""
        self._documents.delete_many({"proctor_id": invitation.proctor_id})
        self._documents.insert_one(
            {
                "_id": invitation.id,
                "proctor_id": invitation.proctor_id,
                "made_at": invitation.made_at,
                "expires_at": invitation.expires_at,
            }
        )

    @unavailable_on_failure
    def get(self, invitation_id: str, now: datetime) -> Invitation | None:
        """Return the invitation of this id, or None where it was used, replaced or is past its end."""
        found = self._documents.find_one({"_id": invitation_id, "expires_at": {"$gt": now}})
        return None if found is None else _from_document(found)

    @unavailable_on_failure
    def take(self, invitation_id: str, now: datetime) -> Invitation | None:
        """Return the invitation and delete it, in one step: whoever comes second gets None."""
        found = self._documents.find_one_and_delete({"_id": invitation_id, "expires_at": {"$gt": now}})
        return None if found is None else _from_document(found)

    @unavailable_on_failure
    def all(self, now: datetime) -> dict[ProctorId, Invitation]:
        """Return those that wait, by their proctor."""
        waiting = map(_from_document, self._documents.find({"expires_at": {"$gt": now}}))
        return {invitation.proctor_id: invitation for invitation in waiting}

    @unavailable_on_failure
    def drop(self, proctor_id: ProctorId) -> None:
        """Make the link of this proctor's invitation lead nowhere."""
        self._documents.delete_many({"proctor_id": proctor_id})


def _from_document(document: Document) -> Invitation:
    return Invitation(
        id=document["_id"],
        proctor_id=ProctorId(document["proctor_id"]),
        made_at=document["made_at"],
        expires_at=document["expires_at"],
    )
