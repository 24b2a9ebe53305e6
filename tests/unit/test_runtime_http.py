"""The rules by which the server reads requests, refuses unclear ones, and writes answers."""

import contextlib
import io
from http import HTTPStatus

import pytest
from eventlet import wsgi
from hypothesis import given
from hypothesis import strategies as st

from proctor.runtime import http
from proctor.runtime.answer import Answer, ClientLeft
from proctor.runtime.request_head import Refusal, RequestHead, parse


def head(*lines: str, first: str = "POST /x?y=1 HTTP/1.1") -> bytes:
    return "\r\n".join([first, "Host: x", *lines, "", ""]).encode("latin-1")


def refused(given: bytes) -> HTTPStatus:
    with pytest.raises(Refusal) as refusal:
        parse(given)
    return refusal.value.status


def test_a_request_is_read_into_what_wsgi_wants() -> None:
    read = parse(head("Content-Type: application/json", "content-length: 2", "X-Agent-Secret:\t s "))

    assert (read.method, read.target, read.version, read.length) == ("POST", "/x?y=1", "HTTP/1.1", 2)
    assert read.fields == {
        "HTTP_HOST": "x",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": "2",
        "HTTP_X_AGENT_SECRET": "s",
    }


def test_chunks_have_no_length_and_no_body_has_none_either() -> None:
    assert parse(head("Transfer-Encoding: Chunked")).length is None
    assert parse(head()).length == 0


def test_a_field_given_twice_is_one_list_and_cookies_are_joined_as_cookies() -> None:
    read = parse(head("Accept: a", "Accept: b", "Cookie: c=1", "Cookie: d=2"))

    assert (read.fields["HTTP_ACCEPT"], read.fields["HTTP_COOKIE"]) == ("a,b", "c=1; d=2")


def test_a_field_that_would_pass_for_another_is_left_out() -> None:
    assert "HTTP_X_FORWARDED_FOR" not in parse(head("X_Forwarded_For: 192.0.2.1")).fields


@pytest.mark.parametrize("value", ["", "-1", "+1", "1_0", "0x1", "1, 1", "\xb2", "9" * 19])
def test_a_length_that_is_not_digits_is_refused(value: str) -> None:
    assert refused(head(f"Content-Length: {value}")) is HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 1", "content-length: 1"),
        ("Content-Length: 1", "Transfer-Encoding: chunked"),
        ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
        ("Host: y",),
        ("Content-Length : 1",),
        (" folded: 1",),
        ("X: a", " folded"),
        ("no colon",),
        (": no name",),
        ("X: a\0b",),
        ("X: a\rb",),
        ("X: a\nContent-Length: 5",),
        tuple(f"X{n}: 1" for n in range(100)),
    ],
)
def test_what_two_servers_could_read_differently_is_refused(lines: tuple[str, ...]) -> None:
    assert refused(head(*lines)) is HTTPStatus.BAD_REQUEST


def test_chunks_from_a_client_that_knows_none_are_refused() -> None:
    assert refused(head("Transfer-Encoding: chunked", first="POST / HTTP/1.0")) is HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("line", [b"1f\r\n", b"5 ; name=value\r\n", b"\r\n", b"Trailer: x\r\n", b""])
def test_what_stands_between_chunks_is_read(line: bytes) -> None:
    assert http.ShortLines(io.BytesIO(line)).readline() == line


@pytest.mark.parametrize("line", [b"-5", b"+5", b"0x5", b"1_0", b"5\n", b" 5", b"5 5", b"five", b"1" * 1100])
def test_a_chunk_size_that_is_not_plain_digits_is_refused(line: bytes) -> None:
    given = line if line.endswith(b"\n") else line + b"\r\n"
    with pytest.raises(wsgi.ChunkReadError):
        http.ShortLines(io.BytesIO(given)).readline()


def test_an_unknown_transfer_coding_is_refused() -> None:
    assert refused(head("Transfer-Encoding: gzip, chunked")) is HTTPStatus.NOT_IMPLEMENTED


