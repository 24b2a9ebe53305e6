"""The timeline: the same whatever order events come in, true to their times, and small however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.conditions import ENDS
from proctor.domain import rules, timeline
from proctor.domain.timeline import Lane
from proctor.records import Delivery, Event, EventId, SessionId, Source
from proctor.store.events import Glimpse
from tests.support.factories import NOW

END = NOW + timedelta(hours=1)
TYPES = ["no_face", "face_detected", "tab_hidden", "tab_visible", "copy", "note"]
MOMENTS = st.lists(st.tuples(st.sampled_from(TYPES), st.integers(0, 3_600)), max_size=60)


def glimpses(told: Sequence[tuple[str, float]]) -> list[Glimpse]:
    """Return what the database gives of these: in time order, and of one moment in the order of ids."""
    found = [
        Glimpse(EventId(f"{number:06d}"), name, NOW + timedelta(seconds=at)) for number, (name, at) in enumerate(told)
    ]
    return sorted(found, key=lambda glimpse: (glimpse.timestamp, glimpse.id))


def lanes(told: Sequence[tuple[str, float]]) -> dict[str, Lane]:
    return {lane.name: lane for lane in timeline.lanes(glimpses(told), NOW, END)}


def event(event_type: str, source: Source, **given: Any) -> Event:
    return Event(EventId("e"), SessionId("s"), event_type, source, NOW, NOW, **given)


@given(MOMENTS)
def test_a_lane_shows_the_occurrences_that_the_flags_are_made_of(told: list[tuple[str, int]]) -> None:
    given = [
        Event(glimpse.id, SessionId("s"), glimpse.event_type, Source.CANDIDATE, glimpse.timestamp, glimpse.timestamp)
        for glimpse in glimpses(told)
    ]
    shown = lanes(told)

    for condition in ENDS:
        times = rules.occurrences(condition, given)
        expected = [(time.first.timestamp - NOW, (time.ended.timestamp if time.ended else END) - NOW) for time in times]
        spans = shown[condition].spans if condition in shown else []
        assert [(timedelta(seconds=one.start_s), timedelta(seconds=one.end_s)) for one in spans] == expected
        assert [one.is_open for one in spans] == [time.ended is None for time in times]


@given(MOMENTS, st.randoms())
def test_any_order_of_coming_gives_the_same_timeline(told: list[tuple[str, int]], chance: Any) -> None:
    stored = glimpses(told)
    shuffled = [*stored]
    chance.shuffle(shuffled)
    read = sorted(shuffled, key=lambda glimpse: (glimpse.timestamp, glimpse.id))

    assert timeline.lanes(read, NOW, END) == timeline.lanes(stored, NOW, END)


@given(st.lists(st.tuples(st.floats(0, 3_500), st.floats(0, 100)), min_size=1, max_size=40))
def test_merging_loses_no_occurrence_and_no_time(times: list[tuple[float, float]]) -> None:
    monkey = pytest.MonkeyPatch()
    monkey.setattr(timeline, "MOST_SPANS", 5)
    told = [one for start, length in times for one in (("no_face", start), ("face_detected", start + length))]
    lane = lanes(told)["no_face"]
    monkey.undo()
    whole = lanes(told)["no_face"]

    assert len(lane.spans) <= 5
    assert sum(span.count for span in lane.spans) == lane.count == whole.count
    assert lane.total_s == whole.total_s
    assert lane.is_merged or lane.spans == whole.spans
    for span in whole.spans:
        assert any(one.start_s <= span.start_s and span.end_s <= one.end_s for one in lane.spans)
    for before, after in zip(lane.spans, lane.spans[1:], strict=False):
        assert before.end_s <= after.start_s


def test_a_flood_stays_small() -> None:
    told = [(name, 0.03 * number) for number in range(50_000) for name in ("no_face", "face_detected")]

    lane = lanes(told)["no_face"]

    assert (lane.count, lane.is_merged) == (50_000, True)
    assert len(lane.spans) <= timeline.MOST_SPANS


def test_moments_have_lanes_and_ends_and_people_have_none() -> None:
    shown = lanes([("copy", 1), ("copy", 2), ("note", 3), ("face_detected", 4), ("own_type", 5)])

    assert {name: lane.is_condition for name, lane in shown.items()} == {"copy": False, "own_type": False}


def test_invented_types_share_one_lane_once_there_are_many() -> None:
    shown = lanes([(f"own_{number}", number) for number in range(500)] + [("no_face", 600)])

    assert len(shown) == timeline.MOST_LANES + 2
    assert shown[timeline.OTHER].count == 500 - timeline.MOST_LANES
    assert shown["no_face"].count == 1


def test_nothing_lasts_longer_than_the_session() -> None:
    late = lanes([("no_face", 3_500), ("face_detected", 4_000), ("tab_hidden", 3_700)])

    assert [(span.start_s, span.end_s) for span in late["no_face"].spans] == [(3_500, 3_600)]
    assert [(span.start_s, span.end_s) for span in late["tab_hidden"].spans] == [(3_700, 3_700)]


@pytest.mark.parametrize(
    ("told", "is_mark"),
    [
        (event("note", Source.PROCTOR), True),
        (event("note", Source.CANDIDATE), False),
        (event("warn", Source.PROCTOR), True),
        (event("warn", Source.CANDIDATE), False),
        (event("chat", Source.CANDIDATE, message="May I?"), True),
        (event("chat", Source.PROCTOR, message="Yes", delivery=Delivery()), True),
        (event("chat", Source.AGENT, message="Spam"), False),
        (event("hand_raised", Source.CANDIDATE), True),
        (event("hand_raised", Source.AGENT), False),
    ],
)
def test_only_people_make_marks_of_people(told: Event, is_mark: bool) -> None:
    assert timeline.is_by_people(told) is is_mark


def test_a_note_stands_where_it_says_and_other_marks_where_they_happened() -> None:
    noted = event("note", Source.PROCTOR, message="Odd", payload={"timestamp_sec": 61.5, "by": "p@test.com"})
    warned = event("warn", Source.PROCTOR, payload={"timestamp_sec": True})

    mark = timeline.mark_of(noted, NOW - timedelta(minutes=5))
    assert (mark.at_s, mark.kind, mark.text, mark.by) == (61.5, "note", "Odd", "p@test.com")
    assert timeline.mark_of(warned, NOW - timedelta(minutes=5)).at_s == 300
