"""The chain of hashes over a recording's chunks, and whether it and the files still hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import groupby

from proctor.records import Chunk, Footage
from proctor.storage import Bucket, Storage
from proctor.storage.errors import ObjectNotFound
from proctor.store import Store


def link(chunk: Chunk, before: Chunk | None) -> str:
    """Return the hash that binds a chunk to its place and to every chunk ``before`` it, in hexadecimal."""
    place = f"{chunk.session_id}:{chunk.kind}:{chunk.take_id}:{chunk.seq}:{chunk.offset}"
    return hashlib.sha256(f"{before.chain if before else ''}:{place}:{chunk.sha256}".encode()).hexdigest()


def faults(chunks: Iterable[Chunk]) -> list[str]:
    """Return the names of those chunks of a recording, sorted by take and number, that the chain shows to be wrong."""
    found = []
    for _, of_take in groupby(chunks, key=lambda chunk: chunk.take_id):
        before: Chunk | None = None
        for chunk in of_take:
            if not _follows(chunk, before):
                found.append(chunk.name)
            before = chunk
    return found


def verify(footage: Footage, *, store: Store, storage: Storage) -> list[str]:
    """Return a sentence for everything about a recording that is not as it was taken in; reads all of its files."""
    chunks = store.chunks.of_kind(footage.session_id, footage.kind)
    said = [f"{name} does not follow from the chunk before it" for name in faults(chunks)]
    said += _missing(footage, chunks)
    if not footage.is_cleared:
        for chunk in chunks:
            said += _differs(storage, Bucket.CHUNKS, chunk.name, chunk.sha256)
    if footage.file is not None:
        said += _differs(storage, Bucket.VIDEOS, footage.file.name, footage.file.sha256)
        said += [] if footage.file.chain_ok else [f"{footage.file.name} was joined from chunks that were damaged"]
    return said


def _follows(chunk: Chunk, before: Chunk | None) -> bool:
    place = (before.seq + 1, before.offset + before.size) if before else (0, 0)
    return (chunk.seq, chunk.offset) == place and chunk.chain == link(chunk, before)


def _missing(footage: Footage, chunks: Sequence[Chunk]) -> list[str]:
    """Name the takes that have fewer chunks than were counted: the chain cannot show that its end was cut off."""
    counted = {take.id: take.chunks for take in footage.takes}
    there = {take_id: len(list(of_take)) for take_id, of_take in groupby(chunks, key=lambda chunk: chunk.take_id)}
    return [
        f"take {take_id} of the {footage.kind} has {there.get(take_id, 0)} chunks of {count}"
        for take_id, count in counted.items()
        if there.get(take_id, 0) != count
    ]


def _differs(storage: Storage, bucket: Bucket, name: str, sha256: str) -> list[str]:
    found = hashlib.sha256()
    try:
        with storage.open(bucket, name) as opened:
            for piece in opened.chunks:
                found.update(piece)
    except ObjectNotFound:
        return [f"{name} is not in the storage"]
    return [] if found.hexdigest() == sha256 else [f"{name} is not the file that was stored"]
