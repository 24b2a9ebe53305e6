"""Flags, the integrity score with what cost points, and what is made easier for a candidate."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict


class EvidenceAnswer(TypedDict):
    """What a flag rests on: the events that began it (the first 50 of ``event_count``) and the one that ended it."""

    event_ids: list[str]
    event_count: int
    confidence: float | None
    snapshot: str | None
    recording_position_s: float | None


class FlagAnswer(TypedDict):
    """A condition that lasted; ``cleared_at`` and ``lasted_ms`` are null while it does."""

    id: str
    session_id: str
    rule_id: str
    severity: str
    message: str
    began_at: str
    raised_at: str
    cleared_at: str | None
    lasted_ms: int | None
    evidence: EvidenceAnswer
    state: str
    handled_by: str | None
    handled_at: str | None
    reason: str | None


class FlagsAnswer(TypedDict):
    """A session's flags, in the order of what they are about."""

    flags: list[FlagAnswer]


class ProofAnswer(TypedDict):
    """One event that cost points."""

    event_id: str
    timestamp: str
    confidence: float | None
    lasted_ms: int | None
    flag_id: str | None


class DeductionAnswer(TypedDict):
    """Points lost for the events of one type, which is also the id of its rule; ``evidence`` names the first 100."""

    rule_id: str
    count: int
    weight: int
    points: int
    evidence: list[ProofAnswer]


class ScoreAnswer(TypedDict):
    """The integrity score, explained."""

    score: int
    deductions: list[DeductionAnswer]


class AccommodationsAnswer(TypedDict):
    """What is made easier for a candidate, by rule."""

    accommodations: dict[str, Any]
