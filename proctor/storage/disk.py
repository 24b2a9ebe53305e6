"""Files on this server's disk: never half visible, never reached through a link, durable once published."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from proctor.storage.base import CHUNK_BYTES, ObjectInfo, Opened, RunBlocking, cut_range
from proctor.storage.errors import ObjectNotFound, StorageFull, StorageUnavailable

_PARTIAL_PREFIX = ".partial-"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# ELOOP is a link that O_NOFOLLOW refused; the others are a name that stands for no regular file.
_ABSENT = {errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO, errno.ENAMETOOLONG}


def make_folder(path: Path) -> Path:
    """Create the folder, closed to other users, and return it with the operator's own links resolved."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.resolve()


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn the disk's errors into the storage's."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("The server's disk is full. Nothing was kept; please try again later.") from error
        if error.errno in _ABSENT:
            raise ObjectNotFound("There is no such file.") from error
        raise StorageUnavailable("The server's disk does not answer as it should.") from error


class PartialFile:
    """A file being written under a hidden name. Readers see it from ``publish`` on; without it, it vanishes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"{_PARTIAL_PREFIX}{uuid4().hex}"
        self._published = False

    def __enter__(self) -> Self:
        with disk_errors():
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self._file = os.fdopen(os.open(self._path, flags, 0o600), "wb", buffering=0)
        return self

    def write(self, chunk: bytes) -> None:
        """Append ``chunk``; a nearly full disk may take it in pieces."""
        rest = memoryview(chunk)
        with disk_errors():
            while rest:
                rest = rest[self._file.write(rest) :]

    def publish(self, name: str) -> None:
        """Let the file be seen as ``name``, in place of an older one, once its bytes would outlive a crash."""
        with disk_errors():
            os.fsync(self._file.fileno())
            self._path.replace(self._folder / name)
            self._published = True
            sync_folder(self._folder)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if not self._published:
            self._path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames and removals in the folder outlive a crash."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def stat_file(path: Path) -> int:
    """Return the size of a regular file, not following a link; raise ``ObjectNotFound`` for anything else."""
    with disk_errors():
        found = path.lstat()
    return _regular_size(found)


def open_file(path: Path, start: int, end: int | None, *, run_blocking: RunBlocking) -> Opened:
    """Open a range of a regular file, not following a link; raise ``ObjectNotFound`` for anything else."""
    with disk_errors():
        # Without O_NONBLOCK, opening a pipe that somebody put there would wait for ever.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        file = os.fdopen(os.open(path, flags), "rb", buffering=0)
    try:
        size = _regular_size(os.fstat(file.fileno()))
    except ObjectNotFound:
        file.close()
        raise
    first, last = cut_range(size, start, end)
    chunks = _read_range(file.fileno(), first, last, run_blocking=run_blocking)
    return Opened(ObjectInfo(path.name, size), first, last, chunks, file.close)


def remove_file(path: Path) -> None:
    """Remove the file for good; one that is not there is no error."""
    with disk_errors():
        path.unlink(missing_ok=True)
        sync_folder(path.parent)


def remove_old_partials(folder: Path, *, before_s: float) -> int:
    """Remove unfinished files that nobody has written to since ``before_s`` (seconds since 1970)."""
    removed = 0
    with disk_errors():
        for entry in os.scandir(folder):
            if entry.name.startswith(_PARTIAL_PREFIX) and _changed_s(entry) < before_s:
                Path(entry.path).unlink(missing_ok=True)
                removed += 1
    return removed


def _changed_s(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        # It was published or removed meanwhile, so it is not an old one.
        return time.time()


def _regular_size(found: os.stat_result) -> int:
    if not stat.S_ISREG(found.st_mode):
        raise ObjectNotFound("There is no such file.")
    return found.st_size


def _read_range(descriptor: int, start: int, end: int, *, run_blocking: RunBlocking) -> Iterator[bytes]:
    position = start
    while position < end:
        with disk_errors():
            chunk = run_blocking(os.pread, descriptor, min(CHUNK_BYTES, end - position), position)
        if not chunk:
            raise StorageUnavailable("The file became shorter while it was read.")
        position += len(chunk)
        yield chunk
