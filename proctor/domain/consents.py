"""The words that candidates agree to: each wording is kept once, under its hash, and named by a version."""

from __future__ import annotations

import hashlib
from datetime import datetime

from proctor.errors import NotFound
from proctor.records import Consent
from proctor.store import Store

HASH_CHARS = 12


def show(base_version: str, text: str, language: str, *, store: Store, now: datetime) -> Consent:
    """Keep the words that a candidate is shown, and return them with their version.

    The version names the wording: ``base_version`` is ours, the rest follows from the words themselves, which differ by
    exam, language and settings.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    consent = Consent(digest, f"{base_version}.{digest[:HASH_CHARS]}", text, language, now)
    store.consents.add(consent)
    return consent


def get(consent_id: str, *, store: Store) -> Consent:
    """Return the words of this hash; raise ``NotFound`` where nobody was shown such."""
    found = store.consents.get(consent_id)
    if found is None:
        raise NotFound("There is no such text.")
    return found
