"""A backend that keeps files in memory and fails when told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from proctor.storage import Bucket, ObjectInfo, Opened, Source, Storage, StoredObject
from proctor.storage.base import Measured, check_name, cut_range
from proctor.storage.errors import ObjectNotFound, StorageUnavailable


class MemoryStorage(Storage):
    """``is_up`` switches it off and on; ``before_save`` runs inside each save."""

    def __init__(self) -> None:
        self.is_up = True
        self.files: dict[tuple[Bucket, str], bytes] = {}
        self.saves = 0
        self.before_save: Callable[[], None] = lambda: None

    def save(self, bucket: Bucket, name: str, source: Source, *, max_bytes: int) -> StoredObject:
        self._check()
        self.saves += 1
        self.before_save()
        measured = Measured(source, max_bytes=max_bytes)
        self.files[bucket, check_name(name)] = b"".join(measured)
        return measured.stored_as(bucket, name)

    def open(self, bucket: Bucket, name: str, start: int = 0, end: int | None = None) -> Opened:
        info = self.stat(bucket, name)
        first, last = cut_range(info.size, start, end)
        return Opened(info, first, last, iter([self.files[bucket, name][first:last]]), lambda: None)

    def stat(self, bucket: Bucket, name: str) -> ObjectInfo:
        self._check()
        if (bucket, check_name(name)) not in self.files:
            raise ObjectNotFound("There is no such file.")
        return ObjectInfo(name, len(self.files[bucket, name]))

    def delete(self, bucket: Bucket, name: str) -> None:
        self._check()
        self.files.pop((bucket, check_name(name)), None)

    def names(self, bucket: Bucket) -> Iterator[str]:
        self._check()
        return (name for of_bucket, name in list(self.files) if of_bucket == bucket)

    def remove_abandoned(self, *, before: datetime) -> int:  # noqa: ARG002 - the interface's
        self._check()
        return 0

    def _check(self) -> None:
        if not self.is_up:
            raise StorageUnavailable("Switched off.")
