"""The disk backend: links, pipes, full disks and what outlives a crash."""

from __future__ import annotations

import io
import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from proctor.storage import Bucket
from proctor.storage.errors import ObjectNotFound, StorageFull, StorageUnavailable
from proctor.storage.local import LocalStorage

VIDEOS = Bucket.VIDEOS

P = ParamSpec("P")
T = TypeVar("T")


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    return tmp_path / "videos"


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path)


def save(storage: LocalStorage, data: bytes = b"x", name: str = "a.webm") -> None:
    storage.save(VIDEOS, name, io.BytesIO(data), max_bytes=10_000_000)


def _link_to_file(path: Path) -> None:
    target = path.parent.parent / "secret"
    target.write_text("secret")
    path.symlink_to(target)


def _link_to_nowhere(path: Path) -> None:
    path.symlink_to(path.parent.parent / "nowhere")


@pytest.mark.parametrize("make", [_link_to_file, _link_to_nowhere, os.mkfifo, Path.mkdir])
def test_only_a_regular_file_counts(storage: LocalStorage, videos: Path, make: Callable[[Path], object]) -> None:
    make(videos / "a.webm")

    assert not storage.exists(VIDEOS, "a.webm")
    assert list(storage.names(VIDEOS)) == []
    for look in (storage.stat, storage.open):
        with pytest.raises(ObjectNotFound):
            look(VIDEOS, "a.webm")


def test_saving_and_deleting_replace_a_link_and_leave_what_it_points_to(
    storage: LocalStorage, videos: Path, tmp_path: Path
) -> None:
    _link_to_file(videos / "a.webm")
    save(storage)
    assert not (videos / "a.webm").is_symlink()

    (videos / "b.webm").symlink_to(tmp_path / "secret")
    storage.delete(VIDEOS, "b.webm")
    assert not (videos / "b.webm").is_symlink()

    assert (tmp_path / "secret").read_text() == "secret"


def test_an_operator_may_keep_videos_on_another_disk_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "big-disk").mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "videos").symlink_to(tmp_path / "big-disk")

    save(LocalStorage(tmp_path / "data"))

    assert (tmp_path / "big-disk" / "a.webm").read_bytes() == b"x"


def test_files_are_readable_by_their_owner_only(storage: LocalStorage, videos: Path) -> None:
    save(storage)

    assert (videos / "a.webm").stat().st_mode & 0o077 == 0
    assert videos.stat().st_mode & 0o077 == 0


@contextmanager
def _no_room_beyond(size: int) -> Iterator[None]:
    """Let the kernel refuse files that grow beyond ``size``, the way a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_is_said_so_leaves_no_part_and_heals_by_itself(storage: LocalStorage, videos: Path) -> None:
    save(storage, b"earlier")

    with _no_room_beyond(300_000), pytest.raises(StorageFull) as raised:
        save(storage, bytes(1_000_000))

    assert raised.value.status == 507
    assert [path.name for path in videos.iterdir()] == ["a.webm"]
    assert (videos / "a.webm").read_bytes() == b"earlier"
    save(storage, b"later")
    assert (videos / "a.webm").read_bytes() == b"later"


def test_bytes_are_synced_before_the_name_and_the_name_before_the_answer(
    storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def note_fsync(descriptor: int) -> None:
        steps.append("sync folder" if Path(f"/proc/self/fd/{descriptor}").is_dir() else "sync file")
        fsync(descriptor)

    def note_replace(path: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_fsync)
    monkeypatch.setattr(Path, "replace", note_replace)
    save(storage)

    assert steps == ["sync file", "rename", "sync folder"]


def test_a_file_cut_short_while_it_is_read_is_an_error(storage: LocalStorage, videos: Path) -> None:
    save(storage, bytes(1_000_000))

    with storage.open(VIDEOS, "a.webm") as opened:
        next(opened.chunks)
        os.truncate(videos / "a.webm", 10)
        with pytest.raises(StorageUnavailable):
            list(opened.chunks)


def test_every_wait_for_the_disk_goes_through_the_given_function(tmp_path: Path) -> None:
    waited: list[str] = []

    def run_blocking(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        waited.append(call.__name__)
        return call(*args, **kwargs)

    storage = LocalStorage(tmp_path, run_blocking=run_blocking)
    save(storage)
    with storage.open(VIDEOS, "a.webm") as opened:
        list(opened.chunks)
    storage.delete(VIDEOS, "a.webm")

    assert waited == ["write", "publish", "pread", "remove_file"]


def test_sweeping_removes_only_old_unfinished_files(storage: LocalStorage, videos: Path) -> None:
    save(storage)
    old, new = videos / ".partial-old", videos / ".partial-new"
    for path in (old, new):
        path.write_bytes(b"half")
    for path in (old, videos / "a.webm"):
        os.utime(path, (0, 0))

    assert storage.remove_abandoned(before=datetime.now(UTC) - timedelta(days=1)) == 1

    assert sorted(path.name for path in videos.iterdir()) == [".partial-new", "a.webm"]
