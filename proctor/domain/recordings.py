"""Recordings on their way in: each chunk in its place, hashed, stored and counted before it is acknowledged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate

from proctor.domain import chain
from proctor.domain.media_types import VideoKind, sniff_video
from proctor.errors import Conflict, Gone, InvalidInput, TooLarge, UnsupportedMedia
from proctor.records import (
    Chunk,
    Flag,
    Footage,
    FootageKind,
    Recording,
    Segment,
    Session,
    SessionId,
)
from proctor.storage import Bucket, Storage
from proctor.storage.errors import StorageError
from proctor.store import Store

UPLOAD_GRACE = timedelta(hours=24)
"""How long after its end a session's recording may still come in."""
QUIET = timedelta(minutes=2)
"""How long nothing must have come in before a recording that is not complete is joined all the same."""
MAX_CHUNKS, MAX_TAKES = 20_000, 5_000
"""Of one recording: more than twenty-two hours at four seconds a chunk, and sixteen at twelve seconds a take."""
SMALL_GAP_S = 1.0


@dataclass(frozen=True, slots=True)
class Sent:
    """What a browser says of a chunk: its place, its hash, and how long ago its take began, by the browser's clock."""

    kind: FootageKind
    take_id: str
    seq: int
    offset: int
    sha256: str
    age: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Quotas:
    """How many bytes one chunk, one recording and all recordings of a session may have."""

    chunk_bytes: int
    recording_bytes: int
    session_bytes: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A time between segments of which there is no picture."""

    starts_at: datetime
    duration_s: float


class OutOfPlace(Conflict):
    """The chunk does not continue what is there of its take: chunk ``seq``, at ``offset``, is what is missing next."""

    def __init__(self, *, offset: int, seq: int) -> None:
        super().__init__("This is not the next chunk of the recording.")
        self.offset, self.seq = offset, seq

    def to_body(self) -> dict[str, object]:
        """Return the body with the place at which to go on."""
        return {**super().to_body(), "offset": self.offset, "seq": self.seq}


def take_in(
    session: Session,
    sent: Sent,
    body: Iterable[bytes],
    size: int,
    *,
    quotas: Quotas,
    store: Store,
    storage: Storage,
    now: datetime,
) -> Chunk:
    """Store a chunk of ``size`` bytes at most in its place and return what is known of it; a repeat returns the first.

    Raises ``Conflict`` where nothing is recorded or the recording is complete, ``Gone`` after the grace, ``OutOfPlace``
    with the place to go on at, ``TooLarge`` over a quota, ``InvalidInput`` where the hash is another one,
    ``UnsupportedMedia`` where a take does not begin as WebM does, and what the storage raises.
    """
    found = store.recordings.of_session(session.id)
    _check_open(session, found, now)
    around = store.chunks.around(session.id, sent.kind, sent.take_id, sent.seq)
    known = around.get(sent.seq)
    if known is None:
        before = around.get(sent.seq - 1)
        _check_place(sent, before, found)
        _check_quota(sent, size, found, quotas)
        planned = _planned(session, sent, before, now)
        known = _store(planned, body, sent, most_bytes=quotas.chunk_bytes, store=store, storage=storage)
    if known.sha256 != sent.sha256 or known.offset != sent.offset:
        raise OutOfPlace(offset=known.offset + known.size, seq=known.seq + 1)
    began_at = now - sent.age if sent.seq == 0 else known.received_at
    store.recordings.received(known, min(max(began_at, session.created_at), now), due_at=now + QUIET)
    return known


def complete(session: Session, *, store: Store, now: datetime) -> list[Footage]:
    """Note that the candidate's browser has sent everything; return what there is.

    Raises ``Conflict`` while the session goes on.
    """
    if session.is_live:
        raise Conflict("This exam is still running.")
    store.recordings.complete(session.id, now)
    return store.recordings.of_session(session.id)


def of_session(session: Session, *, store: Store) -> list[Footage]:
    """Return what is recorded of a session: camera, screen, and a file that was sent whole."""
    return store.recordings.of_session(session.id)


def file_name(session_id: SessionId, kind: FootageKind) -> str:
    """Return the name of the file that a recording is joined to."""
    return f"{session_id}.{kind}.webm"


def gaps(segments: Sequence[Segment]) -> list[Gap]:
    """Return the times between the segments that are longer than a second."""
    in_order = sorted(segments, key=lambda segment: segment.starts_at)
    ends = accumulate((segment.starts_at + timedelta(seconds=segment.duration_s) for segment in in_order), max)
    starts = (segment.starts_at for segment in in_order[1:])
    missing = [Gap(end, (start - end).total_seconds()) for end, start in zip(ends, starts, strict=False)]
    return [gap for gap in missing if gap.duration_s > SMALL_GAP_S]


def position_of(footage: Footage, moment: datetime) -> float | None:
    """Return where ``moment`` is in the joined file, in seconds; None where it was not recorded or not joined yet."""
    if footage.file is None:
        return None
    for segment in footage.file.segments:
        since_s = (moment - segment.starts_at).total_seconds()
        if -SMALL_GAP_S <= since_s <= segment.duration_s + SMALL_GAP_S:
            return segment.offset_s + min(max(since_s, 0.0), segment.duration_s)
    return None


def place_flags(flags: Iterable[Flag], found: Iterable[Footage]) -> list[Flag]:
    """Return the flags with their places in the camera's recording, where that can be played."""
    camera = next((footage for footage in found if footage.kind is FootageKind.CAMERA), None)
    if camera is None or camera.file is None:
        return list(flags)
    return [replace(flag, recording_position_s=position_of(camera, flag.began_at)) for flag in flags]


