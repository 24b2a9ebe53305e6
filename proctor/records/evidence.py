"""Pictures and clips: those that are kept, and the latest one for the wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from proctor.records.ids import EventId, EvidenceId, FlagId, SessionId


class EvidenceKind(StrEnum):
    """What a kept picture or clip is of."""

    SNAPSHOT = "snapshot"
    ROOM_SCAN = "room_scan"
    IDENTITY_PHOTO = "identity_photo"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A picture or clip that is kept with a session, as the file ``name`` in the bucket of evidence.

    ``id`` follows from the session and from the sender's own id for it, so that sending it twice keeps it once.
    ``flag_id`` names the flag that it shows, ``action_id`` the request of a proctor that it answers. ``pending`` is as
    of videos.
    """

    id: EvidenceId
    session_id: SessionId
    kind: EvidenceKind
    name: str
    size: int
    sha256: str
    taken_at: datetime
    flag_id: FlagId | None = None
    action_id: EventId | None = None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The latest small JPEG picture of a candidate, as the wall shows it; ``taken_at`` is by the server's clock."""

    session_id: SessionId
    image: bytes
    taken_at: datetime
