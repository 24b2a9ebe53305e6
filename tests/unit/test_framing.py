"""Whether an exam app's page lets itself be shown in a frame on ours."""

import http.server
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from proctor.domain import framing

OURS = "https://proctor.example.org"


def csp(policy: str) -> dict[str, str]:
    return {"content-security-policy": policy}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-frame-options": "ALLOWALL"},
        csp("default-src 'self'; script-src 'none'"),
        csp(f"frame-ancestors {OURS}"),
        csp(f"default-src 'self'; Frame-Ancestors 'self' {OURS.upper()}"),
        csp("frame-ancestors *"),
        csp("frame-ancestors https:"),
        csp("frame-ancestors http:"),
        csp("frame-ancestors *") | {"x-frame-options": "DENY"},
        csp(f"frame-ancestors *, frame-ancestors {OURS}"),
    ],
)
def test_a_page_that_says_nothing_against_it_can_be_framed(headers: Mapping[str, str]) -> None:
    assert not framing.refuses(headers, OURS)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-frame-options": "DENY"},
        {"x-frame-options": " SameOrigin "},
        csp("frame-ancestors 'none'"),
        csp("frame-ancestors"),
        csp("frame-ancestors 'self'"),
        csp("frame-ancestors https://other.example.org"),
        csp(f"frame-ancestors 'none'; frame-ancestors {OURS}"),
        csp(f"frame-ancestors {OURS}, frame-ancestors 'none'"),
        csp("default-src 'self', frame-ancestors 'none'"),
        csp("default-src 'self'") | {"x-frame-options": "DENY"},
    ],
)
def test_a_page_that_forbids_it_is_not_framed(headers: Mapping[str, str]) -> None:
    assert framing.refuses(headers, OURS)


def test_a_scheme_stands_for_pages_of_that_scheme_and_of_the_safer_one() -> None:
    assert framing.refuses(csp("frame-ancestors https:"), "http://localhost:8000")
    assert not framing.refuses(csp("frame-ancestors http:"), "http://localhost:8000")


@contextmanager
def exam_app(*headers: tuple[str, str], status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """Serve one page with these headers on loopback; give its address and the requests it got."""
    asked: list[str] = []

    class Page(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Keep the test's output clean."""

    with socketserver.TCPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()


def test_the_page_itself_is_asked_with_its_query() -> None:
    with exam_app(("X-Frame-Options", "DENY")) as (url, asked):
        assert framing.page_refuses(f"{url}/begin?exam=1#top", OURS)

    assert asked == ["/begin?exam=1"]


def test_of_several_policies_each_must_agree() -> None:
    policies = [
        ("Content-Security-Policy", "frame-ancestors 'none'"),
        ("Content-Security-Policy", "default-src 'self'"),
    ]

    with exam_app(*policies) as (url, _):
        assert framing.page_refuses(url, OURS)


def test_a_willing_page_is_framed() -> None:
    with exam_app(("Content-Type", "text/html")) as (url, _):
        assert not framing.page_refuses(url, OURS)


def test_a_redirect_is_not_followed() -> None:
    with (
        exam_app(("X-Frame-Options", "DENY")) as (elsewhere, asked_there),
        exam_app(("Location", elsewhere), status=302) as (url, _),
    ):
        assert not framing.page_refuses(url, OURS)

    assert asked_there == []


def test_a_page_that_cannot_be_reached_counts_as_willing() -> None:
    with exam_app() as (url, _):
        pass

    assert not framing.page_refuses(url, OURS)
