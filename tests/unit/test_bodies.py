"""Bodies and queries: what each field takes, and what it does not."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from proctor.errors import InvalidInput
from proctor.settings import Limits
from proctor.wire import bodies, json_values
from proctor.wire.bodies.common import EARLIEST

ID = "5e55104e-0000-4000-8000-000000000001"


def accepted(model: type[BaseModel], **fields: Any) -> Any:
    return json_values.validate(model, fields)


def refused_fields(model: type[BaseModel], **fields: Any) -> set[str]:
    with pytest.raises(InvalidInput) as refused:
        json_values.validate(model, fields)
    return set(refused.value.errors or {})


@pytest.mark.parametrize("event_type", ["a", "focus_lost", "x1", "_", "a" * 64])
def test_event_types_are_open_within_their_alphabet(event_type: str) -> None:
    assert accepted(bodies.NewEvent, event_type=event_type).event_type == event_type


@pytest.mark.parametrize(
    "event_type",
    ["", "A", "a b", "a-b", "a.b", "$inc", "a\n", "\na", "ä", "\u0661", "a" * 65, None, 5, ["a"], {"$gt": ""}],
)
def test_what_is_no_event_type_is_refused(event_type: object) -> None:
    assert refused_fields(bodies.NewEvent, event_type=event_type) == {"event_type"}


@pytest.mark.parametrize("text", [ID, ID.upper(), "{" + ID + "}", ID.replace("-", ""), f"urn:uuid:{ID}"])
def test_a_uuid_in_any_spelling_is_the_same_key(text: str) -> None:
    assert accepted(bodies.ActionId, id=text).id == ID


@pytest.mark.parametrize("value", ["", "x", ID[:-1], ID + "0", ID + "\x00", 5, None, [ID], {"$gt": ""}])
def test_what_is_no_uuid_is_refused(value: object) -> None:
    assert refused_fields(bodies.ActionId, id=value) == {"id"}


@pytest.mark.parametrize(
    ("given_time", "expected"),
    [
        ("2026-11-22T10:00:00Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22T10:00:00.123+05:00", datetime(2026, 11, 22, 5, 0, 0, 123_000, tzinfo=UTC)),
        ("2026-11-22T10:00:00", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_are_taken_as_utc_unless_they_say_otherwise(given_time: str, expected: datetime) -> None:
    stamp = accepted(bodies.NewEvent, event_type="copy", timestamp=given_time).timestamp

    assert stamp == expected
    assert stamp.tzinfo is UTC


def test_a_clock_that_is_a_day_ahead_is_believed_and_one_of_three_days_is_not() -> None:
    ahead = [(datetime.now(UTC) + timedelta(days=days)).isoformat() for days in (1, 3)]

    assert accepted(bodies.NewEvent, event_type="copy", timestamp=ahead[0]).timestamp is not None
    assert refused_fields(bodies.NewEvent, event_type="copy", timestamp=ahead[1]) == {"timestamp"}


@pytest.mark.parametrize(
    "value",
    [
        "1999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-13-01T00:00:00Z",
        "yesterday",
        1e300,
        -1,
        True,
        ["2026-11-22T10:00:00Z"],
    ],
)
def test_times_that_cannot_be_are_refused(value: object) -> None:
    assert refused_fields(bodies.NewEvent, event_type="copy", timestamp=value) == {"timestamp"}


@given(st.datetimes(timezones=st.timezones()) | st.datetimes())
def test_any_time_is_read_or_refused_in_words(moment: datetime) -> None:
    try:
        stamp = accepted(bodies.NewEvent, event_type="copy", timestamp=moment.isoformat()).timestamp
    except InvalidInput:
        return
    assert stamp >= EARLIEST


def test_a_payload_of_4096_bytes_is_taken_and_one_more_byte_is_not() -> None:
    payload = {"a": "x" * (4_096 - len('{"a":""}'))}

    assert accepted(bodies.NewEvent, event_type="copy", payload=payload).payload == payload
    payload["a"] += "x"
    assert refused_fields(bodies.NewEvent, event_type="copy", payload=payload) == {"payload"}


def test_a_payloads_size_is_that_of_its_bytes() -> None:
    assert refused_fields(bodies.NewEvent, event_type="copy", payload={"a": "ü" * 2_100}) == {"payload"}


@pytest.mark.parametrize("payload", [[], "text", 5, [["a", 1]]])
def test_a_payload_is_an_object(payload: object) -> None:
    assert refused_fields(bodies.NewEvent, event_type="copy", payload=payload) == {"payload"}


def test_a_batch_has_one_to_a_hundred_events_and_each_its_id() -> None:
    def event() -> dict[str, str]:
        return {"id": str(uuid.uuid4()), "event_type": "copy"}

    assert len(accepted(bodies.Events, events=[event() for _ in range(100)]).events) == 100
    assert refused_fields(bodies.Events, events=[]) == {"events"}
    assert refused_fields(bodies.Events, events=[event() for _ in range(101)]) == {"events"}
    assert refused_fields(bodies.Events, events=[event(), {"event_type": "copy"}]) == {"body"}
    assert refused_fields(bodies.Events, events=[{"id": "x", "event_type": "copy"}]) == {"events.0.id"}


def test_a_server_may_take_smaller_batches() -> None:
    two = {"events": [{"id": str(uuid.uuid4()), "event_type": "copy"} for _ in range(2)]}

    json_values.validate(bodies.Events, two, Limits(event_batch=2))
    with pytest.raises(InvalidInput):
        json_values.validate(bodies.Events, two, Limits(event_batch=1))


OFFER = {"type": "offer", "sdp": "v=0"}
CANDIDATE = {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "a"}


@pytest.mark.parametrize(
    "step",
    [
        {"description": OFFER},
        {"description": {"type": "rollback"}},
        {"description": OFFER, "streams": {"camera": "c", "screen": None}},
        {"candidate": CANDIDATE},
        {"candidate": CANDIDATE | {"browsersOwn": 1}},
        {"candidate": None},
    ],
)
def test_a_signal_is_relayed_as_it_was_sent(step: dict[str, Any]) -> None:
    relayed = accepted(bodies.PublisherSignal, viewer_id="v", **step).model_dump(exclude_unset=True)

    step = {"candidate": CANDIDATE} if step.get("candidate") else step
    assert relayed == {"viewer_id": "v", **step}


@pytest.mark.parametrize(
    "step",
    [
        {},
        {"description": None},
        {"description": OFFER, "candidate": None},
        {"description": OFFER, "candidate": CANDIDATE},
        {"streams": {"camera": "c"}},
    ],
)
def test_a_signal_is_exactly_one_step(step: dict[str, Any]) -> None:
    assert refused_fields(bodies.PublisherSignal, viewer_id="v", **step) == {"body"}


@pytest.mark.parametrize(
    ("field", "step"),
    [
        ("description.type", {"description": {"type": "attack", "sdp": ""}}),
        ("description.sdp", {"description": {"type": "offer", "sdp": "x" * 32_769}}),
        ("description.x", {"description": OFFER | {"x": 1}}),
        ("candidate.candidate", {"candidate": {"candidate": "x" * 2_049}}),
        ("candidate.sdpMLineIndex", {"candidate": {"sdpMLineIndex": "0"}}),
        ("streams", {"description": OFFER, "streams": {"camera": "c"}}),
        ("from", {"candidate": None, "from": "somebody else"}),
        ("session_id", {"candidate": None, "session_id": ID}),
        ("viewer_id", {"candidate": None, "viewer_id": "v" * 65}),
    ],
)
def test_a_signal_of_the_wrong_form_is_refused(field: str, step: dict[str, Any]) -> None:
    assert refused_fields(bodies.Signal, **({"viewer_id": "v"} | step)) == {field}


def test_a_description_and_a_candidate_have_room_for_what_browsers_send() -> None:
    accepted(bodies.Signal, viewer_id="v", description={"type": "offer", "sdp": "x" * 32_768})
    accepted(bodies.Signal, viewer_id="v", candidate={"candidate": "x" * 2_048})


def test_names_and_codes_lose_the_space_around_them_and_must_not_be_empty() -> None:
    join = accepted(bodies.Join, exam_code=" DEMO\t", candidate_identifier="  Ann ")

    assert (join.exam_code, join.candidate_identifier) == ("DEMO", "Ann")
    assert refused_fields(bodies.Join, exam_code="  ", candidate_identifier="\n") == {
        "exam_code",
        "candidate_identifier",
    }


@pytest.mark.parametrize(
    ("model", "field", "most", "others"),
    [
        (bodies.Join, "candidate_identifier", 200, {"exam_code": "DEMO"}),
        (bodies.Join, "exam_code", 64, {"candidate_identifier": "Ann"}),
        (bodies.Action, "message", 500, {}),
        (bodies.NewNote, "note", 8_000, {}),
        (bodies.Claim, "return_url", 2_048, {"session_id": ID, "consent_version": "1"}),
        (bodies.Login, "password", 1_024, {"email": "a@b"}),
    ],
)
def test_texts_have_a_greatest_length(model: type[BaseModel], field: str, most: int, others: dict[str, Any]) -> None:
    accepted(model, **others, **{field: "x" * most})

    assert refused_fields(model, **others, **{field: "x" * (most + 1)}) == {field}


@pytest.mark.parametrize(
    "model", [body for body in vars(bodies).values() if isinstance(body, type) and issubclass(body, bodies.Body)]
)
def test_no_body_takes_an_unknown_field(model: type[BaseModel]) -> None:
    assert "is_admin" in refused_fields(model, is_admin=True)


@pytest.mark.parametrize("minutes", [0, -5, 601, 1.5, "5", True, None])
def test_an_extension_is_a_whole_number_of_minutes(minutes: object) -> None:
    if minutes is None:
        assert accepted(bodies.Action, minutes=None).minutes is None
    else:
        assert refused_fields(bodies.Action, minutes=minutes) == {"minutes"}


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1, 1e10, "soon", []])
def test_a_place_in_a_recording_is_a_number_of_seconds(at: object) -> None:
    assert accepted(bodies.NewNote, note="x", timestamp_sec=12).timestamp_sec == 12.0
    assert refused_fields(bodies.NewNote, note="x", timestamp_sec=at) == {"timestamp_sec"}


def test_queries_turn_texts_into_their_types_and_refuse_unknown_names() -> None:
    assert bodies.SessionsQuery.model_validate({"limit": "7"}).limit == 7

    for wrong in ({"limit": "0"}, {"limit": "201"}, {"limit": "x"}, {"status[$ne]": "x"}, {"q": "a\x00"}):
        with pytest.raises(ValidationError):
            bodies.SessionsQuery.model_validate(wrong)
