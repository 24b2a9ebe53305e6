"""Reviews: what people make of a session after its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from proctor.records.ids import EventId, ProctorId


class Verdict(StrEnum):
    """What people make of a session after its end. Legal changes are in ``domain.verdicts``."""

    UNREVIEWED = "unreviewed"
    CLEAR = "clear"
    SUSPICIOUS = "suspicious"
    VIOLATION = "violation"
    SECOND_REVIEW = "second_review"


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of a session's verdict: never altered, never removed. ``id`` is made by whoever sends it."""

    id: EventId
    was: Verdict
    verdict: Verdict
    by: str
    by_id: ProctorId
    at: datetime
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What became of a session's review: the verdict so far, and each decision that led to it, in order.

    ``asked_by`` is who last wished for a second reviewer, and so is none. ``place`` is where the session stands among
    those that wait (smaller is sooner): None before it was ranked, empty where there is nothing to review.
    """

    verdict: Verdict = Verdict.UNREVIEWED
    history: tuple[Decision, ...] = ()
    asked_by: ProctorId | None = None
    place: str | None = None
