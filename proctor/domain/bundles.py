"""Evidence bundles: everything about a session as one zip file, made while it is sent, with the hash of each file.

Memory use grows neither with recordings nor with events: whatever is added is read, hashed and passed on in pieces.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from proctor.domain.exam_clock import iso
from proctor.errors import ProctorError

MANIFEST = "manifest.json"
FORMAT = 1
SEND_AT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the bundle. ``read`` gives its content in pieces; ``sha256`` is its hash as it was stored, if known.

    ``is_packed`` files, such as videos, cannot be made smaller, and nobody tries.
    """

    name: str
    read: Callable[[], Iterator[bytes]]
    sha256: str | None = None
    is_packed: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A file as it went into the bundle; ``is_as_stored`` is False where it is not what was stored once."""

    name: str
    size: int
    sha256: str
    is_as_stored: bool | None


class _Outlet(io.RawIOBase):
    """What the zip file is written to: it keeps the bytes until they are sent."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._waiting += piece
        return len(piece)

    def take(self, at_least: int = 1) -> Iterator[bytes]:
        """Yield what was written since the last time, once it is enough."""
        if len(self._waiting) >= at_least:
            sent, self._waiting = bytes(self._waiting), bytearray()
            yield sent


def stream(parts: Iterable[Part], facts: Mapping[str, Any], now: datetime) -> Iterator[bytes]:
    """Yield a zip file of ``parts`` and, as its last file, a manifest that names each with its size and SHA-256.

    Parts that cannot be read at all are named as missing. One that breaks off breaks the bundle off: better none than
    one that looks whole.
    """
    outlet, entries, missing = _Outlet(), list[Entry](), list[dict[str, str]]()
    with zipfile.ZipFile(outlet, "w") as archive:
        for part in parts:
            try:
                content = _begun(part.read())
            except ProctorError as error:
                missing.append({"name": part.name, "detail": error.detail})
                continue
            yield from _add(archive, outlet, part, content, now, entries)
        manifest = Part(MANIFEST, lambda: iter([_manifest(facts, entries, missing, now)]))
        yield from _add(archive, outlet, manifest, manifest.read(), now, [])
    yield from outlet.take()


def _begun(content: Iterator[bytes]) -> Iterator[bytes]:
    """Return ``content`` once its first piece is there: until then it can still be left out."""
    return chain([next(content, b"")], content)


def _add(
    archive: zipfile.ZipFile, outlet: _Outlet, part: Part, content: Iterator[bytes], now: datetime, entries: list[Entry]
) -> Iterator[bytes]:
    info = zipfile.ZipInfo(part.name, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    info.compress_type = zipfile.ZIP_STORED if part.is_packed else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    found, size = hashlib.sha256(), 0
    # The size is known only at the end, and may be of any number of bytes.
    with archive.open(info, "w", force_zip64=True) as file:
        for piece in content:
            file.write(piece)
            found.update(piece)
            size += len(piece)
            yield from outlet.take(SEND_AT)
    digest = found.hexdigest()
    entries.append(Entry(part.name, size, digest, None if part.sha256 is None else part.sha256 == digest))


def _manifest(facts: Mapping[str, Any], entries: list[Entry], missing: list[dict[str, str]], now: datetime) -> bytes:
    listed = {"files": [asdict(entry) for entry in entries], "missing": missing}
    manifest = {"format": FORMAT, "generated_at": iso(now), **facts, **listed}
    return json.dumps(manifest, ensure_ascii=False, indent=2).encode()
