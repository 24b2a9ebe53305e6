"""The small pictures of the wall: shown to whoever looks, the latest remembered, those of flags kept as evidence."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from proctor.domain import evidence, flags, permissions
from proctor.domain.live import Live
from proctor.domain.media_types import jpeg_size
from proctor.errors import Conflict, InvalidInput, NotFound, TooLarge
from proctor.records import Actor, Evidence, EvidenceKind, Flag, Session, SessionId, Snapshot, Snapshots
from proctor.storage import Storage
from proctor.store import Store

MOST_PIXELS = 640
"""Of either side: more than this is no small picture, whatever its file's size."""
FRESH = timedelta(seconds=10)
"""A picture that waited longer for its connection shows nothing that goes on now."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture as the candidate's page sends it: base64, how long ago it was taken, and what flag asked for it."""

    image: str
    age_ms: int = 0
    flag_id: str | None = None


def take(
    session: Session, sent: Sent, *, max_bytes: int, store: Store, storage: Storage, live: Live, now: datetime
) -> None:
    """Show a picture to the consoles that look, remember it, and keep it where the session's policy wants that.

    Raises ``InvalidInput`` for what is no small JPEG picture, ``TooLarge``, ``NotFound`` for a flag that the session
    does not have, ``Conflict`` for what was taken after the end, and ``Unavailable``: send it again.
    """
    picture = picture_in(sent.image, max_bytes=max_bytes)
    taken_at = max(session.created_at, now - timedelta(milliseconds=sent.age_ms))
    if session.ended_at is not None and taken_at > session.ended_at:
        raise Conflict("This exam is over, and no pictures are kept of what comes after it.")
    if now - taken_at < FRESH:
        store.snapshots.put(Snapshot(session.id, picture, taken_at))
        live.snapshot_taken(session.id, sent.image, taken_at)
    if sent.flag_id is not None:
        _keep_for_flag(session, sent.flag_id, picture, taken_at, store=store, storage=storage, live=live)
    elif session.policy.snapshots is Snapshots.ALL:
        _keep(session, f"{taken_at.isoformat()}", picture, taken_at, store=store, storage=storage)


def picture_in(image: str, *, max_bytes: int) -> bytes:
    """Return the JPEG picture that is in ``image`` as base64. It is told by its header and never decoded here."""
    try:
        picture = base64.b64decode(image, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("The picture is not base64.", errors={"image": ["must be base64"]}) from error
    if len(picture) > max_bytes:
        raise TooLarge(f"A snapshot must not be larger than {max_bytes} bytes.")
    size = jpeg_size(picture)
    if size is None or not all(1 <= side <= MOST_PIXELS for side in size):
        raise InvalidInput("The picture is no small JPEG.", errors={"image": ["must be a JPEG of at most 640 pixels"]})
    return picture


def shown_to(actor: Actor, session_ids: Collection[SessionId], *, store: Store) -> set[SessionId]:
    """Return those of ``session_ids`` that are live and that ``actor`` may see."""
    found = store.sessions.get_many(session_ids) if session_ids else {}
    return {one.id for one in found.values() if one.is_live and permissions.may_open(actor, one)}


def open_wall(session_ids: Collection[SessionId], *, store: Store, live: Live, now: datetime) -> list[Snapshot]:
    """Return the latest pictures of these sessions; pages whose picture is old or missing are asked for one."""
    latest = store.snapshots.latest(session_ids) if session_ids else []
    fresh = {snapshot.session_id for snapshot in latest if now - snapshot.taken_at < FRESH}
    for session_id in set(session_ids) - fresh:
        live.snapshot_wanted(session_id)
    return latest


def _keep_for_flag(
    session: Session, flag_id: str, picture: bytes, taken_at: datetime, *, store: Store, storage: Storage, live: Live
) -> None:
    flag = store.flags.get(session.id, flag_id)
    if flag is None:
        raise NotFound("There is no such flag.")
    if session.policy.snapshots is Snapshots.NONE or flag.snapshot is not None:
        return
    kept = _keep(session, f"flag:{flag.id}", picture, taken_at, store=store, storage=storage, flag=flag)
    shown = store.flags.show(flag.id, kept.name)
    if shown is not None:
        live.flags_changed(flags.count(session.id, store=store), [shown])


def _keep(
    session: Session,
    sent_id: str,
    picture: bytes,
    taken_at: datetime,
    *,
    store: Store,
    storage: Storage,
    flag: Flag | None = None,
) -> Evidence:
    evidence_id = evidence.new_id(session, f"snapshot:{sent_id}")
    wanted = Evidence(
        id=evidence_id,
        session_id=session.id,
        kind=EvidenceKind.SNAPSHOT,
        name=evidence.file_name(session, evidence_id, "jpg"),
        size=0,
        sha256="",
        taken_at=taken_at,
        flag_id=flag.id if flag else None,
    )
    return evidence.keep(wanted, [picture], max_bytes=len(picture), store=store, storage=storage)
