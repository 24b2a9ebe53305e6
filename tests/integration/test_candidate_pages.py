"""The candidate's way: the link, the claim, the exam, the end."""

from __future__ import annotations

import html
import json
import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from proctor.domain import flags
from proctor.domain.exam_clock import utc_now
from proctor.domain.thresholds import THRESHOLDS
from proctor.records import SessionId
from proctor.store import Store
from proctor.web.services import EXTENSION
from tests.integration.conftest import AppFactory
from tests.support.actors import Caller

EXAM_URL = "http://localhost:3000/mock-exam/begin"


@pytest.fixture
def candidate(app: Flask) -> Caller:
    return Caller(app)


def test_the_page_has_the_thresholds_that_held_when_its_session_was_made(make_app: AppFactory) -> None:
    app = make_app(api_access="open", detection=True)
    store, caller = app.extensions["proctor"].store, Caller(app)
    exam = store.exams.get_by_code("DEMO")
    store.exams.put(replace(exam, policy=replace(exam.policy, thresholds={"phone_score": 0.7})))
    joined = caller.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Ann"}).json
    store.exams.put(exam)

    page = caller.get(f"/entry?session_id={joined['session_id']}").text
    shown = re.search(r"data-page='([^']*)'", page)

    assert shown
    limits = json.loads(html.unescape(shown[1]))["detection"]["limits"]
    assert limits == {**{name: known.default for name, known in THRESHOLDS.items()}, "phone_score": 0.7}


def test_the_root_sends_people_to_join_and_answers_programs(candidate: Caller) -> None:
    assert candidate.get("/", Accept="text/html").location == "/join"
    assert candidate.get("/", Accept="application/json").json["status"] == "ok"


def test_joining_by_hand_leads_to_the_same_page(candidate: Caller) -> None:
    form = {"exam_code": " DEMO ", "name": "Ann Example"}
    answer = candidate.client.post("/join", data=form, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 303
    assert "Ann Example" in candidate.get(answer.location).text


@pytest.mark.parametrize("form", [{}, {"exam_code": "NOPE", "name": "Ann"}, {"exam_code": "DEMO", "name": "x" * 201}])
def test_joining_by_hand_with_wrong_input_shows_the_form_again(candidate: Caller, form: dict[str, str]) -> None:
    answer = candidate.client.post("/join", data=form, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 422
    assert "<form" in answer.text


def test_a_foreign_page_cannot_join_for_someone(candidate: Caller) -> None:
    form = {"exam_code": "DEMO", "name": "Ann"}

    assert candidate.client.post("/join", data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_entry_opens_for_a_new_session_and_frames_its_exam_app_only(candidate: Caller, session_id: str) -> None:
    page = candidate.get(f"/entry?session_id={session_id}&return_url={EXAM_URL}")

    assert page.status_code == 200
    assert "Demo Exam" in page.text
    assert "frame-src http://localhost:3000;" in page.headers["Content-Security-Policy"] + ";"
    assert "camera=(self)" in page.headers["Permissions-Policy"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("session_id=", 400),
        ("session_id=5e55104e-0000-4000-8000-00000000dead", 404),
        ("session_id=../../etc", 404),
        ("session_id[$gt]=", 400),
    ],
)
def test_entry_without_a_session_says_what_to_do(candidate: Caller, query: str, status: int) -> None:
    page = candidate.get(f"/entry?{query}", Accept="text/html")

    assert page.status_code == status
    assert "<h1" in page.text


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "http://localhost:3000@evil.example",
        "https://localhost.evil.example",
        "http://localhost\\@evil.example",
        "javascript:alert(1)",
        "http://local\thost:3000",
        "http://localhost:3000\n.evil.example",
        "https://evil.example/",
        "ftp://localhost/",
        "http://[::1",
        "http://localhost:99999/",
    ],
)
def test_a_return_url_elsewhere_is_refused_by_page_and_claim(candidate: Caller, session_id: str, url: str) -> None:
    page = candidate.client.get("/entry", query_string={"session_id": session_id, "return_url": url})
    claim = candidate.claim(session_id, return_url=url)

    assert page.status_code == 400
    assert claim.status_code == 422


