"""The words that candidates agreed to, each wording once. They are kept as long as anything may name them."""

from __future__ import annotations

from proctor.records import Consent
from proctor.store.client import Documents, unavailable_on_failure


class Consents(Documents):
    """Consent texts by the hash of their words."""

    name = "consents"

    @unavailable_on_failure
    def ensure_indexes(self) -> None:
        """Serve look-ups by version."""
        self._documents.create_index("version")

    @unavailable_on_failure
    def get_by_version(self, version: str) -> Consent | None:
        """Return the text of this version, or None."""
        found = self._documents.find_one({"version": version})
        return None if found is None else Consent(id=found.pop("_id"), **found)

    @unavailable_on_failure
    def add(self, consent: Consent) -> None:
        """Keep the text; one that is there already stays as it is."""
        fields = {"version": consent.version, "text": consent.text, "language": consent.language}
        document = fields | {"first_shown_at": consent.first_shown_at}
        self._documents.update_one({"_id": consent.id}, {"$setOnInsert": document}, upsert=True)

    @unavailable_on_failure
    def get(self, consent_id: str) -> Consent | None:
        """Return the text of this hash, or None."""
        found = self._documents.find_one({"_id": consent_id})
        return None if found is None else Consent(id=found.pop("_id"), **found)
