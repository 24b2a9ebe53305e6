"""The chain of hashes over chunks, and where moments are in a joined file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.domain import chain, recordings
from proctor.records import Chunk, Footage, FootageKind, FootageState, JoinedFile, Segment, SessionId
from tests.support.factories import NOW, make_session

SESSION = make_session().id


def chunk(seq: int, before: Chunk | None, take_id: str = "take-one") -> Chunk:
    offset = before.offset + before.size if before else 0
    name, size = f"{take_id}.{seq}", 100 + seq
    made = Chunk(SESSION, FootageKind.CAMERA, take_id, seq, offset, size, f"{seq:064x}", "", name, NOW)
    return replace(made, chain=chain.link(made, before))


def take(count: int, take_id: str = "take-one") -> list[Chunk]:
    chunks: list[Chunk] = []
    for seq in range(count):
        chunks.append(chunk(seq, chunks[-1] if chunks else None, take_id))
    return chunks


def footage(*segments: Segment) -> Footage:
    end = sum(segment.duration_s for segment in segments)
    file = JoinedFile("a.camera.webm", 1, "0", end, segments, 1, True, NOW)
    return Footage(SESSION, FootageKind.CAMERA, FootageState.READY, file=file)


def segment(at_s: float, offset_s: float, duration_s: float) -> Segment:
    return Segment(NOW + timedelta(seconds=at_s), offset_s, duration_s)


def at(seconds: float) -> float | None:
    recorded = footage(segment(0, 0, 60), segment(100, 60, 30))
    return recordings.position_of(recorded, NOW + timedelta(seconds=seconds))


def test_whole_takes_have_no_fault() -> None:
    assert chain.faults([*take(5), *take(3, "take-two")]) == []


@given(st.integers(1, 8), st.data())
def test_every_change_to_a_chunk_shows_at_it_or_right_behind_it(count: int, data: st.DataObject) -> None:
    chunks = take(count)
    place = data.draw(st.integers(0, count - 1))
    change = data.draw(
        st.sampled_from(
            [{"sha256": "f" * 64}, {"offset": 7}, {"seq": 90}, {"chain": "0" * 64}, {"session_id": SessionId("other")}]
        )
    )
    chunks[place] = replace(chunks[place], **change)  # type: ignore[arg-type] # hypothesis chooses among fields

    assert chunks[place].name in chain.faults(chunks)


@given(st.integers(2, 8), st.data())
def test_what_is_taken_out_of_the_middle_shows_behind_it(count: int, data: st.DataObject) -> None:
    chunks = take(count)
    place = data.draw(st.integers(0, count - 2))

    assert chain.faults(chunks[:place] + chunks[place + 1 :]) == [chunks[place + 1].name]


def test_a_chunk_cannot_be_moved_to_another_take() -> None:
    moved = [replace(each, take_id="take-two") for each in take(1)]

    assert chain.faults(moved) == [moved[0].name]


@pytest.mark.parametrize(("moment_s", "place_s"), [(0, 0), (59.5, 59.5), (100, 60), (129, 89), (60.5, 60), (-0.5, 0)])
def test_a_moment_that_was_recorded_has_a_place(moment_s: float, place_s: float) -> None:
    assert at(moment_s) == pytest.approx(place_s)


@pytest.mark.parametrize("moment_s", [-5, 80, 200])
def test_a_moment_that_was_not_recorded_has_none(moment_s: float) -> None:
    assert at(moment_s) is None


def test_before_it_is_joined_nothing_has_a_place() -> None:
    receiving = replace(footage(segment(0, 0, 60)), file=None)

    assert recordings.position_of(receiving, NOW) is None


def test_gaps_are_what_lies_between_segments_in_the_order_of_time() -> None:
    found = recordings.gaps([segment(100, 0, 30), segment(0, 30, 60), segment(60.4, 90, 10)])

    [gap] = found
    assert gap.starts_at == NOW + timedelta(seconds=70.4)
    assert gap.duration_s == pytest.approx(29.6)


def test_segments_that_overlap_leave_no_gap() -> None:
    assert recordings.gaps([segment(0, 0, 60), segment(50, 60, 60)]) == []
    assert recordings.gaps([segment(0, 0, 60), segment(10, 60, 5), segment(60, 65, 5)]) == [], "one lies within another"
