"""Answers: shapes and times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.records import Delivery, EndedBy, Event, EventId, Presence, Source, Status
from proctor.wire import answers
from tests.support.factories import NOW, make_session

SINCE = datetime(2000, 1, 1)  # noqa: DTZ001 - hypothesis adds the zones
WARNING = Event(
    id=EventId("a1"),
    session_id=make_session().id,
    event_type="warn",
    source=Source.PROCTOR,
    timestamp=NOW,
    received_at=NOW,
    message="Please stay in the picture.",
    payload={"by": "proctor@example.org"},
    delivery=Delivery(delivered_at=NOW),
)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2030, 1, 1, 9, tzinfo=UTC), "2030-01-01T09:00:00.000Z"),
        (datetime(2030, 1, 1, 9, 0, 0, 123_999, UTC), "2030-01-01T09:00:00.123Z"),
        (datetime(2030, 1, 1, 9, tzinfo=timezone(timedelta(hours=-5))), "2030-01-01T14:00:00.000Z"),
    ],
)
def test_times_are_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert answers.iso(moment) == text


@given(st.datetimes(min_value=SINCE, timezones=st.timezones()))
def test_a_time_reads_back_as_the_same_moment(moment: datetime) -> None:
    back = datetime.fromisoformat(answers.iso(moment))

    assert timedelta() <= moment - back < timedelta(milliseconds=1)


def test_no_time_is_no_time() -> None:
    assert answers.iso_or_none(None) is None


def test_a_session_tells_proctors_status_presence_clock_and_score() -> None:
    session = make_session(
        status=Status.TERMINATED,
        ended_at=NOW,
        ended_by=EndedBy.PROCTOR,
        presence=Presence(lost_since=NOW),
    )

    answer = answers.session_answer(session, NOW)

    assert (answer["status"], answer["ended_by"], answer["score"]) == ("terminated", "proctor", 100)
    assert answer["presence"] == {"online": False, "lost_since": "2030-01-01T09:00:00.000Z"}
    assert answer["clock"] == {"remaining_ms": 3_600_000, "running": False}


def test_a_candidates_page_learns_neither_the_sessions_id_nor_its_score() -> None:
    state = answers.state(make_session(counts={"phone_detected": 1}), NOW)

    assert "id" not in state
    assert make_session().id not in str(state)
    assert "score" not in state


def test_a_candidate_does_not_learn_which_proctor_acted() -> None:
    assert "proctor@example.org" not in str(answers.action_answer(WARNING))
    assert answers.action_answer(WARNING)["message"] == "Please stay in the picture."


def test_only_actions_have_a_delivery() -> None:
    event = Event(EventId("e1"), make_session().id, "copy", Source.CANDIDATE, NOW, NOW)

    assert "delivery" not in answers.event_answer(event)
    assert answers.event_answer(WARNING)["delivery"] == {
        "delivered_at": "2030-01-01T09:00:00.000Z",
        "acknowledged_at": None,
    }


def test_a_report_lists_notes_with_their_writers() -> None:
    note = Event(
        EventId("n1"), make_session().id, "note", Source.PROCTOR, NOW, NOW, "Odd.", {"by": "a@b", "timestamp_sec": 4.5}
    )

    report = answers.report(make_session(), [WARNING, note])

    assert [event["id"] for event in report["events"]] == ["a1", "n1"]
    assert report["proctor_notes"] == [
        {"id": "n1", "note": "Odd.", "by": "a@b", "timestamp_sec": 4.5, "created_at": "2030-01-01T09:00:00.000Z"}
    ]