def test_outside_the_demo_only_named_origins_are_allowed(make_app: AppFactory) -> None:
    app = make_app(
        mode="production", exam_app_networks=("127.0.0.0/8",), exam_app_origins=("https://exams.example.org",)
    )
    joined = Caller(app).post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "A"}).json

    def entry(url: str) -> int:
        query = {"session_id": joined["session_id"], "return_url": url}
        return Caller(app).client.get("/entry", query_string=query).status_code

    assert entry("https://exams.example.org/begin") == 200
    assert entry("https://exams.example.org:444/begin") == 400
    assert entry("http://exams.example.org/begin") == 400
    assert entry(EXAM_URL) == 400


def test_a_claim_gives_a_cookie_that_scripts_cannot_read_and_the_exams_address(
    candidate: Caller, session_id: str
) -> None:
    answer = candidate.claim(session_id)

    assert answer.status_code == 200
    assert answer.json["exam_url"] == f"/exam/{answer.json['handle']}"
    assert session_id not in answer.json["exam_url"]
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert not cookie.startswith("session=")


def test_cookies_over_https_are_bound_to_this_host(make_app: AppFactory) -> None:
    app = make_app(api_access="open", public_urls=("https://localhost",))
    joined = Caller(app).post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "A"}).json

    claim = Caller(app).claim(joined["session_id"])

    assert claim.headers["Set-Cookie"].startswith("__Host-cand-")
    assert "Secure" in claim.headers["Set-Cookie"]
    assert "max-age" in claim.headers["Strict-Transport-Security"]


def test_the_first_browser_keeps_the_session_and_the_second_is_turned_away(
    app: Flask, candidate: Caller, proctor: Caller, session_id: str
) -> None:
    candidate.claim(session_id)
    second = Caller(app)

    assert second.claim(session_id).status_code == 409
    assert second.get(f"/entry?session_id={session_id}").status_code == 409
    assert candidate.get(f"/entry?session_id={session_id}").location.startswith("/exam/")
    events = proctor.get(f"/api/proctor/sessions/{session_id}/events").json["events"]
    assert "second_claim" in [event["event_type"] for event in events]
    flags.judge_due(**app.extensions[EXTENSION].context)
    told = proctor.get(f"/api/proctor/sessions/{session_id}/flags").json["flags"]
    assert [(flag["rule_id"], flag["severity"], flag["cleared_at"]) for flag in told] == [
        ("second_claim", "high", None)
    ]

    proctor.post(f"/api/proctor/sessions/{session_id}/release", {})
    flags.judge_due(**app.extensions[EXTENSION].context)
    [flag] = proctor.get(f"/api/proctor/sessions/{session_id}/flags").json["flags"]
    assert flag["cleared_at"]


def test_a_claim_whose_answer_was_lost_is_given_again_to_the_same_page(app: Flask, session_id: str) -> None:
    claim_id = str(uuid.uuid4())

    first, again = (Caller(app).claim(session_id, claim_id=claim_id) for _ in range(2))

    assert first.status_code == again.status_code == 200
    assert first.headers["Set-Cookie"] == again.headers["Set-Cookie"]
    assert Caller(app).claim(session_id, claim_id=str(uuid.uuid4())).status_code == 409


def test_start_pressed_in_a_second_tab_of_the_same_browser_alarms_nobody(
    candidate: Caller, store: Store, session_id: str
) -> None:
    first, second = (candidate.claim(session_id, claim_id=str(uuid.uuid4())) for _ in range(2))

    assert (second.status_code, second.json) == (200, first.json)
    assert candidate.get(second.json["exam_url"]).status_code == 200
    assert "second_claim" not in store.events.count_by_type(SessionId(session_id))


