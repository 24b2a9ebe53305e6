"""Conditions: what begins with one event and lasts until another. A condition is named by the event that begins it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

ENDS: Mapping[str, frozenset[str]] = {
    "focus_lost": frozenset({"focus_regained"}),
    "looking_away": frozenset({"looking_back"}),
    "no_face": frozenset({"face_detected", "single_face", "multiple_faces"}),
    "multiple_faces": frozenset({"single_face", "no_face"}),
    "phone_detected": frozenset({"phone_gone"}),
    "notes_detected": frozenset({"notes_gone"}),
    "device_detected": frozenset({"device_gone"}),
    "voice_detected": frozenset({"voice_silent"}),
    "tab_hidden": frozenset({"tab_visible"}),
    "fullscreen_exit": frozenset({"fullscreen_enter"}),
    "window_blur": frozenset({"window_focus"}),
    "camera_off": frozenset({"camera_on"}),
    "camera_covered": frozenset({"camera_uncovered"}),
    "camera_frozen": frozenset({"camera_unfrozen"}),
    "mic_off": frozenset({"mic_on"}),
    "screen_share_stop": frozenset({"screen_share_start"}),
    "connection_lost": frozenset({"connection_restored"}),
    "pause": frozenset({"resume"}),
}
"""Which events end the condition that another one begins. The end of the session ends every one."""

SESSION_ENDS = frozenset({"session_ended", "terminate"})
"""Events that end a session, and with it whatever still lasts."""


def types_of(condition: str) -> frozenset[str]:
    """Return the types of the events that begin or end ``condition``."""
    return ENDS[condition] | {condition}


def touched_by(event_type: str) -> Collection[str]:
    """Return the conditions that an event of this type begins or ends."""
    return _TOUCHED.get(event_type, ())


_TOUCHED: Mapping[str, tuple[str, ...]] = {
    event_type: tuple(condition for condition in ENDS if event_type in types_of(condition))
    for event_type in frozenset().union(*map(types_of, ENDS))
}
