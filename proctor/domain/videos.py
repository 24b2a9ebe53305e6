"""Videos of sessions: taken in as they come, told by their content, named by us."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path, PurePath

from proctor.domain.media_types import SNIFF_BYTES, VideoKind, sniff_video
from proctor.errors import Conflict, NotFound, UnsupportedMedia
from proctor.records import Actor, Role, Session, Video
from proctor.storage import Bucket, Opened, StagedStorage, Storage, StoredObject, disk
from proctor.storage.base import Measured, RunBlocking, content_type_of
from proctor.storage.errors import ObjectNotFound, StorageError
from proctor.store import Store

log = logging.getLogger(__name__)


LATE_VIDEO = timedelta(hours=24)


def check_sender(session: Session, sender: Actor, now: datetime) -> None:
    """Return where ``sender`` may send the video of ``session`` now.

    Proctors and programs always may. A candidate's browser may until a day after the end, and replace nothing after
    it: what reviewers look at stays as it is. Raises ``Conflict``.
    """
    if sender.role is not Role.CANDIDATE or session.ended_at is None:
        return
    if now - session.ended_at > LATE_VIDEO:
        raise Conflict("This session is over and takes no more videos.")
    if session.video is not None:
        raise Conflict("This session is over, and its video is there already.")


def keep(
    session: Session, chunks: Iterator[bytes], *, max_bytes: int, store: Store, storage: Storage, now: datetime
) -> Session:
    """Store ``chunks`` as the session's video, in place of an earlier one, and return the session.

    The answer may be ``pending``: the video is on this server's disk, synced, and on its way to the storage behind.

    Raises ``UnsupportedMedia`` for what is no video of a known kind, ``TooLarge``, and what the storage raises; in
    each case the earlier video stays. Raises ``NotFound``, and leaves nothing, where the session was deleted meanwhile.
    """
    head, rest = _head(chunks)
    kind = sniff_video(head)
    if kind is None:
        raise UnsupportedMedia("This is not a video that can be kept: send WebM, MP4, MKV, MOV or Ogg.")
    saved = storage.save(Bucket.VIDEOS, f"{session.id}.{kind}", chain([head], rest), max_bytes=max_bytes)
    try:
        return _take_over(session, saved, store=store, storage=storage, now=now)
    except NotFound:
        _remove(storage, saved.name)
        raise


def open_import(folder: Path, filename: str, run_blocking: RunBlocking) -> Opened:
    """Open a plain file directly in ``folder`` as a stream that must be closed; links are not followed.

    Raises ``NotFound`` where there is none of that name that can be read.
    """
    try:
        return disk.open_file(folder / filename, 0, None, run_blocking=run_blocking)
    except StorageError as error:
        raise NotFound(f"There is no file {filename!r} in the import folder.") from error


def settle_pending(storage: Storage, *, store: Store, now: datetime) -> None:
    """Try again to bring what waits on this server's disk into the storage behind, and note what has arrived."""
    if isinstance(storage, StagedStorage):
        for stored in storage.retry_pending(now):
            if stored.bucket is Bucket.VIDEOS:
                store.sessions.video_arrived(stored.name, stored.sha256)
                store.recordings.arrived(stored.name)
                _remove_other_kinds(storage, stored)
            elif stored.bucket is Bucket.EVIDENCE:
                store.evidence.arrived(stored.name)
            elif stored.bucket is Bucket.CHUNKS:
                store.chunks.arrived(stored.name)


def _take_over(session: Session, saved: StoredObject, *, store: Store, storage: Storage, now: datetime) -> Session:
    """Make what is stored now the session's video, remove the one before, and return the session."""
    before = _name(session, saved, store=store, storage=storage, now=now)
    if saved.pending and not _is_pending(storage, saved.name):
        # It arrived before the session named it.
        store.sessions.video_arrived(saved.name, saved.sha256)
    current = store.sessions.get(session.id)
    if current is None:
        raise NotFound("There is no such session.")
    if before and current.video and before.name != current.video.name:
        _remove(storage, before.name)
    return current


def _name(session: Session, saved: StoredObject, *, store: Store, storage: Storage, now: datetime) -> Video | None:
    """Note in the session what is stored now; return the video that it named before, if any.

    Where another upload ended since ``session`` was read, either may have been stored last under this name: then what
    is there counts, not what this one has sent. If nothing is there, the other has replaced it.
    """
    version, found = session.video_version, saved
    while True:
        video = Video(found.name, found.size, found.sha256, content_type_of(found.name), now, found.pending)
        before = store.sessions.set_video(session.id, video, version)
        if before is not None:
            return before.video
        current = store.sessions.get(session.id)
        if current is None:
            raise NotFound("There is no such session.")
        version = current.video_version
        try:
            found = _measured(storage, saved)
        except ObjectNotFound:
            return None


def _measured(storage: Storage, saved: StoredObject) -> StoredObject:
    with storage.open(Bucket.VIDEOS, saved.name) as opened:
        measured = Measured(opened.chunks, max_bytes=opened.length)
        for _ in measured:
            pass
    return measured.stored_as(Bucket.VIDEOS, saved.name, pending=saved.pending)


def _is_pending(storage: Storage, name: str) -> bool:
    try:
        return storage.stat(Bucket.VIDEOS, name).pending
    except StorageError:
        return True


def _remove_other_kinds(storage: Storage, stored: StoredObject) -> None:
    """Remove what a session's earlier uploads may have left behind while the backend was away."""
    session_id = PurePath(stored.name).stem
    for name in {f"{session_id}.{kind}" for kind in VideoKind} - {stored.name}:
        _remove(storage, name)


def _remove(storage: Storage, name: str) -> None:
    """Remove a video that a later one replaced, or whose session is gone. A failure is not the uploader's."""
    try:
        storage.delete(Bucket.VIDEOS, name)
    except StorageError as error:
        log.warning("A video that nothing names any more is still in the storage: %s", error.detail)


def _head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return enough of the beginning to tell the kind, and what follows it."""
    head = bytearray()
    for chunk in chunks:
        head += chunk
        if len(head) >= SNIFF_BYTES:
            break
    return bytes(head), chunks
