"""The rules by which the server refuses requests before the application sees them."""

from email.message import Message
from http import HTTPStatus

import pytest

from proctor.runtime import http


def headers(*pairs: tuple[str, str]) -> Message:
    message = Message()
    for name, value in pairs:
        message[name] = value
    return message


@pytest.mark.parametrize("pair", [("Content-Length", "0"), ("Content-Length", "12"), ("Transfer-Encoding", "Chunked")])
def test_one_plain_length_or_chunks_are_accepted(pair: tuple[str, str]) -> None:
    assert http.framing_fault(headers(pair), version="HTTP/1.1") is None


@pytest.mark.parametrize("value", ["", "-1", "+1", "1_0", "0x1", "1, 1", "٣"])
def test_a_length_that_is_not_digits_is_refused(value: str) -> None:
    fault = http.framing_fault(headers(("Content-Length", value)), version="HTTP/1.1")

    assert fault is HTTPStatus.BAD_REQUEST


def test_two_lengths_are_refused_even_when_they_agree() -> None:
    twice = headers(("Content-Length", "1"), ("content-length", "1"))

    assert http.framing_fault(twice, version="HTTP/1.1") is HTTPStatus.BAD_REQUEST


def test_an_unknown_transfer_coding_is_refused() -> None:
    fault = http.framing_fault(headers(("Transfer-Encoding", "gzip, chunked")), version="HTTP/1.1")

    assert fault is HTTPStatus.NOT_IMPLEMENTED


def test_http_0_9_is_refused() -> None:
    assert http.framing_fault(headers(), version="HTTP/0.9") is HTTPStatus.BAD_REQUEST


def test_a_small_body_gets_a_minute_and_a_video_what_a_slow_uplink_needs() -> None:
    assert http.allowed_seconds(100) == 60
    assert http.allowed_seconds(2 * 1024**3) == 2 * 1024**3 / http.SLOWEST_UPLOAD_BYTES_PER_S
    assert http.allowed_seconds(None) == 600


@pytest.mark.parametrize(
    ("address", "plain"),
    [("::ffff:192.0.2.7", "192.0.2.7"), ("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::1"), ("unix", "unix")],
)
def test_an_ipv4_client_has_the_same_address_on_every_listener(address: str, plain: str) -> None:
    assert http.plain_address(address) == plain
