"""The rules for flags: which conditions, after how long, deserve a person's look. Data and pure functions.

A *flag* is one occurrence of a condition that lasted. What flags there are follows from the events alone, whatever
order they came in, and from the server's clock for a condition that still lasts.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NoReturn, TypeGuard

from proctor.conditions import ENDS, TOLD_BY_SERVER
from proctor.errors import InvalidInput
from proctor.records import Event, Flag, FlagId, Session, Severity, Source

EVIDENCE_EVENTS = 50
"""How many of the events that began a condition a flag names; their number is kept in any case."""

STILL_COMING = timedelta(seconds=0.3)
"""Events come together and are stored one after the other: what came so shortly ago is read once more."""

MAX_AFTER_S = 86_400
MAX_STRETCH = 100
FLAG_NAMES = uuid.UUID("6f1f6a53-5f0c-4d3b-9a52-0d0a8a3b7c11")


@dataclass(frozen=True, slots=True)
class Step:
    """From how long on a condition has which severity."""

    after_s: float
    severity: Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """When a condition becomes a flag, and what one event that begins it costs in the integrity score.

    The rule's id is the name of its condition: the type of the event that begins it.
    """

    rule_id: str
    steps: tuple[Step, ...]
    message: str
    weight: int = 0


def _rule(rule_id: str, message: str, weight: int, **after_s: float) -> Rule:
    steps = tuple(Step(seconds, Severity(severity)) for severity, seconds in after_s.items())
    return Rule(rule_id, steps, message, weight)


RULES: Mapping[str, Rule] = {
    rule.rule_id: rule
    for rule in (
        _rule("no_face", "No face in view", 3, medium=10, high=30),
        _rule("multiple_faces", "More than one person in view", 10, high=5),
        _rule("tab_hidden", "Exam page hidden", 3, medium=5, high=15),
        _rule("fullscreen_exit", "Left full screen", 2, medium=3),
        _rule("window_blur", "Went to another window", 0, medium=5),
        _rule("voice_detected", "Voice heard", 0, medium=10),
        _rule("looking_away", "Looking away", 1, medium=5),
        _rule("phone_detected", "Phone in view", 15, high=0),
        _rule("notes_detected", "Book or notes in view", 8, medium=3),
        _rule("device_detected", "Another device in view", 8, medium=3),
        _rule("camera_off", "Camera off", 0, medium=5),
        _rule("camera_covered", "Camera covered", 0, medium=5, high=30),
        _rule("camera_frozen", "Camera picture stands still", 0, medium=0),
        _rule("virtual_camera", "Camera may be a program", 0, low=0),
        _rule("mic_off", "Microphone off", 0, low=10),
        _rule("screen_share_stop", "Screen not shared", 0, medium=10),
        _rule("second_display", "Second display connected", 0, medium=5),
        _rule("devtools_suspected", "Developer tools may be open", 0, low=10),
        _rule("connection_lost", "Connection lost", 0, low=15),
        _rule("sequence_gap", "Events are missing", 0, medium=0),
        _rule("candidate_expected", "Exam started, but not on the proctored page", 0, medium=120),
        _rule("second_claim", "Somebody else tried to open this exam", 0, high=0),
    )
}
"""The server's own rules. Exams may change them, accommodations switch them off or stretch them."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that a condition began, with every event that said so, and the event that ended it or None."""

    begun: tuple[Event, ...]
    ended: Event | None

    @property
    def first(self) -> Event:
        """The event that began it."""
        return self.begun[0]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one condition of one session comes to at a moment: its flags, when time changes them, what is settled.

    ``due_at`` None means that only another event can change anything. Events before ``settled_at`` need not be read
    again, unless one of them comes late.
    """

    flags: Sequence[Flag]
    due_at: datetime | None
    settled_at: datetime | None


def rules_of(session: Session) -> Mapping[str, Rule]:
    """Return the rules that hold for ``session``: the server's own, changed by its exam and its accommodations.

    Raises ``InvalidInput`` where either cannot be understood.
    """
    rules = {**RULES}
    for rule_id, change in check_changes(session.rules).items():
        rules[rule_id] = _changed(rules[rule_id], change)
    for rule_id, relief in check_accommodations(session.accommodations).items():
        rules[rule_id] = _relieved(rules[rule_id], relief)
    return {rule_id: rule for rule_id, rule in rules.items() if rule.steps}


def switched_off(session: Session) -> frozenset[str]:
    """Return the rules that an accommodation switches off: their events cost no points either."""
    return frozenset(rule_id for rule_id, relief in session.accommodations.items() if relief.get("off"))


def check_changes(changes: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return ``changes`` if they say how an exam's rules differ: ``{rule_id: {"off": true}}`` or ``{"steps": [...]}``.

    A step is ``{"after_s": 10, "severity": "medium"}``; later ones must be more severe. ``message`` may be given too.
    Raises ``InvalidInput`` by rule.
    """
    for rule_id, change in _by_known_rule(changes).items():
        if not change or set(change) - {"off", "steps", "message"} or not isinstance(change.get("off", True), bool):
            _refuse(rule_id, "must have steps or off, and may have a message")
        if not isinstance(change.get("message", ""), str) or len(change.get("message", "")) > 200:
            _refuse(rule_id, "message must be a short text")
        if "steps" in change:
            _check_steps(rule_id, change["steps"])
    return changes


