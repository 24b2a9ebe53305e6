"""The integrity score: where to look first, never a judgement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_WEIGHTS: Mapping[str, int] = {
    "focus_lost": 2,
    "looking_away": 1,
    "no_face": 3,
    "multiple_faces": 10,
    "phone_detected": 15,
    "notes_detected": 8,
    "device_detected": 8,
    "tab_hidden": 3,
    "fullscreen_exit": 2,
}
"""Points lost for each event of a type. Types that are not named cost nothing."""


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points lost for the events of one type."""

    event_type: str
    count: int
    weight: int

    @property
    def points(self) -> int:
        """How many points these events cost together."""
        return self.count * self.weight


def integrity_score(counts: Mapping[str, int], weights: Mapping[str, int] = DEFAULT_WEIGHTS) -> int:
    """Return max(0, 100 - sum of weight times count)."""
    return max(0, 100 - sum(deduction.points for deduction in deductions(counts, weights)))


def deductions(counts: Mapping[str, int], weights: Mapping[str, int] = DEFAULT_WEIGHTS) -> list[Deduction]:
    """Return where points were lost, the most first."""
    lost = [Deduction(name, counts[name], weight) for name, weight in weights.items() if counts.get(name) and weight]
    return sorted(lost, key=lambda deduction: (-deduction.points, deduction.event_type))
