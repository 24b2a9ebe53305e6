"""The exam's clock, always the server's: what is left, and whether it runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from proctor.records import Session, Status


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock shows at one moment; ``remaining_ms`` None means without a time limit."""

    remaining_ms: int | None
    running: bool


def utc_now() -> datetime:
    """Return the time now in UTC, in whole milliseconds, which is what the database keeps."""
    return in_milliseconds(datetime.now(UTC))


def in_milliseconds(moment: datetime) -> datetime:
    """Return ``moment`` in UTC without what is finer than a millisecond. A time without a zone is taken as UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.replace(microsecond=aware.microsecond // 1_000 * 1_000)


def iso(moment: datetime) -> str:
    """Return ``moment`` as ISO 8601 in UTC with milliseconds and a Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(session: Session, now: datetime) -> Reading:
    """Return what the session's clock shows at ``now``: it stands before the exam, in a pause and after the end."""
    running = session.status is Status.IN_PROGRESS
    if session.duration_minutes is None:
        return Reading(None, running)
    if session.deadline is None:
        left = timedelta(minutes=session.duration_minutes)
    else:
        left = session.deadline - (session.paused_at or session.ended_at or now)
    return Reading(max(0, int(left / timedelta(milliseconds=1))), running)
