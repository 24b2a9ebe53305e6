"""What every backend promises, asked of each of the four."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proctor.storage import Bucket, Storage
from proctor.storage.base import PART_BYTES
from proctor.storage.errors import InvalidName, ObjectNotFound, ObjectTooLarge
from tests.support.streams import pattern, pattern_chunks

VIDEOS = Bucket.VIDEOS
LIMIT = 100 * 1024 * 1024
MULTIPART_SIZE = 2 * PART_BYTES + 4321
SIZES = [0, 1, 255 * 1024, PART_BYTES - 1, PART_BYTES, MULTIPART_SIZE]

HOSTILE_NAMES = [
    "",
    ".",
    "..",
    "../secrets.json",
    "a/b",
    "/etc/passwd",
    "a\\b",
    ".hidden",
    "-rf",
    "a\0b",
    "a\n",
    "a b",
    "%2e%2e",
    "ü.webm",
    "\ud800",
    "x" * 201,
]


def read(storage: Storage, bucket: Bucket, name: str, start: int = 0, end: int | None = None) -> bytes:
    with storage.open(bucket, name, start, end) as opened:
        data = b"".join(opened.chunks)
    assert len(data) == opened.length
    return data


def save(storage: Storage, name: str, data: bytes) -> None:
    storage.save(VIDEOS, name, io.BytesIO(data), max_bytes=LIMIT)


@pytest.mark.parametrize("size", SIZES)
def test_a_saved_stream_is_read_back_unchanged(storage: Storage, size: int) -> None:
    data = pattern(size)

    stored = storage.save(VIDEOS, "a.webm", io.BytesIO(data), max_bytes=LIMIT)

    assert (stored.bucket, stored.name, stored.size) == (VIDEOS, "a.webm", size)
    assert stored.sha256 == hashlib.sha256(data).hexdigest()
    assert not stored.pending
    assert storage.exists(VIDEOS, "a.webm")
    assert storage.stat(VIDEOS, "a.webm").size == size
    assert read(storage, VIDEOS, "a.webm") == data


def test_a_stream_may_be_any_iterable_of_bytes(storage: Storage) -> None:
    storage.save(VIDEOS, "a.webm", (bytes([n]) * n for n in range(100)), max_bytes=LIMIT)

    assert read(storage, VIDEOS, "a.webm") == b"".join(bytes([n]) * n for n in range(100))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (0, 10),
        (5, 6),
        (7, 7),
        (255 * 1024 - 3, 255 * 1024 + 3),
        (PART_BYTES - 5, PART_BYTES + 300_000),
        (MULTIPART_SIZE - 7, None),
        (MULTIPART_SIZE - 7, MULTIPART_SIZE + 100),
        (MULTIPART_SIZE, None),
        (MULTIPART_SIZE + 9, MULTIPART_SIZE + 20),
        (20, 10),
    ],
)
def test_a_range_gives_exactly_its_bytes(storage: Storage, start: int, end: int | None) -> None:
    data = pattern(MULTIPART_SIZE)
    save(storage, "a.webm", data)

    with storage.open(VIDEOS, "a.webm", start, end) as opened:
        assert opened.info.size == len(data)
        assert b"".join(opened.chunks) == data[start:end]


def test_the_content_type_comes_from_the_name_alone(storage: Storage) -> None:
    for name in ("a.webm", "a.html", "a.exe"):
        save(storage, name, b"<script>")

    types = [storage.stat(VIDEOS, name).content_type for name in ("a.webm", "a.html", "a.exe")]
    assert types == ["video/webm", "text/html; charset=utf-8", "application/octet-stream"]


def test_buckets_are_apart(storage: Storage) -> None:
    save(storage, "a.webm", b"video")

    assert not storage.exists(Bucket.REPORTS, "a.webm")
    assert list(storage.names(Bucket.REPORTS)) == []


def test_names_lists_every_file_once(storage: Storage) -> None:
    assert list(storage.names(VIDEOS)) == []
    for name in ("c.webm", "a.webm", "b.webm", "a.webm"):
        save(storage, name, b"x")

    assert sorted(storage.names(VIDEOS)) == ["a.webm", "b.webm", "c.webm"]


def test_saving_again_replaces_the_file(storage: Storage) -> None:
    save(storage, "a.webm", pattern(MULTIPART_SIZE))
    save(storage, "a.webm", b"short")

    assert read(storage, VIDEOS, "a.webm") == b"short"
    assert list(storage.names(VIDEOS)) == ["a.webm"]


def test_a_deleted_file_is_gone_and_deleting_can_be_repeated(storage: Storage) -> None:
    save(storage, "a.webm", pattern(MULTIPART_SIZE))

    storage.delete(VIDEOS, "a.webm")
    storage.delete(VIDEOS, "a.webm")

    assert not storage.exists(VIDEOS, "a.webm")
    assert list(storage.names(VIDEOS)) == []
    with pytest.raises(ObjectNotFound):
        storage.open(VIDEOS, "a.webm")


def test_an_unknown_file_is_not_found(storage: Storage) -> None:
    assert not storage.exists(VIDEOS, "a.webm")
    for look in (storage.stat, storage.open):
        with pytest.raises(ObjectNotFound) as raised:
            look(VIDEOS, "a.webm")
        assert raised.value.status == 404


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_is_no_file(storage: Storage, name: str) -> None:
    assert not storage.exists(VIDEOS, name)
    for use in (storage.stat, storage.open, storage.delete):
        with pytest.raises(InvalidName):
            use(VIDEOS, name)
    with pytest.raises(InvalidName):
        save(storage, name, b"x")


class _BrokenOffError(Exception):
    """The client went away."""


@pytest.mark.parametrize("size", [1000, MULTIPART_SIZE])
def test_an_upload_that_breaks_off_was_never_visible(storage: Storage, size: int) -> None:
    def stream() -> Iterator[bytes]:
        yield pattern(size)
        assert not storage.exists(VIDEOS, "a.webm")
        assert list(storage.names(VIDEOS)) == []
        raise _BrokenOffError

    with pytest.raises(_BrokenOffError):
        storage.save(VIDEOS, "a.webm", stream(), max_bytes=LIMIT)

    assert not storage.exists(VIDEOS, "a.webm")
    assert list(storage.names(VIDEOS)) == []


def test_an_upload_that_breaks_off_leaves_the_earlier_file(storage: Storage) -> None:
    save(storage, "a.webm", b"earlier")

    def stream() -> Iterator[bytes]:
        yield pattern(MULTIPART_SIZE)
        assert read(storage, VIDEOS, "a.webm") == b"earlier"
        raise _BrokenOffError

    with pytest.raises(_BrokenOffError):
        storage.save(VIDEOS, "a.webm", stream(), max_bytes=LIMIT)

    assert read(storage, VIDEOS, "a.webm") == b"earlier"


@pytest.mark.parametrize("limit", [10, MULTIPART_SIZE])
def test_a_stream_over_the_limit_is_stopped_and_not_kept(storage: Storage, limit: int) -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        while True:
            taken += 65536
            yield bytes(65536)

    with pytest.raises(ObjectTooLarge) as raised:
        storage.save(VIDEOS, "a.webm", endless(), max_bytes=limit)

    assert raised.value.status == 413
    assert taken <= limit + 65536
    assert not storage.exists(VIDEOS, "a.webm")


def test_a_stream_of_exactly_the_limit_is_kept(storage: Storage) -> None:
    stored = storage.save(VIDEOS, "a.webm", io.BytesIO(b"12345"), max_bytes=5)

    assert stored.size == 5


def test_of_saves_at_once_one_wins_whole(storage: Storage) -> None:
    versions = [bytes([n]) * (PART_BYTES + 1000 * n) for n in range(6)]

    with ThreadPoolExecutor(len(versions)) as pool:
        list(pool.map(lambda data: save(storage, "a.webm", data), versions))

    assert read(storage, VIDEOS, "a.webm") in versions
    assert list(storage.names(VIDEOS)) == ["a.webm"]


def test_memory_stays_flat_while_a_large_file_comes_and_goes(storage: Storage) -> None:
    size = 256 * 1024 * 1024
    save(storage, "small.webm", pattern(MULTIPART_SIZE))
    read(storage, VIDEOS, "small.webm")
    before = _reset_peak_memory()

    stored = storage.save(VIDEOS, "a.webm", pattern_chunks(size), max_bytes=size)
    with storage.open(VIDEOS, "a.webm") as opened:
        found = hashlib.sha256()
        for chunk in opened.chunks:
            found.update(chunk)

    assert found.hexdigest() == stored.sha256
    assert _peak_memory() - before < 48 * 1024 * 1024
    storage.delete(VIDEOS, "a.webm")


def test_sweeping_removes_nothing_that_is_whole_or_new(storage: Storage) -> None:
    save(storage, "a.webm", pattern(MULTIPART_SIZE))

    removed = storage.remove_abandoned(before=datetime.now(UTC) - timedelta(days=1))

    assert removed == 0
    assert read(storage, VIDEOS, "a.webm") == pattern(MULTIPART_SIZE)


def _reset_peak_memory() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_memory()


def _peak_memory() -> int:
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
