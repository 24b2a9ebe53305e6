"""Bytes for uploads: cheap to make, and never the same at two offsets that a mistake could confuse."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.faulty_proxy import MARKER


def pattern(size: int) -> bytes:
    """Return ``size`` bytes in which each 32-byte line carries its number."""
    lines = (b"%s%015d\n" % (MARKER, number) for number in range(size // 32 + 1))
    return b"".join(lines)[:size]


def pattern_chunks(size: int, *, chunk_bytes: int = 1024 * 1024) -> Iterator[bytes]:
    """Yield ``size`` bytes in chunks that differ from each other."""
    filler = pattern(chunk_bytes)
    for number in range(0, size, chunk_bytes):
        chunk = b"%016d" % number + filler[16:]
        yield chunk[: size - number]
