"""Videos of sessions: taken in as they come, told by their content, named by us."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePath

from proctor.domain.media_types import SNIFF_BYTES, VideoKind, sniff_video
from proctor.errors import NotFound, UnsupportedMedia
from proctor.records import Session, Video
from proctor.storage import Bucket, Opened, StagedStorage, Storage, StoredObject, disk
from proctor.storage.base import RunBlocking, content_type_of
from proctor.storage.errors import StorageError
from proctor.store import Store

log = logging.getLogger(__name__)


def keep(
    session: Session, chunks: Iterator[bytes], *, max_bytes: int, store: Store, storage: Storage, now: datetime
) -> Session:
    """Store ``chunks`` as the session's video, in place of an earlier one, and return the session.

    The answer may be ``pending``: the video is on this server's disk, synced, and on its way to the storage behind.

    Raises ``UnsupportedMedia`` for what is no video of a known kind, ``TooLarge``, and what the storage raises; in
    each case the earlier video stays.
    """
    head, rest = _head(chunks)
    kind = sniff_video(head)
    if kind is None:
        raise UnsupportedMedia("This is not a video that can be kept: send WebM, MP4, MKV, MOV or Ogg.")
    saved = storage.save(Bucket.VIDEOS, f"{session.id}.{kind}", chain([head], rest), max_bytes=max_bytes)
    video = Video(saved.name, saved.size, saved.sha256, content_type_of(saved.name), now, saved.pending)
    before = store.sessions.set_video(session.id, video)
    if before is None:
        raise NotFound("There is no such session.")
    if saved.pending and not _is_pending(storage, saved.name):
        # It arrived before the session named it.
        store.sessions.video_arrived(saved.name, saved.sha256)
    if before.video is not None and before.video.name != video.name:
        _remove(storage, before.video.name)
    return store.sessions.get(session.id) or before


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
    """Remove a video that a later one replaced. The later one is safe, so a failure is not the uploader's."""
    try:
        storage.delete(Bucket.VIDEOS, name)
    except StorageError as error:
        log.warning("A replaced video is still in the storage: %s", error.detail)


def _head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return enough of the beginning to tell the kind, and what follows it."""
    head = bytearray()
    for chunk in chunks:
        head += chunk
        if len(head) >= SNIFF_BYTES:
            break
    return bytes(head), chunks
