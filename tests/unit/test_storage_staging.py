"""Uploads that wait on disk: order, back-off, locks and leftovers."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from proctor.storage import Bucket, StagedStorage
from proctor.storage.errors import ObjectBusy, ObjectNotFound, ObjectTooLarge, StorageUnavailable
from proctor.storage.staging import FIRST_DELAY, LONGEST_DELAY
from tests.support.clock import Clock
from tests.support.memory_storage import MemoryStorage

VIDEOS = Bucket.VIDEOS


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def backend() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def staged(backend: MemoryStorage, tmp_path: Path, clock: Clock) -> StagedStorage:
    return StagedStorage(backend, tmp_path, now=clock)


def save(storage: StagedStorage, data: bytes, name: str = "a.webm") -> bool:
    """Save and return whether it is pending."""
    return storage.save(VIDEOS, name, io.BytesIO(data), max_bytes=1000).pending


def read(storage: StagedStorage, name: str = "a.webm") -> bytes:
    with storage.open(VIDEOS, name) as opened:
        return b"".join(opened.chunks)


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_waits_double_up_to_the_longest_and_never_end(
    staged: StagedStorage, backend: MemoryStorage, clock: Clock
) -> None:
    backend.is_up = False
    save(staged, b"x")
    waits = []

    for _ in range(14):
        begun = clock.time
        backend.saves, backend.is_up = 0, True
        backend.before_save = _fail
        while not backend.saves:
            staged.retry_pending(clock.advance(timedelta(seconds=1)))
        waits.append(clock.time - begun)

    assert waits[:4] == [FIRST_DELAY, FIRST_DELAY * 2, FIRST_DELAY * 4, FIRST_DELAY * 8]
    assert waits[-1] == LONGEST_DELAY
    assert staged.count_pending() == 1


def _fail() -> None:
    raise StorageUnavailable("Switched off.")


def test_the_newest_of_several_waiting_uploads_is_the_one_that_counts(
    staged: StagedStorage, backend: MemoryStorage, tmp_path: Path, clock: Clock
) -> None:
    backend.is_up = False
    for data in (b"first", b"second", b"third"):
        assert save(staged, data)
    assert read(staged) == b"third"

    backend.is_up = True
    [stored] = staged.retry_pending(clock.advance(FIRST_DELAY))

    assert backend.files == {(VIDEOS, "a.webm"): b"third"}
    assert stored.sha256 == hashlib.sha256(b"third").hexdigest()
    assert files_in(tmp_path) == []


def test_a_clock_set_back_does_not_bring_an_older_upload_to_the_front(
    staged: StagedStorage, backend: MemoryStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend.is_up = False
    save(staged, b"first")
    monkeypatch.setattr("proctor.storage.staging.time.time_ns", lambda: 1)

    save(staged, b"second")

    assert read(staged) == b"second"


def test_an_upload_that_arrives_during_a_transfer_is_not_lost(
    staged: StagedStorage, backend: MemoryStorage, clock: Clock
) -> None:
    def save_another() -> None:
        backend.before_save = lambda: None
        assert save(staged, b"newer")

    backend.before_save = save_another
    save(staged, b"older")
    assert read(staged) == b"newer"

    staged.retry_pending(clock.advance(FIRST_DELAY))

    assert backend.files == {(VIDEOS, "a.webm"): b"newer"}


def test_a_file_on_its_way_cannot_be_deleted_and_come_back(staged: StagedStorage, backend: MemoryStorage) -> None:
    def delete_meanwhile() -> None:
        with pytest.raises(ObjectBusy):
            staged.delete(VIDEOS, "a.webm")

    backend.before_save = delete_meanwhile
    save(staged, b"x")
    assert backend.saves == 1

    staged.delete(VIDEOS, "a.webm")
    assert not staged.exists(VIDEOS, "a.webm")


def test_a_deleted_upload_no_longer_waits(
    staged: StagedStorage, backend: MemoryStorage, tmp_path: Path, clock: Clock
) -> None:
    backend.is_up = False
    save(staged, b"x")
    backend.is_up = True

    staged.delete(VIDEOS, "a.webm")

    assert staged.retry_pending(clock.advance(FIRST_DELAY)) == []
    assert not staged.exists(VIDEOS, "a.webm")
    assert files_in(tmp_path) == []


def test_one_upload_that_cannot_be_stored_does_not_hold_up_the_others(
    staged: StagedStorage, backend: MemoryStorage, tmp_path: Path, clock: Clock
) -> None:
    backend.is_up = False
    save(staged, b"x", "a.webm")
    save(staged, b"y", "b.webm")
    next(tmp_path.glob("videos.a.webm.*.data")).unlink()
    backend.is_up = True

    stored = staged.retry_pending(clock.advance(FIRST_DELAY))

    assert [item.name for item in stored] == ["b.webm"]


def test_a_copy_damaged_on_disk_is_never_called_stored(
    staged: StagedStorage, backend: MemoryStorage, tmp_path: Path, clock: Clock
) -> None:
    backend.is_up = False
    save(staged, b"evidence")
    next(tmp_path.glob("*.data")).write_bytes(b"tampered")
    backend.is_up = True

    assert staged.retry_pending(clock.advance(FIRST_DELAY)) == []
    assert staged.count_pending() == 1


def test_names_that_begin_alike_are_kept_apart(staged: StagedStorage, backend: MemoryStorage) -> None:
    backend.is_up = False
    for name in ("a", "a.1", "a.1.b", "a.webm"):
        save(staged, name.encode(), name)

    assert [read(staged, name) for name in ("a", "a.1", "a.1.b", "a.webm")] == [
        b"a",
        b"a.1",
        b"a.1.b",
        b"a.webm",
    ]
    assert list(staged._staged(Bucket.REPORTS)) == []


def test_the_longest_name_can_wait(staged: StagedStorage, backend: MemoryStorage, clock: Clock) -> None:
    backend.is_up = False
    name = "x" * 200

    assert save(staged, b"x", name)
    backend.is_up = True

    assert [item.name for item in staged.retry_pending(clock.advance(FIRST_DELAY))] == [name]


def test_an_upload_that_breaks_off_leaves_nothing_behind(
    staged: StagedStorage, backend: MemoryStorage, tmp_path: Path
) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        staged.save(VIDEOS, "a.webm", broken(), max_bytes=1000)
    with pytest.raises(ObjectTooLarge):
        staged.save(VIDEOS, "a.webm", io.BytesIO(b"12345"), max_bytes=4)

    assert backend.saves == 0
    assert files_in(tmp_path) == []


def test_an_absent_file_is_not_found_and_an_absent_backend_is_unavailable(
    staged: StagedStorage, backend: MemoryStorage
) -> None:
    with pytest.raises(ObjectNotFound):
        staged.open(VIDEOS, "a.webm")
    backend.is_up = False
    with pytest.raises(StorageUnavailable):
        staged.open(VIDEOS, "a.webm")


def test_sweeping_removes_leftovers_and_keeps_uploads_however_old(
    staged: StagedStorage, backend: MemoryStorage, tmp_path: Path
) -> None:
    backend.is_up = False
    save(staged, b"x")
    leftovers = [tmp_path / "videos.b.webm.1.abcdef01.data", tmp_path / ".partial-0123"]
    for path in leftovers:
        path.write_bytes(b"half")
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    new = tmp_path / ".partial-4567"
    new.write_bytes(b"just begun")
    backend.is_up = True

    assert staged.remove_abandoned(before=datetime.now(UTC) - timedelta(days=1)) == 2

    assert not any(path.exists() for path in leftovers)
    assert new.exists()
    assert read(staged) == b"x"


def test_an_upload_survives_a_process_that_is_killed_while_storing_it(backend: MemoryStorage, tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from proctor.storage import Bucket, StagedStorage
        from tests.support.memory_storage import MemoryStorage
        backend = MemoryStorage()
        backend.before_save = lambda: os.kill(os.getpid(), signal.SIGKILL)
        StagedStorage(backend, Path(sys.argv[1])).save(Bucket.VIDEOS, "a.webm", [b"evidence"], max_bytes=1000)
        """
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert killed.returncode == -9

    restarted = StagedStorage(backend, tmp_path)
    assert read(restarted) == b"evidence"
    [stored] = restarted.retry_pending(datetime.now(UTC))

    assert backend.files == {(VIDEOS, "a.webm"): b"evidence"}
    assert not stored.pending
