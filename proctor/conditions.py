"""Conditions: what begins with one event and lasts until another. A condition is named by the event that begins it."""

from __future__ import annotations

from collections.abc import Mapping

ENDS: Mapping[str, str] = {
    "focus_lost": "focus_regained",
    "looking_away": "looking_back",
    "no_face": "face_detected",
    "multiple_faces": "single_face",
    "phone_detected": "phone_gone",
    "notes_detected": "notes_gone",
    "device_detected": "device_gone",
    "voice_detected": "voice_silent",
    "tab_hidden": "tab_visible",
    "fullscreen_exit": "fullscreen_enter",
    "window_blur": "window_focus",
    "camera_off": "camera_on",
    "camera_covered": "camera_uncovered",
    "camera_frozen": "camera_unfrozen",
    "virtual_camera": "virtual_camera_gone",
    "mic_off": "mic_on",
    "screen_share_stop": "screen_share_start",
    "second_display": "second_display_gone",
    "devtools_suspected": "devtools_gone",
    "connection_lost": "connection_restored",
    "sequence_gap": "sequence_complete",
    "second_claim": "claim_released",
    "candidate_expected": "candidate_joined",
    "pause": "resume",
}
"""Which event ends the condition that another one begins. The end of the session ends every one.

Conditions are told apart from each other: who is not in view may be so while others are.
"""

TOLD_BY_SERVER = frozenset({"connection_lost", "sequence_gap", "second_claim", "candidate_expected", "pause"})
"""Conditions that a candidate's page neither begins nor ends: what it says of them is stored, and means nothing."""

SESSION_ENDS = frozenset({"session_ended", "terminate"})
"""Events that end a session, and with it whatever still lasts."""


def types_of(condition: str) -> frozenset[str]:
    """Return the types of the events that begin or end ``condition``."""
    return frozenset({condition, ENDS[condition]})


def condition_of(event_type: str) -> str | None:
    """Return the condition that an event of this type begins or ends, or None."""
    return event_type if event_type in ENDS else _BEGINNINGS.get(event_type)


_BEGINNINGS: Mapping[str, str] = {end: condition for condition, end in ENDS.items()}
