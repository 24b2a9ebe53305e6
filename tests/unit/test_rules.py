"""The rules for flags: the same events give the same flags, whatever way they came."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.conditions import ENDS, types_of
from proctor.domain import rules
from proctor.errors import InvalidInput
from proctor.records import Event, EventId, Flag, FlagState, Session, Severity, Source, Status
from tests.support.factories import NOW, make_session

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
WORDS = (ROOT / "proctor" / "templates" / "proctor" / "_words.html").read_text(encoding="utf-8")
SESSION = make_session(status=Status.IN_PROGRESS, started_at=NOW)
AFTER_ALL = NOW + timedelta(hours=1)


def seconds(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


def event(event_type: str, at: float, received: float | None = None, **given: Any) -> Event:
    made = Event(
        id=EventId(f"{event_type}@{at}"),
        session_id=SESSION.id,
        event_type=event_type,
        source=Source.CANDIDATE,
        timestamp=seconds(at),
        received_at=seconds(at if received is None else received),
    )
    return replace(made, **given)


def flags_of(events: list[Event], now: float, session: Session = SESSION) -> list[Flag]:
    """Judge every condition from all its events."""
    held = rules.rules_of(session)
    return [
        flag
        for name in ENDS
        for flag in rules.judge(
            session, name, held.get(name), [e for e in events if e.event_type in types_of(name)], seconds(now)
        ).flags
    ]


@pytest.mark.parametrize(("condition", "lasts"), [("connection_lost", 600), ("sequence_gap", 0)])
def test_a_page_cannot_talk_away_what_the_server_knows(condition: str, lasts: float) -> None:
    known = event(condition, 100, source=Source.SYSTEM)
    forged = [event(ENDS[condition], 100.001, 100 + lasts), event(condition, 90), event(ENDS[condition], 99)]

    [flag] = flags_of([*forged, known], 100 + lasts)
    assert (flag.cleared_at, flag.start_at) == (None, seconds(100))


def test_the_rules_are_those_that_are_promised() -> None:
    promised = {
        "no_face": [(10, "medium"), (30, "high")],
        "multiple_faces": [(5, "high")],
        "tab_hidden": [(5, "medium"), (15, "high")],
        "fullscreen_exit": [(3, "medium")],
        "window_blur": [(5, "medium")],
        "voice_detected": [(10, "medium")],
        "looking_away": [(5, "medium")],
        "phone_detected": [(0, "high")],
        "notes_detected": [(3, "medium")],
        "device_detected": [(3, "medium")],
        "camera_off": [(5, "medium")],
        "camera_covered": [(5, "medium"), (30, "high")],
        "camera_frozen": [(0, "medium")],
        "virtual_camera": [(0, "low")],
        "mic_off": [(10, "low")],
        "screen_share_stop": [(10, "medium")],
        "second_display": [(5, "medium")],
        "devtools_suspected": [(10, "low")],
        "connection_lost": [(15, "low")],
        "sequence_gap": [(0, "medium")],
        "candidate_expected": [(120, "medium")],
        "second_claim": [(0, "high")],
    }

    assert {name: [(s.after_s, s.severity) for s in rule.steps] for name, rule in rules.RULES.items()} == promised
    assert promised.keys() <= ENDS.keys()


def test_the_page_of_rules_names_each_with_its_steps_ends_and_points() -> None:
    table = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    described = {re.findall("`(.*?)`", row[0])[0]: row[1:] for row in table}

    assert described == {
        name: [
            rule.message,
            ", ".join(
                f"{step.severity} after {step.after_s} s" if step.after_s else f"{step.severity} at once"
                for step in rule.steps
            ),
            f"`{ENDS[name]}`",
            str(rule.weight),
        ]
        for name, rule in rules.RULES.items()
    }


def test_the_console_has_words_for_every_message_of_a_rule() -> None:
    assert [
        rule.message for rule in rules.RULES.values() if f'"{rule.message}": _("{rule.message}")' not in WORDS
    ] == []


@pytest.mark.parametrize(
    ("now", "severity"), [(9.9, None), (10, Severity.MEDIUM), (29.9, Severity.MEDIUM), (30, Severity.HIGH)]
)
def test_time_alone_raises_a_flag_and_makes_it_worse(now: float, severity: Severity | None) -> None:
    flags = flags_of([event("no_face", 0)], now)

    assert [flag.severity for flag in flags] == ([severity] if severity else [])
    assert all(flag.cleared_at is None and flag.lasted_ms is None for flag in flags)


def test_the_next_judgement_is_due_when_the_next_step_is() -> None:
    rule, began = rules.RULES["no_face"], [event("no_face", 0)]

    due = [rules.judge(SESSION, "no_face", rule, began, seconds(now)).due_at for now in (0, 10, 30)]

    assert due == [seconds(10), seconds(30), None]


def test_a_phone_is_a_flag_at_once() -> None:
    assert [flag.severity for flag in flags_of([event("phone_detected", 0)], 0)] == [Severity.HIGH]


def test_a_flag_clears_when_its_condition_ends_and_keeps_what_it_was() -> None:
    [flag] = flags_of([event("no_face", 0), event("face_detected", 12)], 3_000)

    assert (flag.severity, flag.lasted_ms, flag.cleared_at) == (Severity.MEDIUM, 12_000, seconds(12))
    assert flag.event_ids == ("no_face@0", "face_detected@12")


def test_each_occurrence_is_a_flag_of_its_own() -> None:
    events = [event("tab_hidden", 0), event("tab_visible", 6), event("tab_hidden", 10), event("tab_visible", 30)]

    assert [flag.severity for flag in flags_of(events, 100)] == [Severity.MEDIUM, Severity.HIGH]


def test_conditions_do_not_end_each_other() -> None:
    events = [event("multiple_faces", 0), event("no_face", 4), event("single_face", 6)]

    assert [(flag.rule_id, flag.lasted_ms) for flag in flags_of(events, 20)] == [
        ("no_face", None),
        ("multiple_faces", 6_000),
    ]


def test_what_came_late_counts_as_it_happened() -> None:
    late = [event("tab_hidden", 0, received=600), event("tab_visible", 20, received=600)]

    [flag] = flags_of(late, 600)

    assert (flag.severity, flag.lasted_ms) == (Severity.HIGH, 20_000)


def test_a_wrong_clock_of_the_candidate_raises_nothing() -> None:
    behind = event("tab_hidden", -7_200, received=0)

    assert flags_of([behind], 4.9) == []
    assert len(flags_of([behind], 5)) == 1


def test_the_end_of_the_session_clears_what_still_lasts() -> None:
    ended = replace(SESSION, status=Status.FINISHED, ended_at=seconds(12))

    [flag] = flags_of([event("no_face", 0)], 3_000, ended)

    assert (flag.severity, flag.lasted_ms, flag.cleared_at) == (Severity.MEDIUM, 12_000, seconds(12))


def test_evidence_names_events_confidence_and_the_place_in_the_recording() -> None:
    events = [
        event("phone_detected", 61, payload={"confidence": 0.6}),
        event("phone_detected", 63, payload={"confidence": 0.9}),
        event("phone_gone", 70),
    ]

    [flag] = flags_of(events, 100)

    assert flag.event_ids == ("phone_detected@61", "phone_detected@63", "phone_gone@70")
    assert (flag.begun_count, flag.confidence, flag.recording_position_s) == (2, 0.9, 61.0)


def test_an_exam_may_change_steps_and_switch_rules_off() -> None:
    steps = [{"after_s": 1, "severity": "low"}, {"after_s": 2, "severity": "high"}]
    exam = replace(SESSION, rules={"no_face": {"steps": steps, "message": "Nobody"}, "window_blur": {"off": True}})

    flags = flags_of([event("no_face", 0), event("window_blur", 0)], 2, exam)

    assert [(flag.rule_id, flag.severity, flag.message) for flag in flags] == [("no_face", Severity.HIGH, "Nobody")]


def test_accommodations_switch_rules_off_and_stretch_their_times() -> None:
    eased = replace(SESSION, accommodations={"looking_away": {"off": True}, "no_face": {"stretch": 2.0}})
    events = [event("looking_away", 0), event("no_face", 0)]

    assert flags_of(events, 19.9, eased) == []
    assert [(flag.rule_id, flag.severity) for flag in flags_of(events, 20, eased)] == [("no_face", Severity.MEDIUM)]


@pytest.mark.parametrize(
    "changes",
    [
        {"nonsense": {"off": True}},
        {"no_face": []},
        {"no_face": {}},
        {"no_face": {"off": "yes"}},
        {"no_face": {"steps": []}},
        {"no_face": {"steps": [{"after_s": 5}]}},
        {"no_face": {"steps": [{"after_s": 5, "severity": ["high"]}]}},
        {"no_face": {"steps": [{"after_s": True, "severity": "high"}]}},
        {"no_face": {"steps": [{"after_s": -1, "severity": "high"}]}},
        {"no_face": {"steps": [{"after_s": 5, "severity": "high"}, {"after_s": 9, "severity": "low"}]}},
        {"no_face": {"message": 7}},
    ],
)
def test_changes_that_make_no_sense_are_refused_by_rule(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        rules.check_changes(changes)

    assert refused.value.errors
    assert refused.value.errors.keys() == changes.keys()


@pytest.mark.parametrize("relief", [{}, {"off": False}, {"stretch": 0.5}, {"stretch": True}, {"stretch": 2, "off": 1}])
def test_accommodations_that_make_no_sense_are_refused(relief: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        rules.check_accommodations({"no_face": relief})


# A page reports conditions for a while; its reports arrive in any order, twice, late, and judgements fall in between.

NAMES = ["no_face", "tab_hidden", "multiple_faces", "phone_detected", "camera_covered", "virtual_camera"]
REPORTED = st.lists(
    st.tuples(st.sampled_from(sorted({kind for name in NAMES for kind in types_of(name)})), st.integers(0, 120)),
    max_size=14,
    unique=True,
)


@dataclass
class Worker:
    """Judges as a server's worker does, from what all of them have stored; dies and comes back at any moment."""

    stored_events: dict[str, Event] = field(default_factory=dict)
    flags: dict[str, Flag] = field(default_factory=dict)
    settled_at: dict[str, datetime | None] = field(default_factory=dict)
    raised: list[str] = field(default_factory=list)

    def take(self, reported: Event) -> None:
        """Store an event once; one from before what is settled makes nothing settled any more."""
        if reported.id in self.stored_events:
            return
        self.stored_events[reported.id] = reported
        for name in NAMES:
            settled_at = self.settled_at.get(name)
            if reported.event_type in types_of(name) and settled_at and reported.timestamp < settled_at:
                self.settled_at[name] = None

    def judge(self, now: datetime) -> None:
        for name in NAMES:
            since = self.settled_at.get(name) or NOW
            seen = [e for e in self.stored_events.values() if e.event_type in types_of(name) and e.timestamp >= since]
            judged = rules.judge(SESSION, name, rules.RULES[name], seen, now)
            before = [flag for flag in self.flags.values() if flag.rule_id == name and flag.start_at >= since]
            added, changed = rules.rewritten(judged.flags, before, now)
            self.raised += [flag.id for flag in added]
            self.flags |= {flag.id: flag for flag in [*added, *changed]}
            self.settled_at[name] = judged.settled_at

    def told(self) -> set[tuple[Any, ...]]:
        return {
            (flag.id, flag.severity, flag.lasted_ms, flag.begun_count, flag.event_ids)
            for flag in self.flags.values()
            if flag.state is not FlagState.WITHDRAWN
        }


