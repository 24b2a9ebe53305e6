"""The form of an exam: its fields from an exam, and an exam from its fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from proctor.domain import rules, thresholds
from proctor.domain.exams import Draft
from proctor.domain.score import DEFAULT_WEIGHTS
from proctor.errors import InvalidInput
from proctor.records import Exam, Policy, Recording, Severity, Snapshots

ON = "on"
PLAIN_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,4})?")
WEIGHED = tuple(sorted({*DEFAULT_WEIGHTS, *rules.RULES}))
"""The types of events that may cost points, as the form lists them."""


def values_of(exam: Exam | None) -> dict[str, str]:
    """Return the fields of the form for ``exam``, or for a new one. A box that is not ticked has no field."""
    policy = exam.policy if exam else Policy()
    values = {
        "code": exam.code if exam else "",
        "title": exam.title if exam else "",
        "minutes": _text(exam.duration_minutes if exam else 60),
        "recording": policy.recording,
        "snapshots": policy.snapshots,
        "retention_days": _text(policy.retention_days),
        "origins": "\n".join(exam.origins) if exam else "",
        "consent_addition": exam.consent_addition if exam else "",
    }
    ticked = {
        "join_by_hand": exam.join_by_hand if exam else True,
        "screen_required": bool(exam and exam.screen_required),
    }
    values |= {name: ON for name, is_ticked in ticked.items() if is_ticked}
    values |= {f"threshold-{name}": f"{value:g}" for name, value in policy.thresholds.items()}
    if exam and exam.weights is not None:
        # What has no weight there costs nothing, whatever it costs on this server.
        values |= {f"weight-{name}": str(exam.weights.get(name, 0)) for name in WEIGHED}
    return values | _rule_values(exam.rules if exam else {})


def read(values: Mapping[str, str], before: Exam | None, server_weights: Mapping[str, int]) -> Draft:
    """Return what the fields ask for; ``before`` is the exam as it stands. Raises ``InvalidInput`` by field.

    Whether the values are allowed is the domain's to say; here, numbers must be numbers.
    """
    reader = _Reader(values)
    draft = Draft(
        title=reader.text("title"),
        duration_minutes=reader.whole("minutes"),
        screen_required=reader.ticked("screen_required"),
        join_by_hand=reader.ticked("join_by_hand"),
        weights=_weights(reader, before, server_weights),
        rules=_changes(reader, before.rules if before else {}),
        policy=_policy(reader),
        origins=tuple(reader.text("origins").split()),
        consent_addition=reader.text("consent_addition"),
    )
    if reader.errors:
        raise InvalidInput("The exam was not saved: please look at the fields below.", errors=reader.errors)
    return draft


@dataclass
class _Reader:
    """Reads fields, and keeps what is wrong with them."""

    values: Mapping[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.values.get(name, "").strip()

    def ticked(self, name: str) -> bool:
        return self.text(name) == ON

    def whole(self, name: str) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            self.errors[name] = ["A whole number, or nothing."]
            return None
        return int(text)

    def number(self, name: str, *, told_at: str) -> float | None:
        text = self.text(name)
        if not text:
            return None
        # Not every text that Python reads as a number is one: "nan", "1_000".
        if not PLAIN_NUMBER.fullmatch(text):
            self.errors[told_at] = ["A number like 2.5, or nothing."]
            return None
        return float(text)


def _policy(reader: _Reader) -> Policy:
    given = {name: reader.number(f"threshold-{name}", told_at=name) for name in thresholds.THRESHOLDS}
    differing = {
        name: value
        for name, value in given.items()
        if value is not None and value != thresholds.THRESHOLDS[name].default
    }
    try:
        recording, snapshots = Recording(reader.text("recording")), Snapshots(reader.text("snapshots"))
    except ValueError as error:
        raise InvalidInput("There is no such choice.", errors={"recording": ["Choose one of the list."]}) from error
    return Policy(recording, snapshots, differing, reader.whole("retention_days"))


def _weights(reader: _Reader, before: Exam | None, server_weights: Mapping[str, int]) -> Mapping[str, int] | None:
    """Return the weights of the fields, those of the server for empty ones; None where all are empty.

    What has no field, as a file of rules may name it, stays as it was.
    """
    given = {name: reader.whole(f"weight-{name}") for name in WEIGHED}
    own = {name: value for name, value in given.items() if value is not None}
    if not own:
        return None
    if before is None or before.weights is None:
        return {**server_weights, **own}
    unshown = {name: value for name, value in before.weights.items() if name not in WEIGHED}
    usual = {name: value for name, value in server_weights.items() if name in WEIGHED and name not in own}
    return {**unshown, **usual, **{name: value for name, value in own.items() if value or name in before.weights}}


def _changes(reader: _Reader, before: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for rule_id, rule in rules.RULES.items():
        message = before.get(rule_id, {}).get("message")
        kept = {"message": message} if message else {}
        if not reader.ticked(f"rule-{rule_id}-on"):
            changes[rule_id] = {"off": True, **kept}
            continue
        given = [(severity, reader.number(f"rule-{rule_id}-{severity}", told_at=rule_id)) for severity in Severity]
        steps = [{"after_s": after, "severity": str(severity)} for severity, after in given if after is not None]
        if not steps and rule_id not in reader.errors:
            reader.errors[rule_id] = ["Say after how many seconds, for one severity at least, or switch it off."]
        if steps != _steps(rule):
            kept["steps"] = steps
        if kept:
            changes[rule_id] = kept
    return changes


def _rule_values(changes: Mapping[str, Any]) -> dict[str, str]:
    values: dict[str, str] = {}
    for rule_id, rule in rules.RULES.items():
        change = changes.get(rule_id, {})
        if not change.get("off"):
            values[f"rule-{rule_id}-on"] = ON
        for step in change.get("steps", _steps(rule)):
            values[f"rule-{rule_id}-{step['severity']}"] = f"{step['after_s']:g}"
    return values


def _steps(rule: rules.Rule) -> list[dict[str, Any]]:
    return [{"after_s": step.after_s, "severity": str(step.severity)} for step in rule.steps]


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
