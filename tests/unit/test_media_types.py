"""Telling videos from what only claims to be one."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.domain.media_types import SNIFF_BYTES, VideoKind, jpeg_size, sniff_video
from proctor.storage.base import UNKNOWN_TYPE, content_type_of
from tests.support.evidence import small_jpeg


def element(element_id: bytes, data: bytes) -> bytes:
    """Return an EBML element whose size takes one byte."""
    return element_id + bytes([0x80 | len(data)]) + data


def ebml(doctype: bytes, *, before: bytes = b"", size_bytes: int = 1) -> bytes:
    """Return an EBML header as muxers write it, and the begin of a segment."""
    content = (
        element(b"\x42\x86", b"\x01")
        + element(b"\x42\xf7", b"\x01")
        + before
        + element(b"\x42\x82", doctype)
        + element(b"\x42\x87", b"\x04")
    )
    marker = 1 << (7 * size_bytes)
    return b"\x1a\x45\xdf\xa3" + (marker | len(content)).to_bytes(size_bytes, "big") + content + b"\x18\x53\x80\x67"


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    """Return the first box of an ISO media file, and the begin of the next."""
    body = major + bytes(4) + b"".join(compatible)
    return struct.pack(">I", len(body) + 8) + b"ftyp" + body + struct.pack(">I", 8) + b"free"


def ogg_page(packet: bytes, *, flags: int = 2, version: int = 0) -> bytes:
    """Return a page with one packet."""
    return b"OggS" + bytes([version, flags]) + bytes(20) + bytes([1, len(packet)]) + packet


def zip_file() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("video.webm", ebml(b"webm"))
    return target.getvalue()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (ebml(b"webm"), VideoKind.WEBM),
        # Chromium's MediaRecorder spends eight bytes on the header's size.
        (ebml(b"webm", size_bytes=8), VideoKind.WEBM),
        (ebml(b"webm\0\0"), VideoKind.WEBM),
        (ebml(b"webm", before=element(b"\xec", bytes(100))), VideoKind.WEBM),
        (ebml(b"matroska"), VideoKind.MKV),
        (ftyp(b"isom", b"isom", b"iso2", b"avc1", b"mp41"), VideoKind.MP4),
        (ftyp(b"mp42"), VideoKind.MP4),
        (ftyp(b"XAVC", b"XAVC", b"mp42", b"iso2"), VideoKind.MP4),
        (ftyp(b"qt  ", b"qt  "), VideoKind.MOV),
        (ogg_page(b"\x80theora"), VideoKind.OGG),
        (ogg_page(b"fishead\0"), VideoKind.OGG),
    ],
)
def test_videos_are_known_by_their_first_bytes(head: bytes, kind: VideoKind) -> None:
    assert sniff_video(head) is kind
    assert sniff_video(head + bytes(SNIFF_BYTES)) is kind


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        zip_file(),
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\0\0\0\0AVI LIST",
        b"#!/bin/sh\n",
        b"%PDF-1.7",
        # A video's name or magic somewhere inside is not enough.
        b"<html>\x1a\x45\xdf\xa3\x42\x82\x84webm",
        b"\x1a\x45\xdf\xa3",
        b"\x1a\x45\xdf\xa3<script>webm</script>",
        ebml(b"evilmedia"),
        ebml(b"webmx"),
        # The type named behind the header's end belongs to something else.
        b"\x1a\x45\xdf\xa3\x80" + element(b"\x42\x82", b"webm"),
        ftyp(b"heic", b"mif1", b"iso8"),
        ftyp(b"avif", b"avif", b"mp42"),
        ftyp(b"M4A ", b"M4A ", b"mp42", b"isom"),
        ftyp(b"evil", b"evil"),
        b"\0\0\0\x08ftyp",
        b"<svgftypisom",
        ogg_page(b"\x80theora", flags=0),
        ogg_page(b"\x80theora", version=1),
        b"OggS",
    ],
)
def test_everything_else_is_refused(head: bytes) -> None:
    assert sniff_video(head) is None
    assert sniff_video(head + bytes(SNIFF_BYTES)) is None


@given(st.sampled_from([b"", b"\x1a\x45\xdf\xa3", b"OggS\0\x02", b"\0\0\0\x18ftyp"]), st.binary(max_size=300))
def test_no_bytes_make_it_fail(magic: bytes, rest: bytes) -> None:
    assert sniff_video(magic + rest) in {None, *VideoKind}


@pytest.mark.parametrize("kind", VideoKind)
def test_every_kind_has_a_media_type_to_be_served_with(kind: VideoKind) -> None:
    assert content_type_of(f"a.{kind}") != UNKNOWN_TYPE


def test_a_jpegs_size_is_read_past_whatever_comes_before_its_frame() -> None:
    assert jpeg_size(small_jpeg(320, 240, text="a comment of some length before the frame")) == (320, 240)


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\xff\xd8\xff\xd9",
        small_jpeg()[:-2],
        small_jpeg()[2:],
        small_jpeg().replace(b"\xff\xc0", b"\xff\xc9"),
        b"\xff\xd8" + b"\xff\xfe\x00\x02" * 40 + small_jpeg()[2:],
        b"\xff\xd8\xff\xfe\x00\x00" + small_jpeg()[2:],
        b"\xff\xd8\xff\xfe\xff\xff" + small_jpeg()[2:],
        b"GIF89a" + bytes(50) + b"\xff\xd9",
    ],
    ids=["nothing", "no frame", "cut off", "no start", "arithmetic", "endless", "no length", "too long", "a GIF"],
)
def test_what_is_no_whole_jpeg_has_no_size(picture: bytes) -> None:
    assert jpeg_size(picture) is None
