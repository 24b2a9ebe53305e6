"""The integrity score: where to look first, never a judgement."""

from __future__ import annotations

from collections.abc import Mapping

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


def integrity_score(counts: Mapping[str, int], weights: Mapping[str, int] = DEFAULT_WEIGHTS) -> int:
    """Return max(0, 100 - sum of weight times count)."""
    return max(0, 100 - sum(weight * counts.get(event_type, 0) for event_type, weight in weights.items()))
