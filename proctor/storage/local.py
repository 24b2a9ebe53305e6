"""Files in folders of this server: ``data/videos`` and ``data/reports``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

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
    is_valid_name,
)
from proctor.storage.errors import ObjectNotFound


class LocalStorage(Storage):
    """A folder per bucket. Creates the folders, readable by this user only."""

    def __init__(self, data_dir: Path, *, run_blocking: RunBlocking = call_directly) -> None:
        self._folders = {bucket: disk.make_folder(data_dir / bucket) for bucket in Bucket}
        self._run_blocking = run_blocking

    def save(self, bucket: Bucket, name: str, source: Source, *, max_bytes: int) -> StoredObject:
        """Write beside the files that readers see, then rename."""
        check_name(name)
        measured = Measured(source, max_bytes=max_bytes)
        with disk.PartialFile(self._folders[bucket]) as partial:
            for chunk in measured:
                self._run_blocking(partial.write, chunk)
            self._run_blocking(partial.publish, name)
        return measured.stored_as(bucket, name)

    def open(self, bucket: Bucket, name: str, start: int = 0, end: int | None = None) -> Opened:
        """Open the file itself; a link of that name is not followed and counts as absent."""
        return disk.open_file(self._path(bucket, name), start, end, run_blocking=self._run_blocking)

    def stat(self, bucket: Bucket, name: str) -> ObjectInfo:
        """Look at the file itself, not at what a link points to."""
        return ObjectInfo(name, disk.stat_file(self._path(bucket, name)))

    def delete(self, bucket: Bucket, name: str) -> None:
        """Remove the file, or the link, of that name."""
        self._run_blocking(disk.remove_file, self._path(bucket, name))

    def names(self, bucket: Bucket) -> Iterator[str]:
        """List the regular files whose names this application makes."""
        with disk.disk_errors():
            found = [path.name for path in self._folders[bucket].iterdir()]
        return (name for name in found if is_valid_name(name) and self._is_file(bucket, name))

    def remove_abandoned(self, *, before: datetime) -> int:
        """Remove unfinished files that were last written to before that moment."""
        before_s = before.timestamp()
        return sum(disk.remove_old_partials(folder, before_s=before_s) for folder in self._folders.values())

    def _path(self, bucket: Bucket, name: str) -> Path:
        return self._folders[bucket] / check_name(name)

    def _is_file(self, bucket: Bucket, name: str) -> bool:
        try:
            self.stat(bucket, name)
        except ObjectNotFound:
            return False
        return True
