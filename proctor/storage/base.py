"""The one interface behind which recordings and reports are kept, and what all backends share."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from types import TracebackType
from typing import ParamSpec, Protocol, Self, TypeVar, runtime_checkable

from proctor.storage.errors import InvalidName, ObjectNotFound, ObjectTooLarge

CHUNK_BYTES = 256 * 1024

# The smallest part that both S3 and Deta Drive take: parts wait in memory, so smaller is better.
PART_BYTES = 5 * 1024 * 1024

# Types come from the name, never from the uploader or the bucket: a file cannot choose how browsers read it.
CONTENT_TYPES = {
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".ogg": "video/ogg",
    ".jpg": "image/jpeg",
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".pdf": "application/pdf",
    ".json": "application/json",
}
UNKNOWN_TYPE = "application/octet-stream"

# A name that starts with a dot is therefore never valid, which is where unfinished files hide.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}", re.ASCII)

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Bucket(StrEnum):
    """The kinds of files that are kept: whole videos, reports, pictures, and parts of what is still being recorded."""

    VIDEOS = "videos"
    REPORTS = "reports"
    EVIDENCE = "evidence"
    CHUNKS = "chunks"


@runtime_checkable
class Readable(Protocol):
    """A binary stream, such as an upload's."""

    def read(self, size: int, /) -> bytes:
        """Return at most ``size`` bytes, and none at the end."""


Source = Readable | Iterable[bytes]


class RunBlocking(Protocol):
    """Calls a function that blocks the thread; under eventlet that is ``eventlet.tpool.execute``."""

    def __call__(self, call: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what ``call`` returns."""


def call_directly(call: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Call ``call`` in this thread: right wherever a thread serves one request."""
    return call(*args, **kwargs)


@dataclass(frozen=True)
class StoredObject:
    """What ``save`` kept. ``pending`` files are safe on this server's disk and not yet in the backend."""

    bucket: Bucket
    name: str
    size: int
    sha256: str
    pending: bool = False


@dataclass(frozen=True)
class ObjectInfo:
    """A complete file, as it can be read now."""

    name: str
    size: int
    pending: bool = False

    @property
    def content_type(self) -> str:
        """The media type that goes with the name."""
        return content_type_of(self.name)


@dataclass(frozen=True)
class Opened:
    """The bytes ``start`` to ``end`` (exclusive) of a file, as a stream that must be closed."""

    info: ObjectInfo
    start: int
    end: int
    chunks: Iterator[bytes]
    close: Callable[[], None]

    @property
    def length(self) -> int:
        """How many bytes ``chunks`` gives."""
        return self.end - self.start

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Storage(ABC):
    """Files by bucket and name. A file is there whole or not at all, whatever fails on the way.

    Every method raises ``InvalidName`` for names outside the one allowed form and ``StorageUnavailable``
    when the backend does not answer as it should.
    """

    @abstractmethod
    def save(self, bucket: Bucket, name: str, source: Source, *, max_bytes: int) -> StoredObject:
        """Keep the stream under ``name``, in place of what had that name; memory use does not grow with it.

        Raises ``ObjectTooLarge`` as soon as the stream exceeds ``max_bytes`` and ``StorageFull`` when the
        disk is full. Errors of the stream itself pass through. In each case the earlier file stays.
        """

    @abstractmethod
    def open(self, bucket: Bucket, name: str, start: int = 0, end: int | None = None) -> Opened:
        """Open the bytes from ``start`` to before ``end``, both cut to the file's size.

        Raises ``ObjectNotFound``. Reading raises ``StorageUnavailable`` rather than end early.
        """

    @abstractmethod
    def stat(self, bucket: Bucket, name: str) -> ObjectInfo:
        """Return the file's size; raise ``ObjectNotFound``."""

    @abstractmethod
    def delete(self, bucket: Bucket, name: str) -> None:
        """Remove the file; one that is not there is no error, so that deleting can be repeated."""

    @abstractmethod
    def names(self, bucket: Bucket) -> Iterator[str]:
        """Yield the name of every complete file, in no order that callers may rely on."""

    @abstractmethod
    def remove_abandoned(self, *, before: datetime) -> int:
        """Free what uploads that broke off before that moment left behind; return how many there were."""

    def exists(self, bucket: Bucket, name: str) -> bool:
        """Whether a complete file of that name is there."""
        try:
            self.stat(bucket, name)
        except ObjectNotFound:
            return False
        return True


class Measured:
    """Counts and hashes a stream while it passes, and stops it once it is longer than ``max_bytes``."""

    def __init__(self, source: Source, *, max_bytes: int) -> None:
        self._source = source
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """The hash of what has passed so far, in hexadecimal."""
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        for chunk in _chunks_of(self._source):
            self.size += len(chunk)
            if self.size > self._max_bytes:
                raise ObjectTooLarge(f"The file is larger than {self._max_bytes} bytes.")
            self._hash.update(chunk)
            yield chunk

    def parts(self, part_bytes: int) -> Iterator[bytes]:
        """Yield the same bytes in parts of exactly ``part_bytes``, only the last of which may be shorter."""
        waiting = bytearray()
        for chunk in self:
            waiting += chunk
            while len(waiting) >= part_bytes:
                yield bytes(waiting[:part_bytes])
                del waiting[:part_bytes]
        if waiting:
            yield bytes(waiting)

    def stored_as(self, bucket: Bucket, name: str, *, pending: bool = False) -> StoredObject:
        """Return the record of what has passed."""
        return StoredObject(bucket, name, self.size, self.sha256, pending)


def check_name(name: str) -> str:
    """Return ``name``, or raise ``InvalidName`` unless it is a plain file name of our own making."""
    if not _NAME.fullmatch(name):
        raise InvalidName("There is no such file.")
    return name


def is_valid_name(name: str) -> bool:
    """Whether ``name`` is one that this application makes."""
    return _NAME.fullmatch(name) is not None


def content_type_of(name: str) -> str:
    """Return the media type for the name's ending, else the type that browsers only download."""
    return CONTENT_TYPES.get(PurePath(name).suffix.lower(), UNKNOWN_TYPE)


def cut_range(size: int, start: int, end: int | None) -> tuple[int, int]:
    """Return ``start`` and ``end`` (exclusive) within a file of ``size`` bytes."""
    first = min(max(start, 0), size)
    return first, max(first, size if end is None else min(end, size))


def _chunks_of(source: Source) -> Iterator[bytes]:
    if not isinstance(source, Readable):
        yield from source
        return
    while chunk := source.read(CHUNK_BYTES):
        yield chunk
