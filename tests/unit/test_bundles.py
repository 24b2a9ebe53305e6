"""Evidence bundles: zip files that any tool opens, whose manifest names each file by size and hash."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest

from proctor.domain import bundles
from proctor.domain.bundles import Part
from proctor.errors import NotFound
from tests.support.factories import NOW


def part(name: str, content: bytes, sha256: str | None = None, *, is_packed: bool = False) -> Part:
    return Part(name, lambda: iter([content[:3], content[3:]]), sha256, is_packed=is_packed)


def opened(*parts: Part) -> tuple[zipfile.ZipFile, dict[str, object]]:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(bundles.stream(parts, {"session": {"id": "s"}}, NOW))))
    return archive, json.loads(archive.read("manifest.json"))


def test_the_manifest_names_every_file_with_its_size_and_hash() -> None:
    content = "Grüße\n".encode() * 1_000
    stored = hashlib.sha256(b"video").hexdigest()

    archive, manifest = opened(part("a.txt", content), part("v/b.webm", b"video", stored, is_packed=True))

    assert archive.testzip() is None
    assert archive.namelist() == ["a.txt", "v/b.webm", "manifest.json"]
    assert manifest["files"] == [
        {"name": "a.txt", "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "is_as_stored": None},
        {"name": "v/b.webm", "size": 5, "sha256": stored, "is_as_stored": True},
    ]
    assert (manifest["session"], manifest["generated_at"]) == ({"id": "s"}, "2030-01-01T09:00:00.000Z")


def test_a_file_that_is_not_what_was_stored_is_told() -> None:
    _, manifest = opened(part("b.webm", b"changed", hashlib.sha256(b"video").hexdigest()))

    assert [entry["is_as_stored"] for entry in manifest["files"]] == [False]  # type: ignore[attr-defined]


def test_a_file_that_is_gone_is_named_and_the_rest_is_there() -> None:
    def gone() -> Iterator[bytes]:
        raise NotFound("There is no such file.")

    archive, manifest = opened(Part("b.webm", gone), part("a.txt", b"text"))

    assert archive.namelist() == ["a.txt", "manifest.json"]
    assert manifest["missing"] == [{"name": "b.webm", "detail": "There is no such file."}]


def test_a_file_that_breaks_off_breaks_the_bundle_off() -> None:
    def broken() -> Iterator[bytes]:
        yield b"first"
        raise NotFound("It went away.")

    sent: list[bytes] = []
    with pytest.raises(NotFound):
        sent.extend(bundles.stream([Part("b.webm", broken)], {}, NOW))
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(sent)))


def test_an_empty_file_is_a_file() -> None:
    archive, _ = opened(Part("empty", lambda: iter([])))

    assert archive.read("empty") == b""


def test_large_files_pass_through_without_being_kept() -> None:
    piece = bytes(256 * 1024)
    video = Part("b.webm", lambda: (piece for _ in range(400)), is_packed=True)

    tracemalloc.start()
    size = sum(map(len, bundles.stream([video], {}, NOW)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert size > 400 * len(piece)
    assert peak < 8 * 1024 * 1024