def reports(kinds: list[tuple[str, int]]) -> list[Event]:
    return [event(kind, at, seq=place) for place, (kind, at) in enumerate(sorted(kinds, key=lambda one: one[1]))]


@given(kinds=REPORTED, seed=st.integers(0, 2**32))
def test_any_order_repeats_late_arrivals_and_restarts_give_the_same_flags(
    kinds: list[tuple[str, int]], seed: int
) -> None:
    chance = random.Random(seed)
    in_time, shuffled = reports(kinds), reports(kinds) + chance.choices(reports(kinds) or [event("copy", 0)], k=3)
    chance.shuffle(shuffled)
    calm = Worker()
    for one in in_time:
        calm.take(one)
    calm.judge(AFTER_ALL)

    stormy, now = Worker(), 120.0
    for one in shuffled:
        now += chance.choice([0, 0.1, 7, 40])
        stormy.take(replace(one, received_at=seconds(now)))
        if chance.random() < 0.6:
            stormy.judge(seconds(now))
        if chance.random() < 0.2:
            stormy.settled_at = {}  # a worker that was killed had settled things that nobody wrote down
    stormy.judge(AFTER_ALL + timedelta(hours=1))

    assert stormy.told() == calm.told()
    assert len(stormy.raised) == len(set(stormy.raised)), "each flag is raised once"


