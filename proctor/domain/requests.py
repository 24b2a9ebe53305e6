"""What a proctor asks a candidate to show: a look around the room, or a photo of themselves and their card.

The request is an action like others, on its way until it is answered. The answer is kept as evidence.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from proctor.domain import actions, events, evidence
from proctor.domain.events import Report
from proctor.domain.live import Live
from proctor.domain.media_types import SNIFF_BYTES, VideoKind, is_jpeg, sniff_video
from proctor.errors import Conflict, NotFound, UnsupportedMedia
from proctor.records import Event, EventId, Evidence, EvidenceKind, Session, Source
from proctor.settings import Limits
from proctor.storage import Storage
from proctor.store import Store

CLIPS = frozenset({VideoKind.WEBM, VideoKind.MP4})
"""What browsers record."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer on its way in. ``id`` is made by the candidate's page, so that sending it twice keeps it once."""

    id: str
    action_id: EventId
    kind: EvidenceKind


def take(
    session: Session,
    sent: Sent,
    chunks: Iterator[bytes],
    *,
    limits: Limits,
    store: Store,
    storage: Storage,
    live: Live,
    now: datetime,
) -> Evidence:
    """Keep what the candidate sends, note it in the record, and stop asking for it.

    Raises:
        NotFound: nobody has asked for it.
        Conflict: it was answered already, with something else.
        UnsupportedMedia: it is no JPEG picture, or no WebM or MP4 clip.
        TooLarge: it is larger than such an answer may be.
    """
    request = _request(session, sent, store=store)
    evidence_id = evidence.new_id(session, sent.id)
    answered = store.evidence.of_action(session.id, request.id)
    if answered is not None and answered.id != evidence_id:
        raise Conflict("This was answered already.")
    if answered is None:
        ending, content = _checked(sent.kind, chunks)
        name = evidence.file_name(session, evidence_id, ending)
        wanted = Evidence(evidence_id, session.id, sent.kind, name, 0, "", now, action_id=request.id)
        answered = evidence.keep(wanted, content, max_bytes=most_bytes(sent.kind, limits), store=store, storage=storage)
    done = _done(answered)
    events.keep(session, done, Source.CANDIDATE, store=store, live=live, now=now)
    actions.acknowledged(session, request.id, store=store, live=live, now=now)
    return answered


def _request(session: Session, sent: Sent, *, store: Store) -> Event:
    found = store.events.get_many(session.id, [sent.action_id]).get(sent.action_id)
    pending = next((action for action in session.pending_actions if action.id == sent.action_id), None)
    request = found or pending
    if request is None or request.event_type != str(sent.kind) or request.delivery is None:
        raise NotFound("Nobody has asked for this.")
    return request


def _checked(kind: EvidenceKind, chunks: Iterator[bytes]) -> tuple[str, Iterator[bytes]]:
    """Return the ending of the file and all of its bytes, once the first ones show what it is."""
    head = bytearray()
    for chunk in chunks:
        head += chunk
        if len(head) >= SNIFF_BYTES:
            break
    content = chain([bytes(head)], chunks)
    if kind is EvidenceKind.IDENTITY_PHOTO:
        if not is_jpeg(bytes(head)):
            raise UnsupportedMedia("Send the photo as JPEG.")
        return "jpg", content
    found = sniff_video(bytes(head))
    if found is None or found not in CLIPS:
        raise UnsupportedMedia("Send the clip as WebM or MP4.")
    return str(found), content


def most_bytes(kind: EvidenceKind, limits: Limits) -> int:
    """Return how large an answer of this kind may be."""
    return limits.photo_bytes if kind is EvidenceKind.IDENTITY_PHOTO else limits.room_scan_bytes


def _done(kept: Evidence) -> Report:
    """Return the event that says so; its id follows from the evidence, so that it is noted once."""
    event_id = str(uuid.uuid5(uuid.NAMESPACE_OID, kept.id))
    payload = {"action_id": kept.action_id, "evidence_id": kept.id}
    return Report(f"{kept.kind}_done", event_id, payload=payload)
