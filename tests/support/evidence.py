"""A kept picture, for tests of what becomes of it."""

from __future__ import annotations

from datetime import datetime

from proctor.domain import evidence
from proctor.records import Evidence, EvidenceKind, FlagId, Session
from proctor.storage import Storage
from proctor.store import Store

# The first bytes of a JPEG file (ISO/IEC 10918-1, annex B): start of image, application segment.
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")


def small_jpeg(width: int = 320, height: int = 240, *, size: int = 200, text: str = "") -> bytes:
    """Return ``size`` bytes that have the form of a baseline JPEG (ISO/IEC 10918-1, B.2); ``text`` tells them apart."""
    comment = text.encode().ljust(8)
    head = b"\xff\xd8\xff\xfe" + (2 + len(comment)).to_bytes(2) + comment
    frame = b"\xff\xc0\x00\x0b\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x01\x01\x11\x00"
    return (head + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00").ljust(size - 2, b"\x2a") + b"\xff\xd9"


def keep_snapshot(
    session: Session,
    *,
    store: Store,
    storage: Storage,
    now: datetime,
    sent_id: str = "one",
    flag_id: FlagId | None = None,
) -> Evidence:
    """Keep a picture with the session and return what is known of it."""
    evidence_id = evidence.new_id(session, sent_id)
    name = evidence.file_name(session, evidence_id, "jpg")
    wanted = Evidence(evidence_id, session.id, EvidenceKind.SNAPSHOT, name, 0, "", now, flag_id)
    return evidence.keep(wanted, [JPEG], max_bytes=1_000, store=store, storage=storage)
