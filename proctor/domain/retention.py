"""Keeping what the consent text promises: after its time, nothing about a session is left."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from proctor.audit_tags import AuditEntry, AuditTag
from proctor.domain import audit
from proctor.domain.exam_clock import iso
from proctor.domain.media_types import VideoKind
from proctor.domain.recordings import file_name
from proctor.records import FootageKind, Session, SessionId
from proctor.storage import Bucket, Storage
from proctor.storage.errors import StorageError
from proctor.store import Store
from proctor.store.audit import AuditFilter

log = logging.getLogger(__name__)
AT_A_TIME = 100
LATE = timedelta(hours=1)
"""Whatever was under way when a session was deleted is over after so long."""
REPORT_KINDS = ("html", "csv", "pdf")
RECEIPTS = uuid.UUID("4c3f8f0e-6d0c-4e58-9a39-1f3a64f0b1d7")
RETENTION = audit.By("retention", "system")
"""Who deletes what its time is over for, as the audit log names them."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a session; ``sha256`` None where nobody noted its hash when it was made."""

    bucket: Bucket
    name: str
    size: int | None = None
    sha256: str | None = None


def keep(
    *, store: Store, storage: Storage, clock: Callable[[], datetime], retention_days: int, audit_days: int
) -> None:
    """Delete everything whose time is over, sessions and entries of the audit log, as the server does each hour."""
    purge_audit(store=store, now=clock(), audit_days=audit_days)
    try:
        while purge(store=store, storage=storage, now=clock(), retention_days=retention_days):
            pass
    finally:
        purge_late(store=store, storage=storage, now=clock())


def purge(*, store: Store, storage: Storage, now: datetime, retention_days: int) -> int:
    """Delete up to ``AT_A_TIME`` sessions that are past what their exam keeps, or ``retention_days``; return how many.

    Of each a receipt stays in the audit log. A session whose files cannot be deleted now holds up no other: its error
    is raised where no session could be deleted.
    """
    deleted, failure = 0, None
    for session in store.sessions.past_retention(now, retention_days, AT_A_TIME):
        try:
            delete(session, RETENTION, store=store, storage=storage, now=now)
        except StorageError as error:
            failure = error
        else:
            deleted += 1
    if failure and not deleted:
        raise failure
    return deleted


def purge_late(*, store: Store, storage: Storage, now: datetime) -> None:
    """Delete once more what was deleted an hour or two ago: an upload, say, may have ended in the middle of it."""
    lately = AuditFilter(tag=AuditTag.SESSION_DELETED, since=now - LATE - LATE - LATE, until=now - LATE)
    cursor: str | None = None
    while True:
        receipts, cursor = store.audit.page(lately, AT_A_TIME, cursor)
        for receipt in receipts:
            if receipt.session_id is not None:
                _try_to_forget(receipt.session_id, store=store, storage=storage)
        if cursor is None:
            return


def _try_to_forget(session_id: SessionId, *, store: Store, storage: Storage) -> None:
    try:
        forget_late(session_id, store=store, storage=storage)
    except StorageError as error:
        log.warning("what came late of the deleted session %.8s… stays for now: %s", session_id, error.detail)


def forget_late(session_id: SessionId, *, store: Store, storage: Storage) -> None:
    """Delete what names a session whose receipt is written, whether there is anything or not."""
    videos = [f"{session_id}.{kind}" for kind in VideoKind]
    for file in (*(StoredFile(Bucket.VIDEOS, name) for name in videos), *_named_after(session_id, store=store)):
        storage.delete(file.bucket, file.name)
    for collection in store.kept_by_session.values():
        collection.forget_session(session_id)
    store.sessions.delete(session_id)


def _named_after(session_id: SessionId, *, store: Store) -> Iterator[StoredFile]:
    """Give the files of a session that can be found without it."""
    for kind in FootageKind:
        yield StoredFile(Bucket.VIDEOS, file_name(session_id, kind))
        yield from (StoredFile(Bucket.CHUNKS, chunk.name) for chunk in store.chunks.of_kind(session_id, kind))
    yield from (StoredFile(Bucket.EVIDENCE, kept.name) for kept in store.evidence.of_session(session_id))
    yield from (StoredFile(Bucket.REPORTS, f"report_{session_id}.{kind}") for kind in REPORT_KINDS)


def purge_audit(*, store: Store, now: datetime, audit_days: int) -> int:
    """Delete entries of the audit log that are older than ``audit_days``; return how many."""
    return store.audit.forget_before(now - timedelta(days=audit_days))


def delete(session: Session, by: audit.By, *, store: Store, storage: Storage, now: datetime) -> AuditEntry:
    """Delete a session and everything about it; return the receipt, which is an entry of the audit log.

    The receipt is written first, and once whoever else deletes the same session.
    """
    files = list(files_of(session, store=store))
    about = audit.About(session.id, session.exam_code, details=_receipt(session, files, store=store))
    receipt_id = uuid.uuid5(RECEIPTS, session.id).hex
    receipt = audit.record(AuditTag.SESSION_DELETED, by, about, entry_id=receipt_id, store=store, now=now)
    forget(session, store=store, storage=storage)
    return receipt


def forget(session: Session, *, store: Store, storage: Storage) -> None:
    """Delete a session with its files and everything that belongs to it.

    Files go before documents and the session itself last, so that what broke off is finished by the next one.
    """
    for file in files_of(session, store=store):
        storage.delete(file.bucket, file.name)
    for collection in store.kept_by_session.values():
        collection.forget_session(session.id)
    for kind in FootageKind:
        # A worker may have stored one since. From here on none can note that it did, and deletes it itself.
        storage.delete(Bucket.VIDEOS, file_name(session.id, kind))
    store.sessions.delete(session.id)


def files_of(session: Session, *, store: Store) -> Iterator[StoredFile]:
    """Give every file that is kept with a session, whether it is there or may only be there."""
    if session.video is not None:
        yield StoredFile(Bucket.VIDEOS, session.video.name, session.video.size, session.video.sha256)
    for footage in store.recordings.of_session(session.id):
        for chunk in [] if footage.is_cleared else store.chunks.of_kind(session.id, footage.kind):
            yield StoredFile(Bucket.CHUNKS, chunk.name, chunk.size, chunk.sha256)
        joined = footage.file
        name = joined.name if joined else file_name(session.id, footage.kind)
        yield StoredFile(Bucket.VIDEOS, name, joined.size if joined else None, joined.sha256 if joined else None)
    for kept in store.evidence.of_session(session.id):
        yield StoredFile(Bucket.EVIDENCE, kept.name, kept.size, kept.sha256)
    for kind in REPORT_KINDS:
        yield StoredFile(Bucket.REPORTS, f"report_{session.id}.{kind}")


def _receipt(session: Session, files: list[StoredFile], *, store: Store) -> Mapping[str, Any]:
    counts = {name: collection.count_of_session(session.id) for name, collection in store.kept_by_session.items()}
    return {
        "created_at": iso(session.created_at),
        "ended_at": iso(session.ended_at) if session.ended_at else None,
        "counts": {name: count for name, count in counts.items() if count},
        "files": [asdict(file) | {"bucket": str(file.bucket)} for file in files if file.size is not None],
    }