def _check_open(session: Session, found: Sequence[Footage], now: datetime) -> None:
    if session.policy.recording is Recording.OFF:
        raise Conflict("This exam is not recorded.")
    if session.ended_at is not None and now > session.ended_at + UPLOAD_GRACE:
        raise Gone("This exam ended too long ago to send its recording.")
    if any(footage.is_complete for footage in found):
        raise Conflict("This recording is complete.")


def _check_place(sent: Sent, before: Chunk | None, found: Sequence[Footage]) -> None:
    expected = 0 if before is None else before.offset + before.size
    if (sent.seq > 0 and before is None) or sent.offset != expected:
        size, count = _reached(sent, found)
        raise OutOfPlace(offset=size, seq=count)


def _reached(sent: Sent, found: Sequence[Footage]) -> tuple[int, int]:
    """Return how many bytes and chunks of this take are there."""
    takes = (take for footage in found if footage.kind is sent.kind for take in footage.takes)
    return next(((take.size, take.chunks) for take in takes if take.id == sent.take_id), (0, 0))


def _check_quota(sent: Sent, size: int, found: Sequence[Footage], quotas: Quotas) -> None:
    own = next((footage for footage in found if footage.kind is sent.kind), None)
    recorded = own.size if own else 0
    if size > quotas.chunk_bytes:
        raise TooLarge(f"A chunk has {quotas.chunk_bytes} bytes at most.")
    if recorded + size > quotas.recording_bytes or sum(each.size for each in found) + size > quotas.session_bytes:
        raise TooLarge("There is no more room for recordings of this session.")
    if own and (own.chunks >= MAX_CHUNKS or (sent.seq == 0 and len(own.takes) >= MAX_TAKES)):
        raise TooLarge("This recording is in too many pieces.")


def _store(
    planned: Chunk, body: Iterable[bytes], sent: Sent, *, most_bytes: int, store: Store, storage: Storage
) -> Chunk:
    """Store the bytes, then what is known of them; return the chunk that then is in this place, whoever stored it."""
    saved = storage.save(Bucket.CHUNKS, planned.name, _checked(body, sent), max_bytes=most_bytes)
    chunk = replace(planned, size=saved.size, pending=saved.pending)
    if store.chunks.add(chunk):
        if saved.pending and not _is_pending(storage, chunk.name):
            # It reached the storage before anything named it.
            store.chunks.arrived(chunk.name)
        return chunk
    there = store.chunks.around(chunk.session_id, chunk.kind, chunk.take_id, chunk.seq).get(chunk.seq)
    if there is None:
        raise Conflict("This chunk is being stored by somebody else. Please try again.")
    if there.name != chunk.name:
        storage.delete(Bucket.CHUNKS, chunk.name)
    return there


def _planned(session: Session, sent: Sent, before: Chunk | None, now: datetime) -> Chunk:
    """Return what will be known of a chunk when its bytes are here."""
    planned = Chunk(
        session_id=session.id,
        kind=sent.kind,
        take_id=sent.take_id,
        seq=sent.seq,
        offset=sent.offset,
        size=0,
        sha256=sent.sha256,
        chain="",
        # The hash is in the name: two browsers that race for one place cannot write over each other's bytes.
        name=f"{session.id}.{sent.kind}.{sent.take_id}.{sent.seq}.{sent.sha256[:16]}.webm",
        received_at=now,
    )
    return replace(planned, chain=chain.link(planned, before))


def _checked(body: Iterable[bytes], sent: Sent) -> Iterator[bytes]:
    """Pass the bytes on, and fail at their end where they are not those that were announced."""
    found, is_empty = hashlib.sha256(), True
    for piece in body:
        if is_empty and sent.seq == 0 and sniff_video(piece) is not VideoKind.WEBM:
            raise UnsupportedMedia("A recording begins as WebM does.")
        is_empty = False
        found.update(piece)
        yield piece
    if is_empty or found.hexdigest() != sent.sha256:
        raise InvalidInput("The chunk is damaged: its hash is another one.", errors={"sha256": ["Send it again."]})


def _is_pending(storage: Storage, name: str) -> bool:
    try:
        return storage.stat(Bucket.CHUNKS, name).pending
    except StorageError:
        return True
