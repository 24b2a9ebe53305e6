"""Answering flags, and the points that were lost."""

from __future__ import annotations

from proctor.domain.score import Deduction, Proof
from proctor.records import Flag
from proctor.wire import shapes
from proctor.wire.answers.common import iso, iso_or_none

PROOFS = 100
"""How many events a deduction names as evidence."""


def flag_answer(flag: Flag) -> shapes.FlagAnswer:
    """Answer one flag."""
    return {
        "id": flag.id,
        "session_id": flag.session_id,
        "rule_id": flag.rule_id,
        "severity": str(flag.severity),
        "message": flag.message,
        "began_at": iso(flag.began_at),
        "raised_at": iso(flag.raised_at),
        "cleared_at": iso_or_none(flag.cleared_at),
        "lasted_ms": flag.lasted_ms,
        "evidence": {
            "event_ids": list(flag.event_ids),
            "event_count": flag.begun_count,
            "confidence": flag.confidence,
            "snapshot": None if flag.snapshot is None else f"/evidence/{flag.snapshot}",
            "recording_position_s": flag.recording_position_s,
        },
        "state": str(flag.state),
        "handled_by": flag.handled_by,
        "handled_at": iso_or_none(flag.handled_at),
        "reason": flag.reason,
    }


def deduction_answer(lost: Deduction, proofs: list[Proof]) -> shapes.DeductionAnswer:
    """Answer where points were lost, and on what evidence."""
    evidence: list[shapes.ProofAnswer] = [
        {
            "event_id": proof.event.id,
            "timestamp": iso(proof.event.timestamp),
            "confidence": proof.confidence,
            "lasted_ms": proof.lasted_ms,
            "flag_id": proof.flag.id if proof.flag else None,
        }
        for proof in proofs[:PROOFS]
    ]
    return {
        "rule_id": lost.event_type,
        "count": lost.count,
        "weight": lost.weight,
        "points": lost.points,
        "evidence": evidence,
    }
