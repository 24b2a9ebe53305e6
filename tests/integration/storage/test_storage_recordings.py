"""Recordings in each of the four places: chunks in, one file out, also where another server took the chunks."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from proctor.domain import joining, recordings, videos
from proctor.domain.joining import Bench
from proctor.domain.recordings import Quotas, Sent
from proctor.records import Footage, FootageKind, FootageState, Policy, Session, Status
from proctor.storage import Bucket, StagedStorage, Storage
from proctor.storage.base import call_directly
from proctor.store import Store
from tests.integration.storage.conftest import Remote
from tests.support.factories import NOW, make_session
from tests.support.faulty_proxy import Fault
from tests.support.takes import pieces, webm

QUOTAS = Quotas(1_000_000, 10_000_000, 10_000_000)
END = NOW + timedelta(minutes=10)
LATER = END + timedelta(minutes=5)


@pytest.fixture
def session(store: Store) -> Session:
    """Give a session that ended ten minutes after it was made."""
    made = make_session(status=Status.FINISHED, ended_at=END, policy=Policy())
    store.sessions.add(made)
    return made


def send(session: Session, take: bytes, store: Store, storage: Storage) -> None:
    offset = 0
    for seq, piece in enumerate(pieces(take)):
        sent = Sent(FootageKind.CAMERA, "take-one", seq, offset, hashlib.sha256(piece).hexdigest())
        recordings.take_in(session, sent, [piece], len(piece), quotas=QUOTAS, store=store, storage=storage, now=END)
        offset += len(piece)


def join(store: Store, storage: Storage, folder: Path) -> Footage:
    joining.join_due(Bench(store, storage, folder, call_directly, _at_once, lambda: LATER))
    [footage] = store.recordings.of_session(make_session().id)
    return footage


def test_chunks_become_one_file_and_go(storage: Storage, store: Store, session: Session, tmp_path: Path) -> None:
    send(session, webm(), store, storage)
    store.recordings.complete(session.id, END)

    footage = join(store, storage, tmp_path / "joining")

    assert footage.file
    assert (footage.state, footage.file.chain_ok) == (FootageState.READY, True)
    with storage.open(Bucket.VIDEOS, footage.file.name) as opened:
        assert hashlib.sha256(b"".join(opened.chunks)).hexdigest() == footage.file.sha256
    assert list(storage.names(Bucket.CHUNKS)) == []


def test_chunks_that_wait_on_another_servers_disk_are_waited_for(
    remote: Remote, store: Store, session: Session, tmp_path: Path
) -> None:
    here, there = (StagedStorage(remote.storage, tmp_path / name, now=lambda: END) for name in ("here", "there"))
    remote.proxy.break_with(Fault.RESET)
    send(session, webm(), store, there)
    assert there.count_pending() == 4
    store.recordings.complete(session.id, END)
    remote.proxy.heal()

    assert join(store, here, tmp_path / "joining").state is FootageState.RECEIVING
    videos.settle_pending(there, store=store, now=LATER)
    store.recordings.complete(session.id, END)
    store.database["recordings"].update_one({}, {"$set": {"due_at": END}})  # a minute later

    footage = join(store, here, tmp_path / "joining")
    assert footage.file
    assert (footage.state, footage.file.chain_ok) == (FootageState.READY, True)
    assert footage.file.duration_s == pytest.approx(4, abs=0.2)


def _at_once(_seconds: float) -> None:
    """Wait for nothing: the child is asked again and again instead."""