@pytest.mark.parametrize(
    ("first", "status"),
    [
        ("GET /", 400),
        ("GET  / HTTP/1.1", 400),
        ("GET / HTTP/0.9", 400),
        ("GET / HTTP/2.0", 505),
        ("G@T / HTTP/1.1", 400),
        (f"GET /{'a' * 4096} HTTP/1.1", 414),
        ("", 400),
    ],
)
def test_a_request_line_that_is_none_is_refused(first: str, status: int) -> None:
    assert refused(head(first=first)) == status


@given(st.binary(max_size=200))
def test_noise_is_refused_or_read_and_nothing_else_happens(noise: bytes) -> None:
    for given_head in (noise, b"GET / HTTP/1.1\r\n" + noise + b"\r\n\r\n"):
        with contextlib.suppress(Refusal):
            assert "" not in parse(given_head).fields


@pytest.mark.parametrize(
    ("version", "connection", "stays"),
    [("1.1", "", True), ("1.1", "close", False), ("1.0", "", False), ("1.0", "Keep-Alive", True)],
)
def test_a_connection_is_kept_as_its_client_asks(version: str, connection: str, stays: bool) -> None:
    assert parse(head(f"Connection: {connection}", first=f"GET / HTTP/{version}")).wants_more is stays


class Line:
    """A connection that remembers what was sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def sendall(self, data: bytes) -> None:
        self.sent.append(data)


class Broken:
    def sendall(self, data: bytes) -> None:
        raise BrokenPipeError(len(data))


def answered(
    pieces: list[bytes], *headers: tuple[str, str], status: str = "200 OK", first: str = "GET / HTTP/1.1"
) -> tuple[Line, Answer]:
    line = Line()
    answer = Answer(line, request(first))
    answer.start(status, list(headers))
    answer.give(pieces)
    return line, answer


def request(first: str = "GET / HTTP/1.1") -> RequestHead:
    return parse(head(first=first))


def test_a_short_answer_is_sent_in_one_piece() -> None:
    line, answer = answered([b"he", b"llo"], ("Content-Length", "5"), ("Date", "now"))

    assert line.sent == [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: now\r\n\r\nhello"]
    assert not answer.will_close


def test_an_answer_without_a_length_comes_in_chunks_and_ends() -> None:
    line, _ = answered([b"a" * 5000, b"", b"b"])

    sent = b"".join(line.sent)
    assert b"Transfer-Encoding: chunked\r\n" in sent
    assert sent.endswith(b"\r\n\r\n1388\r\n" + b"a" * 5000 + b"\r\n1\r\nb\r\n0\r\n\r\n")


def test_to_an_old_client_it_comes_until_the_connection_ends() -> None:
    line, answer = answered([b"a"], first="GET / HTTP/1.0")

    assert b"chunked" not in line.sent[0]
    assert line.sent[0].endswith(b"Connection: close\r\n\r\na")
    assert answer.will_close


@pytest.mark.parametrize(
    ("status", "method"), [("204 No Content", "GET"), ("304 Not Modified", "GET"), ("200", "HEAD")]
)
def test_where_there_is_no_body_none_is_sent(status: str, method: str) -> None:
    line, answer = answered([b"body"], status=status, first=f"{method} / HTTP/1.1")

    assert line.sent[0].endswith(b"\r\n\r\n")
    assert b"chunked" not in line.sent[0]
    assert not answer.will_close


def test_a_line_break_in_a_header_is_never_sent() -> None:
    line = Line()
    answer = Answer(line, request())
    answer.start("200 OK", [("X", "a\r\nSet-Cookie: b=1")])

    with pytest.raises(ValueError, match="line break"):
        answer.give([b""])
    assert not line.sent


def test_a_client_that_left_is_told_from_a_fault_of_the_application() -> None:
    answer = Answer(Broken(), request())
    answer.start("200 OK", [])

    with pytest.raises(ClientLeft):
        answer.give([b"x"])


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
