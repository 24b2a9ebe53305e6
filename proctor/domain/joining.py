"""Joining what came in of a recording to one file, once, whichever worker does it; and letting go of the chunks."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from proctor.domain import chain
from proctor.domain.recordings import QUIET, UPLOAD_GRACE, file_name
from proctor.domain.remuxing import Joined, NotJoined, remux
from proctor.errors import ProctorError
from proctor.records import Chunk, Footage, FootageKind, FootageState, JoinedFile, Segment, Session
from proctor.storage import Bucket, Storage, disk
from proctor.storage.base import RunBlocking
from proctor.storage.errors import ObjectNotFound, StorageError, StorageFull
from proctor.store import Store

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
RENEW_S = 15.0
ABANDONED = timedelta(hours=1)
"""A session that nobody ends is joined when nothing came in for so long."""
AGAIN = timedelta(minutes=1)
MAX_ATTEMPTS = 3
MAX_FILE_BYTES = 4 * 1024**3
LEFT_OVER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bench:
    """What joining works with. ``folder`` has room for two copies of a recording; ``sleep`` lets others work."""

    store: Store
    storage: Storage
    folder: Path
    run_blocking: RunBlocking
    sleep: Callable[[float], object]
    clock: Callable[[], datetime]


class LeaseLost(ProctorError):
    """Another worker has taken the recording over: this one was thought to be dead."""


def join_due(bench: Bench) -> None:
    """Look after every recording that is due, one after the other."""
    while (footage := _lease(bench)) is not None:
        try:
            _look_after(footage, bench)
        except LeaseLost:
            log.warning("the joining of a recording of session %.8s… went to another worker", footage.session_id)
        except StorageError as error:
            log.warning("a recording of session %.8s… waits: %s", footage.session_id, error.detail)
            _put_off(footage, bench, AGAIN)


def remove_left_over(bench: Bench) -> None:
    """Remove what workers left behind when they died in the middle of joining."""
    for old in bench.folder.glob("*"):
        with suppress(FileNotFoundError):  # another worker was faster
            if bench.clock().timestamp() - old.stat().st_mtime > LEFT_OVER.total_seconds():
                shutil.rmtree(old, ignore_errors=True)


def _lease(bench: Bench) -> Footage | None:
    now = bench.clock()
    return bench.store.recordings.take_lease(uuid.uuid4().hex, now, now + LEASE)


def _look_after(footage: Footage, bench: Bench) -> None:
    """Do what is to be done with a leased recording now, or say when to look again."""
    session, now = bench.store.sessions.get(footage.session_id), bench.clock()
    if session is None:
        _forget(footage, bench)
    elif footage.is_cleared:
        bench.store.recordings.put_off(footage, footage.state, None, footage.problem)
    elif (wait := _still_to_wait(footage, session, now)) is not None:
        _put_off(footage, bench, wait)
    elif footage.is_joined:
        _clear(footage, bench)
    elif footage.attempts >= MAX_ATTEMPTS:
        bench.store.recordings.put_off(footage, FootageState.FAILED, None, footage.problem)
    else:
        _join(footage, session, bench)


def _still_to_wait(footage: Footage, session: Session, now: datetime) -> timedelta | None:
    """Return how long to leave the recording alone, or None where its time has come."""
    heard_at = footage.heard_at or session.created_at
    if session.is_live or session.ended_at is None:
        if footage.is_joined:
            return ABANDONED
        return None if now - heard_at > ABANDONED else QUIET
    if footage.is_complete:
        return None
    ready_at = session.ended_at + UPLOAD_GRACE if footage.is_joined else max(heard_at, session.ended_at) + QUIET
    return ready_at - now if now < ready_at else None


def _join(footage: Footage, session: Session, bench: Bench) -> None:
    """Make the file and note it, or note why not."""
    chunks = bench.store.chunks.of_kind(footage.session_id, footage.kind)
    with _working_folder(bench) as folder, _held(footage, bench) as keep:
        try:
            takes, damaged = _assemble(footage, chunks, folder, bench, keep)
        except ObjectNotFound:
            # Some of it waits on the disk of another server for the storage to come back.
            return _put_off(footage, bench, AGAIN)
        if bench.run_blocking(shutil.disk_usage, folder).free < footage.size:
            raise StorageFull("The server's disk has no room for the joined file.")
        if not bench.store.recordings.begin_joining(footage):
            raise LeaseLost("The lease was lost.")
        try:
            still = set(takes) - damaged if footage.kind is FootageKind.SCREEN else ()
            joined = remux(folder, takes, footage.size, still=still, pause=keep)
        except NotJoined as error:
            # Only here an attempt counts: a storage that is away says nothing about the recording.
            tried = replace(footage, attempts=footage.attempts + 1)
            is_last = tried.attempts >= MAX_ATTEMPTS
            state = FootageState.FAILED if is_last else FootageState.RECEIVING
            due_at = None if is_last else bench.clock() + AGAIN
            return bench.store.recordings.put_off(tried, state, due_at, error.detail)
        keep(0.0)
        file = _publish(footage, joined, bench, chain_ok=not damaged)
        is_noted = bench.store.recordings.joined(footage, file, due_at=_due_after(footage, session, bench))
    if not is_noted:
        if footage.kind not in {known.kind for known in bench.store.recordings.of_session(footage.session_id)}:
            # It was deleted meanwhile, with all else of its session.
            bench.storage.delete(Bucket.VIDEOS, file.name)
        raise LeaseLost("The lease was lost.")
    if file.pending and not bench.storage.stat(Bucket.VIDEOS, file.name).pending:
        bench.store.recordings.arrived(file.name)
    return None


def _due_after(footage: Footage, session: Session, bench: Bench) -> datetime:
    """Return when to look at a joined recording again: to let the chunks go, or for what comes late."""
    now = bench.clock()
    if footage.is_complete or session.ended_at is None:
        return now if footage.is_complete else now + ABANDONED
    return session.ended_at + UPLOAD_GRACE


def _assemble(
    footage: Footage, chunks: Sequence[Chunk], folder: Path, bench: Bench, keep: Callable[[float], None]
) -> tuple[list[str], set[str]]:
    """Write each take to a file of ``folder``, in the order of their beginnings; return their names.

    Also returns which of them are damaged: have a chunk that is not what the server was given, or does not follow from
    the one before it.
    """
    order = {take.id: number for number, take in enumerate(footage.takes)}
    names = [f"take-{number}.webm" for number in range(len(order))]
    # A chunk that nobody has counted yet is sent again, and then there is more to join.
    counted = [chunk for chunk in chunks if chunk.take_id in order]
    faults, damaged = set(chain.faults(counted)), set()
    for take_id, of_take in groupby(counted, key=lambda chunk: chunk.take_id):
        name = names[order[take_id]]
        with disk.disk_errors(), (folder / name).open("wb") as file:
            for chunk in of_take:
                if not _append(chunk, file.write, bench) or chunk.name in faults:
                    damaged.add(name)
                keep(0.0)
    return names, damaged


def _append(chunk: Chunk, write: Callable[[bytes], int], bench: Bench) -> bool:
    """Write a chunk's bytes; False where they are not those that the server was given.

    Raises ``ObjectNotFound`` where they are elsewhere for now; where they are gone for good, there is nothing to write.
    """
    found = hashlib.sha256()
    try:
        with bench.storage.open(Bucket.CHUNKS, chunk.name) as opened:
            for piece in opened.chunks:
                found.update(piece)
                bench.run_blocking(write, piece)
    except ObjectNotFound:
        if chunk.pending and bench.clock() - chunk.received_at < UPLOAD_GRACE:
            raise
        return False
    return found.hexdigest() == chunk.sha256


def _publish(footage: Footage, joined: Joined, bench: Bench, *, chain_ok: bool) -> JoinedFile:
    """Bring the joined file into the storage and return what is known of it."""
    name = file_name(footage.session_id, footage.kind)
    with disk.open_file(joined.path, 0, None, run_blocking=bench.run_blocking) as made:
        saved = bench.storage.save(Bucket.VIDEOS, name, made.chunks, max_bytes=MAX_FILE_BYTES)
    segments = tuple(
        Segment(
            starts_at=_millis(footage.takes[each.take].started_at + timedelta(seconds=each.at_s)),
            offset_s=each.offset_s,
            duration_s=each.duration_s,
        )
        for each in joined.stretches
    )
    return JoinedFile(
        name=name,
        size=saved.size,
        sha256=saved.sha256,
        duration_s=joined.duration_s,
        segments=segments,
        chunks=footage.chunks,
        chain_ok=chain_ok,
        joined_at=bench.clock(),
        pending=saved.pending,
    )


def _clear(footage: Footage, bench: Bench) -> None:
    """Delete the chunks of a joined recording, to which nothing more will come."""
    with _held(footage, bench) as keep:
        for chunk in bench.store.chunks.of_kind(footage.session_id, footage.kind):
            bench.storage.delete(Bucket.CHUNKS, chunk.name)
            keep(0.0)
    bench.store.recordings.cleared(footage)


def _forget(footage: Footage, bench: Bench) -> None:
    """Delete what was still coming in while its session was deleted."""
    with _held(footage, bench) as keep:
        for chunk in bench.store.chunks.of_kind(footage.session_id, footage.kind):
            bench.storage.delete(Bucket.CHUNKS, chunk.name)
            keep(0.0)
        bench.storage.delete(Bucket.VIDEOS, file_name(footage.session_id, footage.kind))
    bench.store.chunks.forget_session(footage.session_id)
    bench.store.recordings.forget_session(footage.session_id)


def _put_off(footage: Footage, bench: Bench, wait: timedelta) -> None:
    state = FootageState.READY if footage.is_joined else FootageState.RECEIVING
    bench.store.recordings.put_off(footage, state, bench.clock() + wait, footage.problem)


@contextmanager
def _working_folder(bench: Bench) -> Iterator[Path]:
    """Give an empty folder and remove it afterwards."""
    bench.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_left_over(bench)
    folder = Path(tempfile.mkdtemp(dir=bench.folder))
    try:
        yield folder
    finally:
        bench.run_blocking(shutil.rmtree, folder, ignore_errors=True)


@contextmanager
def _held(footage: Footage, bench: Bench) -> Iterator[Callable[[float], None]]:
    """Renew the lease meanwhile, whatever is waited for: storing a long recording takes minutes.

    Gives a function that waits some seconds; it raises ``LeaseLost``.
    """
    is_over, is_lost = threading.Event(), threading.Event()

    def renew() -> None:
        while not is_over.wait(RENEW_S):
            try:
                if not bench.store.recordings.renew_lease(footage, bench.clock() + LEASE):
                    return is_lost.set()
            except ProctorError as error:
                log.warning("the lease of a recording was not renewed: %s", error.detail)
        return None

    def keep(seconds: float) -> None:
        bench.sleep(seconds)
        if is_lost.is_set():
            raise LeaseLost("The lease was lost.")

    renewing = threading.Thread(target=renew, daemon=True)
    renewing.start()
    try:
        yield keep
    finally:
        is_over.set()
        renewing.join()


def _millis(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)
