"""Sweeps over all routes: each says who may call it, turns everybody else away, and survives bad input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate
from werkzeug.routing import Rule

from proctor.domain import permissions
from proctor.records import ProctorRole, Role
from proctor.web.endpoint import Declaration, declaration_of
from tests.integration.conftest import AppFactory
from tests.support.actors import Caller
from tests.support.people import add_person

SIGNING_OUT = {"/proctor/logout", "/proctor/account/sign-out"}
HOSTILE_JSON = [
    b"[" * 100_000,
    b'{"a":' * 300 + b"1" + b"}" * 300,
    b'"\\ud800"',
    b'{"exam_code": "\\ud800", "candidate_identifier": "x"}',
    b'{"exam_code": 9223372036854775808, "candidate_identifier": "x"}',
    b'{"exam_code": "A\\u0000", "candidate_identifier": "x"}',
    b'{"a\\u0000": 1}',
    b'{"minutes": NaN}',
    b"\xff\xfe",
    b"null",
    b"[]",
    b'"text"',
    b"{",
    b'{"$where": "1"}',
    b'{"session_id": {"$gt": ""}}',
    b"{" + b",".join(b'"k%d": 1' % number for number in range(100)) + b"}",
]


def rules(app: Flask) -> Iterator[tuple[Rule, str, Declaration | None]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, declaration_of(app.view_functions[rule.endpoint])


def path_of(rule: Rule, value: str = "00000000-0000-4000-8000-000000000000") -> str:
    return re.sub(r"<[^>]+>", value, rule.rule)


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    undeclared = [rule.rule for rule, _, declaration in rules(app) if declaration is None or not declaration.roles]

    assert undeclared == []


def test_a_route_that_declares_nothing_answers_nobody(app: Flask) -> None:
    app.add_url_rule("/forgotten", view_func=lambda: "secret", endpoint="forgotten")

    answer = Caller(app).get("/forgotten")

    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_strangers_get_into_public_routes_only(make_app: AppFactory) -> None:
    stranger = Caller(make_app(), "192.0.2.7")
    for rule, method, declaration in rules(stranger.client.application):
        assert declaration
        if Role.ANYONE in declaration.roles:
            continue
        answer = stranger.client.open(path_of(rule), method=method, environ_overrides=stranger.environ)
        assert answer.status_code in {302, 401}, f"{method} {rule.rule} answered {answer.status_code}"
        if answer.status_code == 302:
            assert answer.location.startswith("/proctor/login")


def test_a_candidate_gets_into_no_route_of_the_console(app: Flask, session_id: str) -> None:
    candidate = Caller(app)
    candidate.claim(session_id)
    for rule, method, declaration in rules(app):
        assert declaration
        if declaration.roles != {Role.PROCTOR}:
            continue
        answer = candidate.client.open(path_of(rule, session_id), method=method, headers=candidate.headers, json={})
        assert answer.status_code in {302, 401}, f"{method} {rule.rule} answered {answer.status_code}"


@pytest.mark.parametrize("role", ProctorRole)
def test_proctors_get_into_the_routes_of_their_role_and_no_others(app: Flask, role: ProctorRole) -> None:
    person = add_person(app, role)
    for rule, method, declaration in rules(app):
        assert declaration
        if Role.PROCTOR not in declaration.roles or rule.rule in SIGNING_OUT:
            continue
        body: dict[str, Any] | None = None if method == "GET" else {}
        answer = person.client.open(path_of(rule), method=method, headers=person.headers, json=body)
        allowed = declaration.needs is None or declaration.needs in permissions.GRANTED[role]
        refused = answer.status_code == 403 and "the role of" in answer.text
        assert refused is not allowed, f"{role}: {method} {rule.rule} answered {answer.status_code}"


def test_every_change_that_a_proctor_makes_needs_a_permission(app: Flask) -> None:
    writes = {
        rule.rule
        for rule, method, declaration in rules(app)
        if declaration and method != "GET" and Role.PROCTOR in declaration.roles and declaration.needs is None
    }

    # A note is for everybody who sees a session; the others are about the caller's own account.
    assert writes == {
        "/api/proctor/sessions/<session_id>/notes",
        "/proctor/logout",
        "/proctor/account/password",
        "/proctor/account/sign-out",
    }


def test_a_candidates_cookie_opens_no_other_session(app: Flask, exam_app: Caller, session_id: str) -> None:
    join = {"exam_code": "DEMO", "candidate_identifier": "Bob"}
    own, foreign = Caller(app), Caller(app)
    own.claim(session_id)
    handle = foreign.claim(exam_app.post("/api/session/join", join).json["session_id"]).json["handle"]

    assert own.get(f"/exam/{handle}", Accept="text/html").status_code == 409
    assert own.post(f"/exam/{handle}/finish", {}).status_code == 401


@pytest.mark.parametrize("raw", HOSTILE_JSON, ids=range(len(HOSTILE_JSON)))
def test_hostile_json_is_refused_everywhere_in_the_same_shape(app: Flask, proctor: Caller, raw: bytes) -> None:
    for rule, method, declaration in rules(app):
        if method != "POST" or declaration is None or declaration.body is None:
            continue
        answer = proctor.post_raw(path_of(rule), raw)
        assert 400 <= answer.status_code < 500, f"{rule.rule} answered {answer.status_code} to {raw[:40]!r}"
        assert isinstance(answer.json["detail"], str)


def test_a_body_over_the_limit_is_413(exam_app: Caller) -> None:
    answer = exam_app.post_raw("/api/session/join", b'{"exam_code": "' + b"x" * 70_000 + b'"}')

    assert answer.status_code == 413
    assert "detail" in answer.json


def test_unknown_addresses_and_methods_answer_in_the_callers_language(exam_app: Caller) -> None:
    assert exam_app.get("/api/nope").json["detail"]
    assert exam_app.post("/health").status_code == 405
    page = exam_app.get("/nope", Accept="text/html")
    assert page.status_code == 404
    assert "<h1" in page.text


def test_an_unknown_host_is_refused(exam_app: Caller) -> None:
    for accepted in ("application/json", "text/html"):
        answer = exam_app.client.get("/join", headers={"Host": "evil.example", "Accept": accepted})

        assert answer.status_code == 400
        assert "This server has another name." in answer.text


def test_exam_apps_may_call_under_a_name_of_their_own(make_app: AppFactory) -> None:
    app = make_app(api_access="open", backend_url="http://10.0.0.5:8001", public_urls=("http://localhost",))

    def status(host: str) -> int:
        return Caller(app).client.get("/health", headers={"Host": host}).status_code

    assert (status("10.0.0.5:8001"), status("localhost"), status("10.0.0.6:8001")) == (200, 200, 400)


def test_security_headers_are_on_every_answer(exam_app: Caller) -> None:
    for path in ("/health", "/join", "/nope", "/api/proctor/sessions", "/static/css/base.css"):
        with exam_app.get(path) as answer:
            headers = answer.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe-inline" not in headers["Content-Security-Policy"], path
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert headers["Permissions-Policy"], path


def test_the_api_describes_itself_and_describes_every_json_route(app: Flask, exam_app: Caller) -> None:
    description: dict[str, Any] = exam_app.get("/openapi.json").json
    validate(description)

    described = {(path, method.upper()) for path, methods in description["paths"].items() for method in methods}
    served = {
        (re.sub(r"<(?:\w+:)?([^>]+)>", r"{\1}", rule.rule), method)
        for rule, method, declaration in rules(app)
        if declaration and not declaration.is_page and rule.endpoint != "static"
    }
    assert described == served


def test_what_the_api_answers_is_what_it_describes(exam_app: Caller, proctor: Caller, session_id: str) -> None:
    schemas = exam_app.get("/openapi.json").json["components"]["schemas"]

    session = proctor.get(f"/api/proctor/sessions/{session_id}").json

    assert set(session) == set(schemas["SessionAnswer"]["properties"])


def test_the_database_away_is_503_in_words(make_app: AppFactory) -> None:
    away = Caller(make_app_without_database(make_app))

    health = away.get("/health")
    joined = away.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "A"})
    page = away.get("/entry?session_id=x", Accept="text/html")

    assert health.status_code == joined.status_code == page.status_code == 503
    assert joined.json["detail"]
    assert joined.headers["Retry-After"]
    assert "<h1" in page.text


def make_app_without_database(make_app: AppFactory) -> Flask:
    app = make_app(api_access="open")
    services = app.extensions["proctor"]
    services.store.close()
    return app
