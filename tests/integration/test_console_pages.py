"""The proctor's pages: signing in and out, and who sees what."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.actors import SAME_ORIGIN, Caller


@pytest.fixture
def console(app: Flask) -> Caller:
    signed_in = Caller(app)
    assert signed_in.sign_in().status_code == 303
    return signed_in


def test_pages_send_strangers_to_the_login_and_back(app: Flask) -> None:
    answer = Caller(app).get("/proctor/sessions?q=ann", Accept="text/html")

    assert answer.status_code == 302
    assert answer.location == "/proctor/login?next=%2Fproctor%2Fsessions%3Fq%3Dann"


def test_a_wrong_password_shows_the_form_again_in_words(app: Flask) -> None:
    answer = Caller(app).sign_in(password="wrong")

    assert answer.status_code == 401
    assert "wrong" in answer.text


def test_signing_in_needs_the_forms_token_and_our_own_page(app: Flask) -> None:
    form = {"email": "proctor@test.com", "password": "proctor123"}

    without_token = Caller(app).client.post("/proctor/login", data=form, headers=SAME_ORIGIN)
    foreign = Caller(app).client.post("/proctor/login", data=form, headers={"Origin": "https://evil.example"})

    assert (without_token.status_code, foreign.status_code) == (422, 403)


@pytest.mark.parametrize(
    "wish", ["https://evil.example", "//evil.example", "/proctor//evil", "/\\evil", "/proctor/\\evil"]
)
def test_after_the_login_nobody_is_sent_elsewhere(console: Caller, wish: str) -> None:
    answer = console.client.get("/proctor/login", query_string={"next": wish})

    assert answer.location == "/proctor/sessions"


def test_the_hall_lists_live_sessions(console: Caller, session_id: str) -> None:
    page = console.get("/proctor/sessions")

    assert page.status_code == 200
    assert session_id in page.text
    assert "Ann" in page.text


def test_the_session_page_shows_one_session(console: Caller, session_id: str) -> None:
    page = console.get(f"/proctor/session/{session_id}")

    assert page.status_code == 200
    assert "Demo Exam" in page.text
    assert console.get("/proctor/session/nope", Accept="text/html").status_code == 404


def test_a_cookie_alone_does_not_act(console: Caller, session_id: str) -> None:
    path = f"/api/proctor/sessions/{session_id}/terminate"
    token = console.headers.pop("X-CSRF-Token")

    assert console.post(path, {}).status_code == 403
    assert console.post(path, {}, X_CSRF_Token=token, Sec_Fetch_Site="cross-site").status_code == 403
    assert console.post(path, {}, X_CSRF_Token=token).json["status"] == "terminated"


def test_the_login_cookie_is_strict_and_not_named_session(app: Flask) -> None:
    answer = Caller(app).sign_in()

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("proctor_console=")
    assert "SameSite=Strict" in cookie
    assert "HttpOnly" in cookie


def test_a_cookie_planted_before_the_login_changes_with_it(app: Flask) -> None:
    victim = Caller(app)
    victim.get("/proctor/login")
    planted = victim.client.get_cookie("proctor_console")
    assert planted
    victim.sign_in()

    thief = Caller(app)
    thief.client.set_cookie("proctor_console", planted.value)

    assert victim.get("/proctor/sessions").status_code == 200
    assert thief.get("/proctor/sessions", Accept="text/html").status_code == 302


def test_a_cookie_replayed_after_logout_is_nobody(app: Flask, console: Caller) -> None:
    kept = console.client.get_cookie("proctor_console")
    assert kept
    assert console.post("/proctor/logout").status_code == 303

    thief = Caller(app)
    thief.client.set_cookie("proctor_console", kept.value)

    assert thief.get("/proctor/sessions", Accept="text/html").status_code == 302


def test_each_login_is_a_new_one(app: Flask) -> None:
    first, second = Caller(app), Caller(app)
    first.sign_in()
    second.sign_in()
    first.post("/proctor/logout")

    assert first.get("/proctor/sessions", Accept="text/html").status_code == 302
    assert second.get("/proctor/sessions").status_code == 200
