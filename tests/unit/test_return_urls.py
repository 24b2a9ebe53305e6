"""Where a candidate may be sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proctor.domain import return_urls
from tests.support.factories import make_settings

ORIGIN = "https://exams.example.org"
PRODUCTION = make_settings(exam_app_origins=(ORIGIN, "http://exams.example.org:3000"))
DEMO = make_settings(mode="demo")

GOOD = [
    ORIGIN,
    f"{ORIGIN}/",
    f"{ORIGIN}/mock-exam/begin?x=1&y=%2F#top",
    f"{ORIGIN}:443/exam",
    "HTTPS://EXAMS.example.org/exam",
    "http://exams.example.org:3000/exam",
]
# After the threats that precede them: other sites, other ports, and addresses that parsers read in different ways.
BAD = [
    "",
    "/exam",
    "exam",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:exams.example.org",
    "https:\\\\exams.example.org",
    "https://evil.example",
    "https://exams.example.org@evil.example",
    "https://exams.example.org:x@evil.example",
    "https://exams.example.org%40evil.example",
    "https://user@exams.example.org",
    "https://exams.example.org.evil.example",
    "https://evilexams.example.org",
    "https://exams.example.org\\@evil.example",
    "https://evil.example\\.exams.example.org",
    "https://exams.example.org.",
    "https://exams.example.org:444",
    "https://exams.example.org:3000",
    "http://exams.example.org",
    "javascript:alert(1)",
    "javascript://exams.example.org/%0aalert(1)",
    "data:text/html,hello",
    "blob:https://exams.example.org/1",
    "ftp://exams.example.org",
    "wss://exams.example.org",
    "https://exams.exa\tmple.org",
    "https://exams.example.org\n",
    "\thttps://exams.example.org",
    " https://exams.example.org",
    "https://exams.example.org/\r\nSet-Cookie: a=b",
    "https://exams.example.org/\x00",
    "https://exams\u3002example.org",
    "https://\u0435xams.example.org",
    "https://exams.example.org/ünïcode",
    "http://localhost:3000/exam",
    "http://127.0.0.1:3000",
]


@pytest.mark.parametrize("url", GOOD)
def test_the_exam_apps_own_pages_are_allowed(url: str) -> None:
    assert return_urls.is_allowed(url, PRODUCTION)


@pytest.mark.parametrize("url", BAD)
def test_nothing_else_is(url: str) -> None:
    assert not return_urls.is_allowed(url, PRODUCTION)


@pytest.mark.parametrize("url", [url for url in BAD if "localhost" not in url and "127.0.0.1" not in url])
def test_nor_is_it_in_a_demo(url: str) -> None:
    assert not return_urls.is_allowed(url, DEMO)


@pytest.mark.parametrize(
    "url", ["http://localhost:3000/exam", "http://127.0.0.1:3000", "http://[::1]:3000", "https://localhost"]
)
def test_a_demo_leads_to_any_other_port_of_this_machine(url: str) -> None:
    assert return_urls.is_allowed(url, DEMO)


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000/entry", "http://localhost.evil.example", "http://127.0.0.2:3000", "http://0.0.0.0:3000"],
)
def test_a_demo_leads_neither_to_its_own_pages_nor_elsewhere(url: str) -> None:
    assert not return_urls.is_allowed(url, DEMO)


def test_an_address_has_a_greatest_length() -> None:
    longest = f"{ORIGIN}/".ljust(2_048, "x")

    assert return_urls.is_allowed(longest, PRODUCTION)
    assert not return_urls.is_allowed(longest + "x", PRODUCTION)


@given(st.text(max_size=40))
def test_whatever_follows_the_scheme_of_an_allowed_address_begins_with_its_host(text: str) -> None:
    url = f"https://{text}"

    if return_urls.is_allowed(url, PRODUCTION):
        assert url.lower().removeprefix(ORIGIN)[:1] in {"", "/", "?", "#", ":"}
