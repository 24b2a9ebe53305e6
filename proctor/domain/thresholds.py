"""How sure the detection in the candidate's browser must be: the closed list, and where an exam may differ from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from proctor.errors import InvalidInput
from proctor.records import Policy


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number that the detection compares with: what it means, where it starts, and how far it may be moved."""

    name: str
    default: float
    lowest: float
    highest: float
    meaning: str

    @property
    def range(self) -> str:
        """The values that it may have, in words."""
        return f"{self.lowest:g} to {self.highest:g}"


THRESHOLDS: Mapping[str, Threshold] = {
    threshold.name: threshold
    for threshold in (
        Threshold("face_score", 0.65, 0.3, 0.95, "how sure of a face, 0 to 1"),
        Threshold("person_score", 0.5, 0.3, 0.95, "how sure of a body, 0 to 1"),
        Threshold("phone_score", 0.4, 0.3, 0.95, "how sure of a phone, 0 to 1"),
        Threshold("notes_score", 0.35, 0.3, 0.95, "how sure of a book, 0 to 1"),
        Threshold("device_score", 0.38, 0.3, 0.95, "how sure of a laptop, screen or keyboard, 0 to 1"),
        Threshold("voice_score", 0.5, 0.2, 0.95, "how sure of speech, 0 to 1"),
        Threshold("away_aside_deg", 18, 8, 60, "head turned aside from the usual look, degrees"),
        Threshold("away_up_deg", 14, 8, 60, "head raised above the usual look, degrees"),
        Threshold("away_down_deg", 18, 8, 60, "head lowered below the usual look, degrees"),
        Threshold("away_eyes", 0.58, 0.3, 1, "eyes turned aside, 0 to 1"),
        Threshold("covered_spread", 6, 1, 20, "most that the shades of a covered lens differ, of 255"),
        Threshold("frozen_s", 10, 5, 120, "seconds without one changed pixel"),
    )
}
"""Higher scores and wider angles mean fewer events: fewer false alarms, and more that is missed."""


def of(policy: Policy) -> Mapping[str, float]:
    """Return every threshold as it holds under ``policy``: its own where it has one, else the default."""
    return {name: float(policy.thresholds.get(name, known.default)) for name, known in THRESHOLDS.items()}


def check(given: Mapping[str, Any]) -> Mapping[str, float]:
    """Return ``given`` if it says in what an exam differs: ``{name: number}``, each within its range.

    Raises ``InvalidInput`` with every fault, by name.
    """
    errors = {name: [reason] for name, value in given.items() if (reason := _fault(name, value))}
    if errors:
        name, [reason] = next(iter(errors.items()))
        raise InvalidInput(f"The threshold {name!r} {reason}.", errors=errors)
    return given


def _fault(name: str, value: object) -> str | None:
    known = THRESHOLDS.get(name)
    if known is None:
        return f"is none of {', '.join(THRESHOLDS)}"
    if not isinstance(value, int | float) or isinstance(value, bool) or not known.lowest <= value <= known.highest:
        return f"must be a number from {known.range}"
    return None