def check_accommodations(accommodations: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return ``accommodations`` if each is ``{rule_id: {"off": true}}`` or ``{rule_id: {"stretch": 2.0}}``.

    Raises ``InvalidInput`` by rule.
    """
    for rule_id, relief in _by_known_rule(accommodations).items():
        if relief == {"off": True}:
            continue
        stretch = relief.get("stretch")
        if set(relief) != {"stretch"} or not _is_number(stretch) or not 1 <= stretch <= MAX_STRETCH:
            _refuse(rule_id, f'must be {{"off": true}} or {{"stretch": 1 to {MAX_STRETCH}}}')
    return accommodations


def occurrences(condition: str, events: Iterable[Event]) -> list[Occurrence]:
    """Return the times that ``condition`` began, from its events in any order.

    Another beginning within an open condition belongs to it; an end without a beginning means nothing.
    """
    found: list[Occurrence] = []
    begun: list[Event] = []
    if condition in TOLD_BY_SERVER:
        events = [event for event in events if event.source is not Source.CANDIDATE]
    for event in sorted(events, key=lambda event: (event.timestamp, event.seq, event.id)):
        if event.event_type == condition:
            begun.append(event)
        elif begun and event.event_type == ENDS[condition]:
            found.append(Occurrence(tuple(begun), event))
            begun = []
    return [*found, Occurrence(tuple(begun), None)] if begun else found


def judge(session: Session, condition: str, rule: Rule | None, events: Sequence[Event], now: datetime) -> Judgement:
    """Return what ``events``, all of one condition of ``session``, come to at ``now``.

    Without a rule there are no flags. A condition that has ended lasted as long as its reporter's clock says, so that
    events that come late, or together, count as they happened; one that still lasts is judged by the server's clock.
    """
    times = occurrences(condition, events)
    flags = [flag for time in times if rule and (flag := _flag(session, rule, time, now))]
    last = times[-1] if times else None
    goes_on = rule is not None and last is not None and last.ended is None and session.ended_at is None
    due_at = _next_step_at(rule, last, now) if goes_on and rule and last else None
    return Judgement(flags, due_at, _settled_at(times, events, now))


def rewritten(judged: Iterable[Flag], stored: Iterable[Flag], now: datetime) -> tuple[list[Flag], list[Flag]]:
    """Return the flags to add and the flags to write over those in ``stored``, each with the revision it replaces.

    A stored flag that was not judged any more is withdrawn, one that is judged again comes back.
    """
    known = {flag.id: flag for flag in stored}
    wanted = {flag.id: flag for flag in judged}
    added = [flag for flag in wanted.values() if flag.id not in known]
    changed = [_on_top_of(known[flag.id], flag) for flag in wanted.values() if flag.id in known]
    gone = [replace(flag, withdrawn_at=now) for flag in known.values() if flag.id not in wanted]
    return added, [flag for flag in [*changed, *gone] if _differs(flag, known[flag.id])]


def flag_id(session_id: str, rule_id: str, event_id: str) -> FlagId:
    """Return the id of the flag for what this event began: whoever raises it, it is one and the same."""
    return FlagId(str(uuid.uuid5(FLAG_NAMES, f"{session_id}/{rule_id}/{event_id}")))


def lasted_ms(time: Occurrence) -> int | None:
    """Return how long it lasted by its reporter's clock; None where nothing ended it."""
    if time.ended is None:
        return None
    return round((time.ended.timestamp - time.first.timestamp) / timedelta(milliseconds=1))


def confidence(events: Iterable[Event]) -> float | None:
    """Return the highest confidence that the reporter gave, where it gave one between 0 and 1."""
    given = [event.payload.get("confidence") for event in events]
    return max((float(value) for value in given if _is_number(value) and 0 <= value <= 1), default=None)


def _settled_at(times: Sequence[Occurrence], events: Sequence[Event], now: datetime) -> datetime | None:
    """Return from where on events matter: from the last time that it began, leaving out what has only just come."""
    if not times:
        return max((event.timestamp for event in events), default=None)
    calm = [time for time in times if time.first.received_at <= now - STILL_COMING]
    return (calm or times[:1])[-1].first.timestamp


def _flag(session: Session, rule: Rule, time: Occurrence, now: datetime) -> Flag | None:
    lasted = _lasted(session, time, now)
    reached = [step for step in rule.steps if lasted >= timedelta(seconds=step.after_s)]
    if not reached:
        return None
    cleared_at = time.ended.received_at if time.ended else session.ended_at
    began_at = min(event.received_at for event in time.begun)
    event_ids = [event.id for event in time.begun[:EVIDENCE_EVENTS]] + ([time.ended.id] if time.ended else [])
    return Flag(
        id=flag_id(session.id, rule.rule_id, time.first.id),
        session_id=session.id,
        rule_id=rule.rule_id,
        severity=reached[-1].severity,
        message=rule.message,
        began_at=began_at,
        start_at=time.first.timestamp,
        raised_at=now,
        cleared_at=cleared_at,
        lasted_ms=None if cleared_at is None else round(lasted / timedelta(milliseconds=1)),
        event_ids=tuple(event_ids),
        begun_count=len(time.begun),
        confidence=confidence(time.begun),
        recording_position_s=_position_s(session, min(time.first.timestamp, began_at)),
    )


def _lasted(session: Session, time: Occurrence, now: datetime) -> timedelta:
    if time.ended is not None:
        return time.ended.timestamp - time.first.timestamp
    began_at = min(event.received_at for event in time.begun)
    if session.ended_at is None:
        return now - began_at
    # What was reported only after the end was going on at the end by its reporter's clock, if by any.
    since = began_at if began_at <= session.ended_at else time.first.timestamp
    return max(session.ended_at - since, timedelta(0))


def _next_step_at(rule: Rule, time: Occurrence, now: datetime) -> datetime | None:
    began_at = min(event.received_at for event in time.begun)
    steps = (began_at + timedelta(seconds=step.after_s) for step in rule.steps)
    return next((step for step in steps if step > now), None)


def _position_s(session: Session, moment: datetime) -> float | None:
    return None if session.started_at is None else max(0.0, round((moment - session.started_at).total_seconds(), 1))


def _on_top_of(before: Flag, judged: Flag) -> Flag:
    """Return the new judgement with what the flag keeps: when it was raised first, and who handled it."""
    return replace(
        judged,
        raised_at=before.raised_at,
        handling=before.handling,
        handled_by=before.handled_by,
        handled_at=before.handled_at,
        reason=before.reason,
        revision=before.revision,
        snapshot=before.snapshot,
    )


def _differs(flag: Flag, before: Flag) -> bool:
    if flag.withdrawn_at and before.withdrawn_at:
        return False
    # A change of the exam's start or words alone is no news.
    return replace(flag, message=before.message, recording_position_s=before.recording_position_s) != before


def _changed(rule: Rule, change: Mapping[str, Any]) -> Rule:
    if change.get("off"):
        return replace(rule, steps=())
    given = change.get("steps")
    steps = rule.steps if given is None else tuple(Step(step["after_s"], Severity(step["severity"])) for step in given)
    return replace(rule, steps=steps, message=change.get("message", rule.message))


def _relieved(rule: Rule, relief: Mapping[str, Any]) -> Rule:
    if relief.get("off"):
        return replace(rule, steps=())
    return replace(rule, steps=tuple(replace(step, after_s=step.after_s * relief["stretch"]) for step in rule.steps))


def _by_known_rule(given: Mapping[str, Any]) -> Mapping[str, Any]:
    for rule_id, value in given.items():
        if rule_id not in RULES:
            _refuse(rule_id, f"is no rule; the rules are {', '.join(RULES)}")
        if not isinstance(value, dict):
            _refuse(rule_id, "must be an object")
    return given


def _check_steps(rule_id: str, steps: object) -> None:
    if not isinstance(steps, list) or not 1 <= len(steps) <= len(Severity):
        _refuse(rule_id, "steps must be a list of one to three")
    for step in steps:
        if not isinstance(step, dict) or set(step) != {"after_s", "severity"} or step["severity"] not in list(Severity):
            _refuse(rule_id, f'a step is {{"after_s": seconds, "severity": one of {", ".join(Severity)}}}')
        if not _is_number(step["after_s"]) or not 0 <= step["after_s"] <= MAX_AFTER_S:
            _refuse(rule_id, f"after_s must be a number of seconds from 0 to {MAX_AFTER_S}")
    order = [(step["after_s"], Severity(step["severity"]).rank) for step in steps]
    if any(one[0] >= other[0] or one[1] >= other[1] for one, other in pairwise(order)):
        _refuse(rule_id, "each step must come later and be more severe than the one before")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refuse(rule_id: str, reason: str) -> NoReturn:
    raise InvalidInput(f"The rule {rule_id!r} {reason}.", errors={rule_id: [reason]})
