"""What happens to files when the backend, or the way to it, breaks."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from proctor.storage import Bucket, StagedStorage, Storage
from proctor.storage.base import PART_BYTES
from proctor.storage.errors import StorageUnavailable
from proctor.storage.staging import FIRST_DELAY
from tests.integration.storage.conftest import Remote
from tests.support.clock import Clock
from tests.support.faulty_proxy import Fault
from tests.support.streams import pattern

VIDEOS = Bucket.VIDEOS
LIMIT = 100 * 1024 * 1024
SMALL = 1000
MULTIPART = PART_BYTES + 1_500_000

# A fault, after how many bytes it sets in, and the size of the file that meets it. Hangs cost real time.
BROKEN_WAYS = [
    (Fault.ERROR, 0, SMALL),
    (Fault.ERROR, 0, MULTIPART),
    (Fault.HANG, 0, SMALL),
    (Fault.RESET, 0, SMALL),
    (Fault.RESET, PART_BYTES // 2, MULTIPART),
]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def staged(remote: Remote, tmp_path: Path, clock: Clock) -> StagedStorage:
    return StagedStorage(remote.storage, tmp_path / "staging", now=clock)


def read(storage: Storage, name: str, start: int = 0, end: int | None = None) -> bytes:
    with storage.open(VIDEOS, name, start, end) as opened:
        return b"".join(opened.chunks)


def save(storage: Storage, name: str, data: bytes) -> bool:
    """Save and return whether it is pending."""
    return storage.save(VIDEOS, name, io.BytesIO(data), max_bytes=LIMIT).pending


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(("fault", "after_bytes", "size"), BROKEN_WAYS)
def test_a_broken_backend_is_reported_soon_and_shows_no_part_of_the_file(
    remote: Remote, fault: Fault, after_bytes: int, size: int
) -> None:
    save(remote.storage, "warm-up.webm", b"x")
    remote.proxy.break_with(fault, after_bytes=after_bytes)
    begun = time.monotonic()

    with pytest.raises(StorageUnavailable) as raised:
        save(remote.storage, "a.webm", pattern(size))

    assert raised.value.status == 503
    assert time.monotonic() - begun < 15
    remote.proxy.heal()
    assert not remote.storage.exists(VIDEOS, "a.webm")
    assert list(remote.storage.names(VIDEOS)) == ["warm-up.webm"]


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.HANG, Fault.RESET])
def test_a_broken_backend_never_looks_like_a_missing_file(remote: Remote, fault: Fault) -> None:
    save(remote.storage, "a.webm", b"x")
    remote.proxy.break_with(fault)

    for look in (remote.storage.stat, remote.storage.exists, remote.storage.delete):
        with pytest.raises(StorageUnavailable):
            look(VIDEOS, "a.webm")
    with pytest.raises(StorageUnavailable):
        list(remote.storage.names(VIDEOS))

    remote.proxy.heal()
    assert read(remote.storage, "a.webm") == b"x"


def test_a_download_that_breaks_off_is_an_error_and_not_a_short_file(remote: Remote) -> None:
    save(remote.storage, "a.webm", pattern(MULTIPART))

    with remote.storage.open(VIDEOS, "a.webm") as opened:
        next(opened.chunks)
        remote.proxy.break_with(Fault.RESET)
        with pytest.raises(StorageUnavailable):
            list(opened.chunks)


@pytest.mark.parametrize("size", [0, SMALL, MULTIPART])
def test_a_file_is_stored_at_once_where_the_backend_works(
    staged: StagedStorage, remote: Remote, tmp_path: Path, size: int
) -> None:
    assert not save(staged, "a.webm", pattern(size))

    assert read(remote.storage, "a.webm") == pattern(size)
    assert files_in(tmp_path / "staging") == []


@pytest.mark.parametrize(
    ("fault", "size"),
    [
        (Fault.ERROR, SMALL),
        (Fault.HANG, MULTIPART),
        (Fault.RESET, MULTIPART),
        (Fault.WRONG_BYTES, SMALL),
        (Fault.WRONG_BYTES, MULTIPART),
    ],
)
def test_what_cannot_be_stored_waits_and_is_stored_after_a_restart(
    staged: StagedStorage, remote: Remote, tmp_path: Path, clock: Clock, fault: Fault, size: int
) -> None:
    remote.proxy.break_with(fault)

    assert save(staged, "a.webm", pattern(size))

    info = staged.stat(VIDEOS, "a.webm")
    assert (info.size, info.pending) == (size, True)
    assert read(staged, "a.webm") == pattern(size)
    assert read(staged, "a.webm", 10, 20) == pattern(size)[10:20]

    restarted = StagedStorage(remote.storage, tmp_path / "staging", now=clock)
    remote.proxy.heal()
    assert list(restarted.names(VIDEOS)) == ["a.webm"]
    assert restarted.retry_pending(clock.time) == []
    [stored] = restarted.retry_pending(clock.advance(FIRST_DELAY))

    assert (stored.name, stored.size, stored.pending) == ("a.webm", size, False)
    assert read(remote.storage, "a.webm") == pattern(size)
    assert not restarted.stat(VIDEOS, "a.webm").pending
    assert files_in(tmp_path / "staging") == []
