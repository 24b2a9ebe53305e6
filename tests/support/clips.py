"""Files whose first bytes are those of videos: what a server that does not decode them can know of them."""

from __future__ import annotations

from tests.support.streams import pattern

WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm" + bytes(
    [0x42, 0x87, 0x81, 0x04, 0x42, 0x85, 0x81, 0x02]
)
HEADS = {
    "webm": WEBM,
    "mkv": WEBM.replace(b"\x9f", b"\xa3", 1).replace(b"\x84webm", b"\x88matroska"),
    "mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1",
    "mov": b"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00qt  ",
    "ogg": b"OggS\x00\x02" + bytes(20) + b"\x01\x1e",
}
TYPES = {
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "ogg": "video/ogg",
}


def clip(kind: str = "webm", size: int = 10_000) -> bytes:
    """Return ``size`` bytes that begin like a video of this kind."""
    head = HEADS[kind]
    return head + pattern(max(0, size - len(head)))