def test_the_exam_opens_for_the_browser_that_claimed_it_and_for_no_other(
    app: Flask, candidate: Caller, session_id: str
) -> None:
    handle = candidate.claim(session_id, return_url=EXAM_URL).json["handle"]

    own, foreign = candidate.get(f"/exam/{handle}"), Caller(app).get(f"/exam/{handle}", Accept="text/html")

    assert own.status_code == 200
    assert session_id not in own.text
    assert foreign.status_code == 409
    assert Caller(app).get("/exam/nope").status_code == 404


def test_finish_needs_the_claim_the_token_and_our_own_page(app: Flask, candidate: Caller, session_id: str) -> None:
    handle = candidate.claim(session_id).json["handle"]
    path = f"/exam/{handle}/finish"
    token = candidate.headers.pop("X-CSRF-Token")

    assert Caller(app).post(path, {}).status_code == 401
    assert candidate.post(path, {}).status_code == 403
    assert candidate.post(path, {}, X_CSRF_Token="0" * 64).status_code == 403
    assert candidate.post(path, {}, X_CSRF_Token=token, Sec_Fetch_Site="cross-site").status_code == 403

    assert candidate.post(path, {}, X_CSRF_Token=token).json == {"status": "finished"}
    assert candidate.post(path, {}, X_CSRF_Token=token).json == {"status": "finished"}


def test_after_the_end_the_exam_leads_to_the_finish_page(candidate: Caller, exam_app: Caller, session_id: str) -> None:
    handle = candidate.claim(session_id).json["handle"]
    exam_app.post(f"/api/proctor/sessions/{session_id}/terminate", {})

    assert candidate.get(f"/exam/{handle}").location == f"/finish/{handle}"
    assert candidate.get(f"/finish/{handle}").status_code == 200
    assert candidate.get(f"/finish/{session_id}").status_code == 200
    assert candidate.get(f"/entry?session_id={session_id}", Accept="text/html").status_code == 410
    assert candidate.get("/finish/nope", Accept="text/html").status_code == 404


def test_a_claim_lapses_a_day_after_the_end(candidate: Caller, exam_app: Caller, store: Store, session_id: str) -> None:
    handle = candidate.claim(session_id).json["handle"]
    exam_app.post(f"/api/proctor/sessions/{session_id}/terminate", {})
    store.database["sessions"].update_one({}, {"$set": {"ended_at": utc_now() - timedelta(hours=25)}})

    assert candidate.post(f"/exam/{handle}/finish", {}).status_code == 401


def test_names_are_shown_as_text(exam_app: Caller, candidate: Caller) -> None:
    name = '<img src=x onerror="alert(1)">'
    joined = exam_app.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": name}).json

    page = candidate.get(f"/entry?session_id={joined['session_id']}")

    assert "<img src=x" not in page.text
    assert "&lt;img" in page.text


def test_no_page_has_inline_script_or_style(candidate: Caller, session_id: str) -> None:
    handle = candidate.claim(session_id).json["handle"]
    for path in ("/join", f"/exam/{handle}", "/proctor/login", "/entry"):
        html = candidate.get(path, Accept="text/html").text
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), path
        assert not re.search(r"\s(style|on\w+)=", html), path
        assert "<style" not in html, path


@pytest.mark.parametrize("way", ["/entry?session_id={}", "/exam/{}", "/finish/{}", "claim"])
def test_guessing_is_throttled_on_every_way_in(candidate: Caller, way: str) -> None:
    def guess() -> int:
        if way != "claim":
            return int(candidate.get(way.format(uuid.uuid4())).status_code)
        body = {"session_id": str(uuid.uuid4()), "consent_version": "test", "claim_id": str(uuid.uuid4())}
        return int(candidate.post("/entry/claim", body, Origin="http://localhost").status_code)

    assert [guess() for _ in range(62)] == [404] * 60 + [429] * 2
