"""Cross-site request forgery: whose page made a request, and whether it carries that page's token."""

import pytest
from flask import Flask, Request
from werkzeug.test import EnvironBuilder

from proctor.errors import Forbidden
from proctor.records import Actor, Role, SessionId
from proctor.web import csrf
from tests.support.factories import OTHER_SECRET, make_proctor, make_session, make_settings

OURS = "https://proctor.example.org"
SETTINGS = make_settings(public_urls=(OURS,))
SESSION = make_session(claim_hash="0" * 64)
CANDIDATE = Actor(Role.CANDIDATE, session=SESSION, by_cookie=True)
CONSOLE = Actor(Role.PROCTOR, make_proctor(), by_cookie=True)


def request(**headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(EnvironBuilder(method="POST", base_url=OURS, headers=list(named.items())).get_environ())


def form(**fields: str) -> Request:
    return Request(EnvironBuilder(method="POST", base_url=OURS, data=fields).get_environ())


def our_app() -> Flask:
    app = Flask("test")
    app.secret_key = SETTINGS.secret_key
    return app


OWN = [
    {"Sec_Fetch_Site": "same-origin"},
    {"Sec_Fetch_Site": "none"},
    {"Origin": OURS},
    {"Sec_Fetch_Site": "same-origin", "Origin": OURS},
]
FOREIGN = [
    {"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec_Fetch_Site": "same-site", "Origin": "https://other.example.org"},
    {"Sec_Fetch_Site": "cross-site", "Origin": OURS},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": f"{OURS}.evil.example"},
    {"Origin": "http://proctor.example.org"},
    {"Origin": f"{OURS}:444"},
]


@pytest.mark.parametrize("headers", OWN)
def test_our_own_pages_may_write(headers: dict[str, str]) -> None:
    csrf.check_origin(request(**headers), SETTINGS)
    csrf.refuse_foreign_page(request(**headers), SETTINGS)


@pytest.mark.parametrize("headers", FOREIGN)
def test_other_sites_pages_may_not(headers: dict[str, str]) -> None:
    with pytest.raises(Forbidden):
        csrf.check_origin(request(**headers), SETTINGS)
    with pytest.raises(Forbidden):
        csrf.refuse_foreign_page(request(**headers), SETTINGS)


def test_a_cookie_without_any_word_on_its_origin_is_not_enough() -> None:
    with pytest.raises(Forbidden):
        csrf.check_origin(request(), SETTINGS)


def test_a_program_that_sends_no_such_header_passes_where_no_cookie_is_believed() -> None:
    csrf.refuse_foreign_page(request(), SETTINGS)


def test_the_page_of_a_claim_writes_with_its_token_in_header_or_form() -> None:
    token = csrf.candidate_token(SESSION, SETTINGS)

    csrf.check_token(request(X_CSRF_Token=token), CANDIDATE, SETTINGS)
    csrf.check_token(form(csrf_token=token), CANDIDATE, SETTINGS)


@pytest.mark.parametrize("token", ["", "0" * 64, "ünïcode", "x" * 10_000])
def test_a_wrong_token_is_refused(token: str) -> None:
    for actor in (CANDIDATE, CONSOLE):
        with our_app().test_request_context(), pytest.raises(Forbidden):
            csrf.check_token(form(csrf_token=token), actor, SETTINGS)


def test_a_token_in_bytes_that_are_no_ascii_is_refused() -> None:
    with pytest.raises(Forbidden):
        csrf.check_token(request(X_CSRF_Token="é" * 64), CANDIDATE, SETTINGS)


def test_a_token_changes_with_the_claim_the_session_and_the_key() -> None:
    tokens = {
        csrf.candidate_token(SESSION, SETTINGS),
        csrf.candidate_token(make_session(claim_hash="1" * 64), SETTINGS),
        csrf.candidate_token(make_session(claim_hash="0" * 64, id=SessionId("other")), SETTINGS),
        csrf.candidate_token(SESSION, make_settings(public_urls=(OURS,), secret_key=OTHER_SECRET)),
    }

    assert len(tokens) == 4


def test_a_candidates_token_is_none_for_the_console() -> None:
    token = csrf.candidate_token(SESSION, SETTINGS)

    with our_app().test_request_context(), pytest.raises(Forbidden):
        csrf.check_token(request(X_CSRF_Token=token), CONSOLE, SETTINGS)


def test_the_console_writes_with_the_token_of_its_own_browser_session() -> None:
    app = our_app()

    with app.test_request_context():
        token = csrf.console_token()
        csrf.check_token(request(X_CSRF_Token=token), CONSOLE, SETTINGS)
    with app.test_request_context(), pytest.raises(Forbidden):
        csrf.check_token(request(X_CSRF_Token=token), CONSOLE, SETTINGS)
