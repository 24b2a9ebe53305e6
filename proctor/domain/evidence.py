"""Pictures and clips that are kept with a session: named by us, kept once however often they are sent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from proctor.records import Evidence, EvidenceId, Session
from proctor.storage import Bucket, Storage
from proctor.store import Store


def new_id(session: Session, sent_id: str) -> EvidenceId:
    """Return the id of what a sender calls ``sent_id``: nobody can name another session's evidence."""
    return EvidenceId(hashlib.sha256(f"{session.id}:{sent_id}".encode()).hexdigest()[:24])


def file_name(session: Session, evidence_id: EvidenceId, ending: str) -> str:
    """Return the name of the file of this evidence; ``ending`` is that of the kind its content shows."""
    return f"{session.id}.{evidence_id}.{ending}"


def keep(wanted: Evidence, chunks: Iterable[bytes], *, max_bytes: int, store: Store, storage: Storage) -> Evidence:
    """Store ``chunks`` as the file of ``wanted`` and return it with its size and hash; a repeat returns the first.

    Callers have told the kind of the file by its content. Raises ``TooLarge`` and what the storage raises.
    """
    known = store.evidence.get(wanted.session_id, wanted.id)
    if known is not None:
        return known
    saved = storage.save(Bucket.EVIDENCE, wanted.name, iter(chunks), max_bytes=max_bytes)
    kept = replace(wanted, size=saved.size, sha256=saved.sha256, pending=saved.pending)
    store.evidence.add(kept)
    return kept
