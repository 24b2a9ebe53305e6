"""What the law gives to candidates: to see what is held about them, and to have it deleted, with a receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from proctor.audit_tags import AuditEntry, AuditTag
from proctor.domain import audit, retention
from proctor.domain.exam_clock import iso
from proctor.errors import Conflict, InvalidInput, NotFound
from proctor.records import Session
from proctor.storage import Storage
from proctor.store import Store

RECEIPTS = frozenset({AuditTag.SESSION_DELETED, AuditTag.CANDIDATE_DELETED})


def sessions_of(candidate_identifier: str, *, store: Store) -> list[Session]:
    """Return every session of this candidate, the oldest first. The name must be the same to the letter."""
    return store.sessions.of_candidate(candidate_identifier.strip())


def check_confirmation(typed: str, candidate_identifier: str) -> None:
    """Raise ``InvalidInput`` unless somebody has typed the candidate's name: deleting cannot be taken back."""
    if typed.strip() != candidate_identifier:
        raise InvalidInput("Nothing was deleted.", errors={"confirmation": ["Type the name exactly as above."]})


def delete_session(session: Session, by: audit.By, *, store: Store, storage: Storage, now: datetime) -> AuditEntry:
    """Delete a session that is over, whatever its time to be kept; return the receipt. Raises ``Conflict``."""
    _must_be_over([session])
    return retention.delete(session, by, store=store, storage=storage, now=now)


def delete_candidate(
    candidate_identifier: str, by: audit.By, *, store: Store, storage: Storage, now: datetime
) -> AuditEntry:
    """Delete every session of a candidate and what was granted to them; return the receipt.

    The receipt names the candidate by the hash of the name, so that it holds nothing about them and can still be shown
    to belong to them. Raises ``NotFound`` where nothing is held, ``Conflict`` while one of the sessions goes on.
    """
    name = candidate_identifier.strip()
    found = sessions_of(name, store=store)
    if not found and not store.accommodations.of_candidate(name):
        raise NotFound("Nothing is held about a candidate of this name.")
    _must_be_over(found)
    receipts = [retention.delete(one, by, store=store, storage=storage, now=now) for one in found]
    granted = store.accommodations.forget_candidate(name)
    details = {
        "candidate_sha256": name_hash(name),
        "accommodations": granted,
        "sessions": [receipt.session_id for receipt in receipts],
        "receipts": [receipt.id for receipt in receipts],
    }
    about = audit.About(details=details)
    return audit.record(AuditTag.CANDIDATE_DELETED, by, about, store=store, now=now)


def receipt(entry_id: str, *, store: Store) -> dict[str, Any]:
    """Return a receipt as whoever asked for the deletion gets it. Raises ``NotFound``."""
    entry = store.audit.get(entry_id)
    if entry is None or entry.tag not in RECEIPTS:
        raise NotFound("There is no such receipt.")
    told: dict[str, Any] = {"receipt": entry.id, "deleted_at": iso(entry.at), "deleted_by": entry.by}
    if entry.tag is AuditTag.SESSION_DELETED:
        return told | {"session": entry.session_id, "exam_code": entry.exam_code} | dict(entry.details)
    parts = [receipt(part, store=store) for part in entry.details["receipts"]]
    rest = {key: value for key, value in entry.details.items() if key != "receipts"}
    return told | rest | {"sessions": parts}


def name_hash(candidate_identifier: str) -> str:
    """Return the SHA-256 of a candidate's name, as receipts give it."""
    return hashlib.sha256(candidate_identifier.encode()).hexdigest()


def audit_lines(found: Sequence[Session], *, store: Store) -> Iterable[AuditEntry]:
    """Give the entries of the audit log about these sessions, oldest first."""
    return store.audit.of_sessions([session.id for session in found])


def _must_be_over(found: Sequence[Session]) -> None:
    if any(session.is_live for session in found):
        raise Conflict("A session that is going on is not deleted. End it first.")
