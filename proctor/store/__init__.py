"""Everything that speaks to MongoDB. Documents stay inside this package; records cross its border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from proctor.store import client
from proctor.store.accommodations import Accommodations
from proctor.store.audit import AuditLog
from proctor.store.conditions import Conditions
from proctor.store.consents import Consents
from proctor.store.event_writer import EventWriter
from proctor.store.events import Events
from proctor.store.evidence import EvidenceItems
from proctor.store.exams import Exams
from proctor.store.flags import Flags
from proctor.store.invitations import Invitations
from proctor.store.logins import Logins
from proctor.store.proctors import Proctors
from proctor.store.recordings import Chunks, Recordings
from proctor.store.sessions import Sessions
from proctor.store.snapshots import LatestSnapshots
from proctor.store.verdicts import Verdicts
from proctor.store.viewers import Viewers

if TYPE_CHECKING:
    from proctor.store.client import Database, Documents

__all__ = ["Store", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """The collections of one database, one object each."""

    database: Database
    exams: Exams
    proctors: Proctors
    logins: Logins
    sessions: Sessions
    events: Events
    event_writer: EventWriter
    conditions: Conditions
    flags: Flags
    evidence: EvidenceItems
    snapshots: LatestSnapshots
    recordings: Recordings
    chunks: Chunks
    verdicts: Verdicts
    viewers: Viewers
    audit: AuditLog
    invitations: Invitations
    accommodations: Accommodations
    consents: Consents

    def ensure_indexes(self) -> None:
        """Create the indexes that are missing; those that exist are left alone."""
        people = (self.exams, self.proctors, self.logins, self.invitations, self.viewers, self.audit)
        for collection in (
            *people,
            self.accommodations,
            self.consents,
            self.sessions,
            self.events,
            self.conditions,
            self.flags,
            self.evidence,
            self.snapshots,
            self.recordings,
            self.chunks,
            self.verdicts,
        ):
            collection.ensure_indexes()

    @property
    def kept_by_session(self) -> Mapping[str, Documents]:
        """The collections whose documents belong to one session each, by name: what goes when it is deleted."""
        collections = (
            self.events,
            self.conditions,
            self.flags,
            self.evidence,
            self.snapshots,
            self.recordings,
            self.chunks,
            self.viewers,
        )
        return {collection.name: collection for collection in collections}

    def ping(self) -> None:
        """Return when the database answers; raise ``Unavailable`` when it does not within two seconds."""
        client.ping(self.database)

    def close(self) -> None:
        """Close the connections."""
        self.database.client.close()


def open_store(mongodb_url: str, database: str) -> Store:
    """Return the collections of ``database``; the first operation connects, and each process opens its own."""
    opened = client.connect(mongodb_url, database)
    sessions, events, conditions = Sessions(opened), Events(opened), Conditions(opened)
    return Store(
        database=opened,
        exams=Exams(opened),
        proctors=Proctors(opened),
        logins=Logins(opened),
        sessions=sessions,
        events=events,
        event_writer=EventWriter(events, sessions, conditions),
        conditions=conditions,
        flags=Flags(opened),
        evidence=EvidenceItems(opened),
        snapshots=LatestSnapshots(opened),
        recordings=Recordings(opened),
        chunks=Chunks(opened),
        verdicts=Verdicts(opened),
        viewers=Viewers(opened),
        audit=AuditLog(opened),
        invitations=Invitations(opened),
        accommodations=Accommodations(opened),
        consents=Consents(opened),
    )
