"""Reading JSON from strangers."""

import json
from collections.abc import Callable
from contextlib import suppress

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from proctor.errors import InvalidInput, MalformedInput
from proctor.settings import Limits
from proctor.wire import bodies, json_values

HOSTILE = [
    b"[" * 100_000,
    b'{"a":' * 300 + b"1" + b"}" * 300,
    b'"\\ud800"',
    b'{"\\udfff": 1}',
    b"9223372036854775808",
    b"-9223372036854775809",
    b"18446744073709551616",
    b"9007199254740993",
    b"1e400",
    b"1e17",
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b'{"a\\u0000": 1}',
    b'"a\\u0000"',
    b'{"a": [{"b": "c\\u0000"}]}',
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
    b"",
    b"{",
    b"{'a': 1}",
    b'{"a": 1,}',
    b"1 2",
]


@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: repr(raw[:20]))
def test_what_no_body_needs_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedInput):
        json_values.parse(raw)


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        "text",
        "ünïcode 🙂",
        None,
        True,
        0.5,
        2**53,
        -(2**53),
        {"a": [{"b": None}]},
        {"": ""},
        {"$gt": ""},
    ],
)
def test_ordinary_values_are_read(value: object) -> None:
    assert json_values.parse(orjson.dumps(value)) == value


def nested(depth: int, wrap: Callable[[object], object]) -> object:
    value: object = wrap("leaf")
    for _ in range(depth - 2):
        value = wrap(value)
    return value


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}], ids=["lists", "objects"])
def test_sixteen_levels_are_read_and_seventeen_are_not(wrap: Callable[[object], object]) -> None:
    json_values.check(nested(16, wrap))

    with pytest.raises(MalformedInput, match="nested"):
        json_values.check(nested(17, wrap))


def test_sixty_four_keys_are_read_and_one_more_is_not() -> None:
    json_values.check({str(number): number for number in range(64)})

    with pytest.raises(MalformedInput, match="keys"):
        json_values.check([{str(number): number for number in range(65)}])


@pytest.mark.parametrize("value", [b"bytes", {"a": b"bytes"}, [bytearray(b"x"), b"y"]])
def test_binary_data_is_refused(value: object) -> None:
    with pytest.raises(MalformedInput):
        json_values.check(value)


def test_a_long_flat_list_is_checked_to_its_end() -> None:
    json_values.check(["x"] * 50_000)

    with pytest.raises(MalformedInput):
        json_values.check(["x"] * 50_000 + ["\x00"])


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: json.dumps(text).encode()))
def test_any_bytes_are_read_or_refused_in_words(raw: bytes) -> None:
    with suppress(MalformedInput):
        json_values.parse(raw)


@pytest.mark.parametrize("value", [None, [], "text", 5, True])
def test_a_body_that_is_no_object_cannot_be_read(value: object) -> None:
    with pytest.raises(MalformedInput, match="object"):
        json_values.validate(bodies.Join, value)


def test_every_field_that_is_wrong_is_named() -> None:
    with pytest.raises(InvalidInput) as refused:
        json_values.validate(bodies.Join, {"exam_code": {"$ne": ""}, "colour": "red"})

    errors = refused.value.errors or {}
    assert errors.keys() == {"candidate_identifier", "colour", "exam_code"}
    assert refused.value.detail == "Please check: candidate_identifier, colour, exam_code."


def test_a_refusal_repeats_nothing_that_was_sent() -> None:
    with pytest.raises(InvalidInput) as refused:
        json_values.validate(bodies.Login, {"email": "a@b", "password": 12_345_678})

    assert "12345678" not in str(refused.value.to_body())


def test_a_fault_between_fields_is_named_after_the_body() -> None:
    with pytest.raises(InvalidInput) as refused:
        json_values.validate(bodies.Signal, {"viewer_id": "v"})

    assert refused.value.errors == {"body": ["give one of description and candidate"]}


@pytest.mark.parametrize(
    ("model", "small", "large", "limits"),
    [
        (bodies.NewNote, {"note": "abc"}, {"note": "abcd"}, Limits(note_chars=3)),
        (
            bodies.NewEvent,
            {"event_type": "copy", "payload": {"a": 1}},
            {"event_type": "copy", "payload": {"a": 10}},
            Limits(event_payload_bytes=7),
        ),
    ],
)
def test_limits_are_those_of_the_settings(model: type[BaseModel], small: object, large: object, limits: Limits) -> None:
    json_values.validate(model, small, limits)
    json_values.validate(model, large)

    with pytest.raises(InvalidInput):
        json_values.validate(model, large, limits)
