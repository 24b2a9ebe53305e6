"""Videos of sessions: taken in as they come, told by their content, named by us."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

from proctor.domain.media_types import SNIFF_BYTES, sniff_video
from proctor.errors import NotFound, UnsupportedMedia
from proctor.records import Session, Video
from proctor.storage import Bucket, StagedStorage, Storage
from proctor.storage.base import content_type_of
from proctor.store import Store

CHUNK_BYTES = 256 * 1024


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
    if before.video is not None and before.video.name != video.name:
        storage.delete(Bucket.VIDEOS, before.video.name)
    return store.sessions.get(session.id) or before


def read_import(folder: Path, filename: str) -> Iterator[bytes]:
    """Return the bytes of a plain file directly in ``folder``; links are not followed.

    Raises ``NotFound`` where there is none of that name.
    """
    try:
        handle = os.open(folder / filename, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        raise NotFound(f"There is no file {filename!r} in the import folder.") from error
    file = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        file.close()
        raise NotFound(f"There is no file {filename!r} in the import folder.")

    def chunks() -> Iterator[bytes]:
        with file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    return chunks()


def settle_pending(storage: Storage, *, store: Store, now: datetime) -> None:
    """Try again to bring what waits on this server's disk into the storage behind, and note what has arrived."""
    if isinstance(storage, StagedStorage):
        for stored in storage.retry_pending(now):
            if stored.bucket is Bucket.VIDEOS:
                store.sessions.video_arrived(stored.name)


def _head(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return enough of the beginning to tell the kind, and what follows it."""
    head = bytearray()
    for chunk in chunks:
        head += chunk
        if len(head) >= SNIFF_BYTES:
            break
    return bytes(head), chunks
