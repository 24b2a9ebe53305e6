"""The fields that make rules easier for one candidate: each as usual, switched off, or given more time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proctor.domain import rules
from proctor.errors import InvalidInput

USUAL = ""
OFF = "off"
TIMES = ("1.5", "2", "3", "5", "10")
MAX_DIGITS = 4
NOTHING: Mapping[str, Any] = {}


def values_of(relief: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields for what holds."""
    return {f"rule-{name}": OFF if how.get("off") else f"{how['stretch']:g}" for name, how in relief.items()}


def read(values: Mapping[str, str], before: Mapping[str, Any] = NOTHING) -> dict[str, Any]:
    """Return what the fields ask for, as ``rules.check_accommodations`` takes it. Raises ``InvalidInput``.

    What holds already, ``before``, may stay as it is: the command line and the API stretch by any number.
    """
    relief: dict[str, Any] = {}
    shown_before = values_of(before)
    for rule_id in rules.RULES:
        chosen = values.get(f"rule-{rule_id}", USUAL)
        if chosen != USUAL and chosen == shown_before.get(f"rule-{rule_id}"):
            relief[rule_id] = before[rule_id]
        elif chosen == OFF:
            relief[rule_id] = {"off": True}
        elif chosen in TIMES:
            relief[rule_id] = {"stretch": float(chosen)}
        elif chosen != USUAL:
            raise InvalidInput("There is no such choice.", errors={f"rule-{rule_id}": ["Choose one of the list."]})
    return relief


def whole(values: Mapping[str, str], name: str) -> int:
    """Return the number in this field, 0 for an empty one. Raises ``InvalidInput``."""
    text = values.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise InvalidInput("This is no number.", errors={name: ["A whole number, or nothing."]})
    return int(text)
