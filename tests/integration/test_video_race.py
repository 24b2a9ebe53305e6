"""Two uploads of one session at once: what the session says of its video is what is stored."""

from __future__ import annotations

import hashlib
import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from proctor.domain import videos
from proctor.domain.exam_clock import utc_now
from proctor.errors import NotFound
from proctor.records import Session, SessionId
from proctor.storage import Bucket
from proctor.store import Store
from tests.support.clips import clip
from tests.support.factories import make_session
from tests.support.memory_storage import MemoryStorage


@pytest.fixture
def session(store: Store) -> Session:
    """Give a session without a video."""
    made = make_session(id=SessionId(str(uuid.uuid4())), handle=uuid.uuid4().hex[:24])
    store.sessions.add(made)
    return made


def upload(session: Session, content: bytes, store: Store, storage: MemoryStorage) -> Session:
    return videos.keep(session, iter([content]), max_bytes=10**6, store=store, storage=storage, now=utc_now())


def assert_told_as_stored(session: Session, store: Store, storage: MemoryStorage) -> None:
    kept = store.sessions.get(session.id)
    assert kept
    assert kept.video
    content = storage.files[Bucket.VIDEOS, kept.video.name]
    assert (kept.video.size, kept.video.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_the_one_stored_last_counts_though_it_was_noted_first(store: Store, session: Session) -> None:
    storage = MemoryStorage()
    first_is_stored, second_is_noted = threading.Event(), threading.Event()

    def note_late(*args: Any) -> Any:
        first_is_stored.set()
        assert second_is_noted.wait(10)
        return set_video(*args)

    set_video = store.sessions.set_video
    with ThreadPoolExecutor(1) as pool, pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.sessions, "set_video", note_late)
        slow = pool.submit(upload, session, clip("webm", 5_000), store, storage)
        assert first_is_stored.wait(10)
        patch.undo()
        upload(session, clip("webm", 3_000), store, storage)
        second_is_noted.set()
        slow.result(timeout=10)

    assert_told_as_stored(session, store, storage)


@pytest.mark.parametrize("seed", range(3))
def test_many_uploads_at_once_end_with_one_that_is_told_as_it_is(store: Store, session: Session, seed: int) -> None:
    storage, chance = MemoryStorage(), random.Random(seed)
    sizes = [chance.randint(1_000, 9_000) for _ in range(8)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda size: upload(session, clip("webm", size), store, storage), sizes))

    assert_told_as_stored(session, store, storage)
    assert len(storage.files) == 1


@pytest.mark.parametrize("method", ["set_video", "get"])
def test_a_video_that_comes_while_its_session_is_deleted_leaves_nothing(
    store: Store, session: Session, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    storage, follow = MemoryStorage(), getattr(store.sessions, method)

    def be_overtaken(*args: Any) -> Any:
        store.sessions.delete(session.id)
        return follow(*args)

    monkeypatch.setattr(store.sessions, method, be_overtaken)
    with pytest.raises(NotFound):
        upload(session, clip("webm", 5_000), store, storage)

    assert storage.files == {}