@given(kinds=REPORTED, moments=st.lists(st.integers(0, 200), max_size=8))
def test_judging_more_often_changes_nothing_in_the_end(kinds: list[tuple[str, int]], moments: list[int]) -> None:
    often, once = Worker(), Worker()
    for now in sorted([*moments, *(at for _, at in kinds)]):
        for one in reports(kinds):
            if one.timestamp <= seconds(now):
                often.take(one)
        often.judge(seconds(now))
    for one in reports(kinds):
        once.take(one)
    for worker in (often, once):
        worker.judge(AFTER_ALL)

    assert often.told() == once.told()


def test_a_flag_that_turns_out_shorter_is_corrected_and_one_that_never_was_is_withdrawn() -> None:
    worker = Worker()
    worker.take(event("no_face", 0))
    worker.judge(seconds(40))
    assert {flag.severity for flag in worker.flags.values()} == {Severity.HIGH}

    worker.take(event("face_detected", 12, received=41))
    worker.judge(seconds(41))
    assert {flag.severity for flag in worker.flags.values()} == {Severity.MEDIUM}

    worker.take(event("face_detected", 3, received=42))
    worker.judge(seconds(42))
    assert {flag.state for flag in worker.flags.values()} == {FlagState.WITHDRAWN}


def test_who_handled_a_flag_stays_with_it_when_it_becomes_worse() -> None:
    began = [event("no_face", 0)]
    [flag] = flags_of(began, 10)
    handled = replace(flag, handling=FlagState.ACKNOWLEDGED, handled_by="ann@example.org", revision=3)

    _, [worse] = rules.rewritten(flags_of(began, 30), [handled], seconds(30))

    assert (worse.severity, worse.raised_at) == (Severity.HIGH, flag.raised_at)
    assert (worse.state, worse.handled_by, worse.revision) == (FlagState.ACKNOWLEDGED, "ann@example.org", 3)
