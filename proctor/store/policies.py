"""What a policy looks like inside the documents of exams and sessions, and back."""

from __future__ import annotations

from proctor.records import Policy, Recording, Snapshots
from proctor.store.client import Document


def to_document(policy: Policy) -> Document:
    """Return what is kept of a policy."""
    return {
        "recording": policy.recording,
        "snapshots": policy.snapshots,
        "thresholds": dict(policy.thresholds),
        "retention_days": policy.retention_days,
    }


def from_document(document: Document | None) -> Policy:
    """Return the policy; exams and sessions older than policies recorded nothing."""
    if document is None:
        return Policy(recording=Recording.OFF)
    return Policy(
        recording=Recording(document["recording"]),
        snapshots=Snapshots(document["snapshots"]),
        thresholds=document["thresholds"],
        retention_days=document["retention_days"],
    )
