"""Uploads wait on this server's disk until the backend is proven to hold them.

An upload is written to ``data/staging`` and synced before anything is sent to the backend. It leaves only
when the backend's copy was read back and has the right size and SHA-256. So a backend that is away, hangs,
breaks off or returns other bytes costs time, never an upload that was acknowledged, and neither does a
restart: all that is known about a waiting upload stands in the two files that belong to it,
``<bucket>.<name>.<order>.<id>.data`` and, written last, ``….json``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from proctor.storage import disk
from proctor.storage.base import (
    Bucket,
    Measured,
    ObjectInfo,
    Opened,
    RunBlocking,
    Source,
    Storage,
    StoredObject,
    call_directly,
    check_name,
)
from proctor.storage.errors import ObjectBusy, ObjectNotFound, StorageError, StorageUnavailable

log = logging.getLogger(__name__)

FIRST_DELAY = timedelta(seconds=5)
# After a long outage an operator should not have to wait longer than this for the backlog to move.
LONGEST_DELAY = timedelta(hours=1)

_RECORD = ".json"
_DATA = ".data"
_LOCK = ".lock"


def utc_now() -> datetime:
    """Return the time, as an aware datetime."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class _Staged:
    """An upload that waits. ``order`` grows with each save, so that the newest of one name can be told."""

    bucket: Bucket
    name: str
    order: int
    id: str
    size: int
    sha256: str
    attempts: int
    next_attempt_at: datetime

    @property
    def stem(self) -> str:
        """What the names of its two files begin with."""
        return f"{self.bucket}.{self.name}.{self.order}.{self.id}"

    def as_stored(self, *, pending: bool) -> StoredObject:
        return StoredObject(self.bucket, self.name, self.size, self.sha256, pending)


