"""What a session's review looks like in its document, and back."""

from __future__ import annotations

from dataclasses import asdict

from proctor.records import Decision, EventId, ProctorId, Review, Verdict
from proctor.store.client import Document


def to_document(review: Review) -> Document:
    """Return what is kept of a review; ``seq`` counts the decisions, and one is written only on top of the others.

    ``is_ranked`` is False from when anything changes that its place depends on until that is worked out again.
    """
    return {
        "verdict": review.verdict,
        "history": [asdict(decision) for decision in review.history],
        "asked_by": review.asked_by,
        "place": review.place,
        "by": None if not review.history else review.history[-1].by_id,
        "seq": len(review.history),
        "is_ranked": False,
    }


def from_document(document: Document | None) -> Review:
    """Return the review of a session; sessions older than reviews have one that has not begun."""
    if document is None or "verdict" not in document:
        return Review()
    return Review(
        verdict=Verdict(document["verdict"]),
        history=tuple(_decision(decision) for decision in document["history"]),
        asked_by=document["asked_by"],
        place=document["place"],
    )


def _decision(document: Document) -> Decision:
    changed = {
        "id": EventId(document["id"]),
        "was": Verdict(document["was"]),
        "verdict": Verdict(document["verdict"]),
        "by_id": ProctorId(document["by_id"]),
    }
    return Decision(**document | changed)
