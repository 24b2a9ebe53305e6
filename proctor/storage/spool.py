"""Notes on this server's disk, each kept until it is taken off: for what must not wait for the database."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from proctor.storage import disk
from proctor.storage.errors import ObjectNotFound, StorageFull

MAX_NOTES = 10_000
SUFFIX = ".json"
ASIDE = ".broken"


class Spool:
    """A folder with a file for each note, which makes itself with the first one. For one process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, note: Mapping[str, Any]) -> None:
        """Keep a note; return when it would outlive a crash. Raises ``StorageError`` where it cannot be kept."""
        with disk.disk_errors():
            folder = disk.make_folder(self._folder)
        if len(self.names()) >= MAX_NOTES:
            raise StorageFull("Too much is waiting for the database already.")
        with disk.PartialFile(folder) as partial:
            partial.write(orjson.dumps(note))
            partial.publish(f"{time.time_ns():020}-{uuid.uuid4().hex}{SUFFIX}")

    def names(self) -> list[str]:
        """Return the names of all notes, in the order in which they came."""
        try:
            return sorted(file.name for file in self._folder.iterdir() if file.suffix == SUFFIX)
        except FileNotFoundError:
            return []

    def read(self, name: str) -> dict[str, Any] | None:
        """Return a note; None where it cannot be read or is gone."""
        try:
            with disk.disk_errors():
                note = orjson.loads((self._folder / name).read_bytes())
        except (ObjectNotFound, orjson.JSONDecodeError):
            return None
        return note if isinstance(note, dict) else None

    def drop(self, name: str) -> None:
        """Forget a note."""
        disk.remove_file(self._folder / name)

    def set_aside(self, name: str) -> None:
        """Leave a note that nobody can make anything of to a person: it does not come again."""
        with disk.disk_errors():
            (self._folder / name).rename(self._folder / f"{name}{ASIDE}")