class StagedStorage(Storage):
    """Puts a disk in front of a backend that may fail. Several processes may share one staging folder."""

    def __init__(
        self,
        backend: Storage,
        folder: Path,
        *,
        run_blocking: RunBlocking = call_directly,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._backend = backend
        self._folder = disk.make_folder(folder)
        self._run_blocking = run_blocking
        self._now = now

    def save(self, bucket: Bucket, name: str, source: Source, *, max_bytes: int) -> StoredObject:
        """Stage the stream, then try to store it; what comes back as ``pending`` is left to ``retry_pending``.

        Returns only when the bytes are safe in one place or the other.
        """
        staged = self._stage(bucket, check_name(name), source, max_bytes=max_bytes)
        self._try_to_store(bucket, name)
        return staged.as_stored(pending=self._is_waiting(staged))

    def open(self, bucket: Bucket, name: str, start: int = 0, end: int | None = None) -> Opened:
        """Open the newest staged upload of that name, else the backend's file."""
        staged = self._newest_staged(bucket, check_name(name))
        if staged is not None:
            try:
                opened = disk.open_file(self._data(staged), start, end, run_blocking=self._run_blocking)
            except ObjectNotFound:
                # It reached the backend between the two looks.
                return self._backend.open(bucket, name, start, end)
            return replace(opened, info=ObjectInfo(name, staged.size, pending=True))
        return self._backend.open(bucket, name, start, end)

    def stat(self, bucket: Bucket, name: str) -> ObjectInfo:
        """Describe the newest staged upload of that name, else the backend's file."""
        staged = self._newest_staged(bucket, check_name(name))
        return self._backend.stat(bucket, name) if staged is None else ObjectInfo(name, staged.size, pending=True)

    def delete(self, bucket: Bucket, name: str) -> None:
        """Remove the file from both places.

        Raises ``ObjectBusy`` while it is being stored: the transfer would bring it back.
        """
        check_name(name)
        with self._locked(bucket, name) as is_mine:
            if not is_mine:
                raise ObjectBusy("The file is being stored at this moment. Please try again shortly.")
            for staged in self._staged(bucket, name):
                self._forget(staged)
            self._backend.delete(bucket, name)

    def names(self, bucket: Bucket) -> Iterator[str]:
        """Yield the staged names, then the backend's others."""
        staged = {item.name for item in self._staged(bucket)}
        yield from staged
        yield from (name for name in self._backend.names(bucket) if name not in staged)

    def remove_abandoned(self, *, before: datetime) -> int:
        """Remove leftovers of broken uploads in both places; whole staged uploads stay, however old."""
        removed = disk.remove_old_partials(self._folder, before_s=before.timestamp())
        for path in self._folder.glob(f"*{_DATA}"):
            if not path.with_suffix(_RECORD).exists() and _is_older(path, before):
                path.unlink(missing_ok=True)
                removed += 1
        return removed + self._backend.remove_abandoned(before=before)

    def retry_pending(self, now: datetime) -> list[StoredObject]:
        """Try again to store each staged upload whose time has come; return those that are now stored.

        Of several uploads of one name only the newest is stored and returned; it stands for the others. Waits
        grow from ``FIRST_DELAY``, doubling, to ``LONGEST_DELAY``; no upload is ever given up.
        """
        due = (staged for staged in self._staged() if staged.next_attempt_at <= now)
        tried = (self._try_to_store(staged.bucket, staged.name) for staged in due)
        return [stored for stored in tried if stored is not None]

    def count_pending(self) -> int:
        """Return how many uploads wait for the backend."""
        return sum(1 for _ in self._staged())

    def _stage(self, bucket: Bucket, name: str, source: Source, *, max_bytes: int) -> _Staged:
        measured = Measured(source, max_bytes=max_bytes)
        with disk.PartialFile(self._folder) as partial:
            for chunk in measured:
                self._run_blocking(partial.write, chunk)
            staged = _Staged(
                bucket=bucket,
                name=name,
                order=self._next_order(bucket, name),
                id=uuid4().hex[:8],
                size=measured.size,
                sha256=measured.sha256,
                attempts=0,
                next_attempt_at=self._now(),
            )
            self._run_blocking(partial.publish, staged.stem + _DATA)
        self._write_record(staged)
        return staged

    def _next_order(self, bucket: Bucket, name: str) -> int:
        """Return a number above those of earlier uploads of that name, even where the clock was set back."""
        newest = self._newest_staged(bucket, name)
        return time.time_ns() if newest is None else max(time.time_ns(), newest.order + 1)

    def _try_to_store(self, bucket: Bucket, name: str) -> StoredObject | None:
        """Bring the newest upload of that name to the backend, unless someone else is at it; return it if stored."""
        with self._locked(bucket, name) as is_mine:
            newest = self._newest_staged(bucket, name) if is_mine else None
            if newest is None:
                return None
            try:
                self._transfer(newest)
            except StorageError as error:
                log.warning("Upload %s could not be stored and waits on disk: %s", newest.id, error.detail)
                self._postpone(newest)
                return None
            self._forget_up_to(newest)
            return newest.as_stored(pending=False)

    def _transfer(self, staged: _Staged) -> None:
        with disk.open_file(self._data(staged), 0, None, run_blocking=self._run_blocking) as copy:
            kept = self._backend.save(staged.bucket, staged.name, copy.chunks, max_bytes=staged.size)
        if kept.sha256 != staged.sha256:
            raise StorageUnavailable("The copy on the server's disk is damaged.")
        with self._backend.open(staged.bucket, staged.name) as there:
            if _sha256_of(there.chunks) != staged.sha256:
                raise StorageUnavailable("The backend does not hold what it was given.")

    def _postpone(self, staged: _Staged) -> None:
        delay = min(FIRST_DELAY * 2 ** min(staged.attempts, 20), LONGEST_DELAY)
        later = replace(staged, attempts=staged.attempts + 1, next_attempt_at=self._now() + delay)
        # On a full disk the older record stays, which only means trying sooner than planned.
        with suppress(StorageError):
            self._write_record(later)

    def _write_record(self, staged: _Staged) -> None:
        text = json.dumps(asdict(staged), default=_iso).encode()
        with disk.PartialFile(self._folder) as partial:
            partial.write(text)
            self._run_blocking(partial.publish, staged.stem + _RECORD)

    def _forget_up_to(self, stored: _Staged) -> None:
        for staged in self._staged(stored.bucket, stored.name):
            if (staged.order, staged.id) <= (stored.order, stored.id):
                self._forget(staged)

    def _forget(self, staged: _Staged) -> None:
        # The record goes first: data without a record is a leftover, a record without data would be a loss.
        self._run_blocking(disk.remove_file, self._folder / (staged.stem + _RECORD))
        self._run_blocking(disk.remove_file, self._data(staged))

    def _data(self, staged: _Staged) -> Path:
        return self._folder / (staged.stem + _DATA)

    def _is_waiting(self, staged: _Staged) -> bool:
        return (self._folder / (staged.stem + _RECORD)).exists()

    def _newest_staged(self, bucket: Bucket, name: str) -> _Staged | None:
        return max(self._staged(bucket, name), key=lambda staged: (staged.order, staged.id), default=None)

    def _staged(self, bucket: Bucket | None = None, name: str | None = None) -> Iterator[_Staged]:
        """Read the records of waiting uploads: all of them, a bucket's, or one name's."""
        for path in sorted(self._folder.glob(f"*{_RECORD}")):
            of_bucket, _, rest = path.name.partition(".")
            if bucket in {None, of_bucket} and name in {None, rest.rsplit(".", 3)[0]}:
                staged = _read_record(path)
                if staged is not None:
                    yield staged

    @contextmanager
    def _locked(self, bucket: Bucket, name: str) -> Iterator[bool]:
        """Give whether nobody else, in this process or another, is working on that name; never waits."""
        path = self._folder / f"{bucket}.{name}{_LOCK}"
        with disk.disk_errors():
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        is_mine = _take_lock(descriptor, path)
        try:
            yield is_mine
        finally:
            if is_mine:
                path.unlink(missing_ok=True)
            os.close(descriptor)


def _take_lock(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Its last owner removes the file, so the lock may be on one that nobody else will ever find.
        return os.fstat(descriptor).st_ino == path.stat().st_ino
    except (BlockingIOError, FileNotFoundError):
        return False


def _read_record(path: Path) -> _Staged | None:
    """Return the record, or nothing where another process has just removed it."""
    try:
        fields = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    moment = datetime.fromisoformat(fields.pop("next_attempt_at"))
    return _Staged(bucket=Bucket(fields.pop("bucket")), next_attempt_at=moment, **fields)


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _sha256_of(chunks: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
    return found.hexdigest()


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a record")
