"""Which kind of video or picture a file is, told from its first bytes and from nothing that its sender says."""

from __future__ import annotations

from enum import StrEnum

# The EBML header of every Matroska writer in use and the first box of an MP4 end well before this.
SNIFF_BYTES = 4096
# Before its frame header a browser's JPEG has tables and a handful of application segments.
MOST_SEGMENTS = 32

_EBML_MAGIC = b"\x1a\x45\xdf\xa3"
_DOCTYPE_ID = b"\x42\x82"
_FRAME_MARKERS = frozenset({b"\xff\xc0", b"\xff\xc1", b"\xff\xc2"})
_QUICKTIME_BRAND = b"qt  "
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42"}
    | {b"avc1", b"hvc1", b"av01", b"M4V ", b"MSNV", b"dash", b"cmfc", b"3gp4", b"3gp5", b"3gp6"}
)
# The same boxes also hold sound alone, still images and raw photographs, which are no recordings.
_OTHER_BRANDS = frozenset(
    {b"M4A ", b"M4B ", b"M4P ", b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
    | {b"avif", b"avis", b"crx ", b"jp2 ", b"jpm "}
)


class VideoKind(StrEnum):
    """The containers that are accepted, by the ending that their files get."""

    WEBM = "webm"
    MP4 = "mp4"
    MKV = "mkv"
    MOV = "mov"
    OGG = "ogg"


def sniff_video(head: bytes) -> VideoKind | None:
    """Return what the first ``SNIFF_BYTES`` of a file show it to be, or ``None`` for everything not accepted.

    The sources are RFC 8794 (EBML), RFC 9559 (Matroska), ISO/IEC 14496-12 (``ftyp``), Apple's QuickTime File
    Format and RFC 3533 (Ogg).
    """
    if head.startswith(_EBML_MAGIC):
        return _ebml_kind(head)
    if head[:4] == b"OggS":
        return _ogg_kind(head)
    return _box_kind(head)


def is_jpeg(head: bytes) -> bool:
    """True where a file begins as a JPEG picture does: start of image, then a marker (ISO/IEC 10918-1, annex B)."""
    return head[:3] == b"\xff\xd8\xff"


def jpeg_size(picture: bytes) -> tuple[int, int] | None:
    """Return width and height of a whole JPEG picture in pixels, ``None`` for anything else.

    Segments are stepped over up to the frame header (ISO/IEC 10918-1, B.2.2), which must be baseline or progressive.
    """
    at = 2 if is_jpeg(picture) and picture.endswith(b"\xff\xd9") else len(picture)
    for _ in range(MOST_SEGMENTS):
        marker, length = picture[at : at + 2], int.from_bytes(picture[at + 2 : at + 4], "big")
        if marker in _FRAME_MARKERS and length >= 8 and at + 9 <= len(picture):
            return int.from_bytes(picture[at + 7 : at + 9], "big"), int.from_bytes(picture[at + 5 : at + 7], "big")
        if len(marker) < 2 or marker[0] != 0xFF or length < 2:
            return None
        at += 2 + length
    return None


def _ebml_kind(head: bytes) -> VideoKind | None:
    """Read the header's elements, one after the other, up to the one that names the document type."""
    header_size, at = _read_vint(head, 4)
    end = min(len(head), at + header_size)
    while at < end:
        element_id, at = _read_element_id(head, at)
        size, at = _read_vint(head, at)
        if element_id == _DOCTYPE_ID:
            doctype = head[at : min(at + size, end)].rstrip(b"\x00")
            return {b"webm": VideoKind.WEBM, b"matroska": VideoKind.MKV}.get(doctype)
        at += size
    return None


def _read_element_id(head: bytes, at: int) -> tuple[bytes, int]:
    length = _vint_length(head, at)
    return head[at : at + length], at + length


def _read_vint(head: bytes, at: int) -> tuple[int, int]:
    """Return the number at ``at`` and the place behind it (RFC 8794, section 4)."""
    length = _vint_length(head, at)
    value = int.from_bytes(head[at : at + length], "big")
    return value & ((1 << (7 * length)) - 1), at + length


def _vint_length(head: bytes, at: int) -> int:
    """Return how many bytes a number takes: the zeros that lead its first byte, and one."""
    first = head[at] if at < len(head) else 0
    return 9 - first.bit_length() if first else 8


def _ogg_kind(head: bytes) -> VideoKind | None:
    """Accept a page of version 0 that begins a stream; a file can begin with no other."""
    begins_stream = len(head) >= 27 and head[4] == 0 and head[5] & 0x02
    return VideoKind.OGG if begins_stream else None


def _box_kind(head: bytes) -> VideoKind | None:
    """Read the brands in the first box: the major one, a version, then the compatible ones."""
    size, major = int.from_bytes(head[:4], "big"), head[8:12]
    if head[4:8] != b"ftyp" or not 16 <= size <= SNIFF_BYTES or major in _OTHER_BRANDS:
        return None
    if major == _QUICKTIME_BRAND:
        return VideoKind.MOV
    brands = {major} | {head[at : at + 4] for at in range(16, min(size, len(head)), 4)}
    return VideoKind.MP4 if brands & _MP4_BRANDS else None
