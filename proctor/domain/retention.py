"""Keeping what the consent text promises: after its time, nothing about a session is left."""

from __future__ import annotations

from datetime import datetime, timedelta

from proctor.records import Session
from proctor.storage import Bucket, Storage
from proctor.store import Store

AT_A_TIME = 100
REPORT_KINDS = ("html", "csv", "pdf")


def purge(*, store: Store, storage: Storage, now: datetime, retention_days: int) -> int:
    """Delete up to ``AT_A_TIME`` sessions that ended more than ``retention_days`` ago; return how many.

    Files go first and the session itself last, so that a purge that broke off is finished by the next one.
    """
    due = store.sessions.ended_before(now - timedelta(days=retention_days), AT_A_TIME)
    for session in due:
        forget(session, store=store, storage=storage)
    return len(due)


def forget(session: Session, *, store: Store, storage: Storage) -> None:
    """Delete a session with its video, reports, evidence, events, conditions, flags and views."""
    if session.video is not None:
        storage.delete(Bucket.VIDEOS, session.video.name)
    for kind in REPORT_KINDS:
        storage.delete(Bucket.REPORTS, f"report_{session.id}.{kind}")
    for kept in store.evidence.of_session(session.id):
        storage.delete(Bucket.EVIDENCE, kept.name)
    for collection in (store.viewers, store.conditions, store.snapshots, store.evidence, store.flags, store.events):
        collection.forget_session(session.id)
    store.sessions.delete(session.id)
