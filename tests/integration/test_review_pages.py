"""The pages of reviewers: who gets in, what the queue shows, where "next" leads."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

from proctor.domain import exams, verdicts
from proctor.domain.exam_clock import utc_now
from proctor.records import ProctorRole
from proctor.web.services import EXTENSION
from tests.support.actors import Caller
from tests.support.people import add_person

ROW = re.compile(r'data-session-id="([^"]+)"')


@pytest.fixture
def console(app: Flask) -> Caller:
    signed_in = Caller(app)
    assert signed_in.sign_in().status_code == 303
    return signed_in


def ended(app: Flask, name: str, *events: str, exam: str = "DEMO") -> str:
    """Make a session in which this happened, end it and give it its place in the queue."""
    exam_app = Caller(app)
    joined = exam_app.post("/api/session/join", {"exam_code": exam, "candidate_identifier": name}).json
    session_id = str(joined["session_id"])
    exam_app.post(f"/sessions/{session_id}/events", [{"event_type": event} for event in events])
    Caller(app).with_token().post(f"/api/proctor/sessions/{session_id}/terminate", {})
    verdicts.rank_changed(store=app.extensions[EXTENSION].store)
    return session_id


def decide(caller: Caller, session_id: str, verdict: str) -> None:
    path = f"/api/proctor/sessions/{session_id}/verdict"
    assert caller.post(path, {"verdict": verdict, "comment": "Seen"}).status_code == 200


def rows(caller: Caller, query: str = "") -> list[str]:
    page = caller.get(f"/proctor/review{query}", Accept="text/html")
    assert page.status_code == 200, page.text
    return ROW.findall(page.text)


def test_the_queue_shows_the_riskiest_first(app: Flask, console: Caller) -> None:
    calm, troubled = ended(app, "Calm"), ended(app, "Troubled", "phone_detected")

    assert rows(console) == [troubled, calm]
    assert rows(console, "?q=alm") == [calm]
    assert rows(console, "?exam_code=OTHER") == []
    assert rows(console, "?mine=true&verdict=all") == []
    assert console.get("/proctor/review?verdict=nonsense").status_code == 422
    assert console.get("/proctor/review?cursor=nonsense").status_code == 422


def test_what_is_decided_leaves_the_queue_and_can_be_found(app: Flask, console: Caller) -> None:
    session_id = ended(app, "Ann")
    decide(console, session_id, "clear")

    assert rows(console) == []
    assert "Everything is reviewed" in console.get("/proctor/review").text
    assert rows(console, "?verdict=clear&mine=true") == [session_id]
    assert "No session matches" in console.get("/proctor/review?q=nobody").text


def test_pages_of_the_queue_follow_each_other_with_their_filters(app: Flask, console: Caller) -> None:
    made = {ended(app, f"Ann {number}") for number in range(3)}
    first = console.get("/proctor/review?q=Ann&limit=2").text
    [following] = re.findall(r'href="(/proctor/review\?[^"]*cursor=[^"]+)"', first)

    second = rows(console, following.replace("&amp;", "&").removeprefix("/proctor/review"))

    assert "q=Ann" in following
    assert len(second) == 1
    assert {*ROW.findall(first), *second} == made


def test_next_goes_through_the_queue_and_round_again(app: Flask, console: Caller) -> None:
    calm, worse, worst = ended(app, "Calm"), ended(app, "Worse", "no_face"), ended(app, "Worst", "phone_detected")

    def following(after: str) -> str:
        return str(console.get(f"/proctor/review/next?after={after}").location).removeprefix("/proctor/review")

    assert [following(after) for after in ("", worst, worse, calm)] == [
        f"/{one}" for one in (worst, worse, calm, worst)
    ]
    for session_id in (worst, worse):
        decide(console, session_id, "clear")
    assert [following(after) for after in (worst, worse, calm)] == [f"/{calm}", f"/{calm}", ""]
    assert following("nobody") == f"/{calm}"


def test_next_stays_within_the_exam_that_the_queue_was_narrowed_to(app: Flask, console: Caller) -> None:
    exams.add("A & B", exams.Draft("A & B"), store=app.extensions[EXTENSION].store, now=utc_now())
    calm, worse = ended(app, "Calm", exam="A & B"), ended(app, "Worse", "no_face", exam="A & B")
    worst = ended(app, "Worst", "phone_detected")

    def link(page: str, words: str) -> str:
        [found] = re.findall(rf'href="([^"]+)"[^>]*>(?:<svg(?:(?!</svg>).)*</svg>)?\s*{words}', page, re.DOTALL)
        return str(html.unescape(found))

    at = link(console.get("/proctor/review?exam_code=A+%26+B").text, "Worse")
    assert at == f"/proctor/review/{worse}?exam_code=A%20%26%20B"
    first = console.get(at).text
    assert rows(console, link(first, "Queue").removeprefix("/proctor/review")) == [worse, calm]
    following = str(console.get(link(first, "Next in queue")).location)
    assert following == f"/proctor/review/{calm}?exam_code=A+%26+B"
    decide(console, worse, "clear")
    assert (
        console.get(link(console.get(following).text, "Next in queue")).location == "/proctor/review?exam_code=A+%26+B"
    )
    assert link(console.get(f"/proctor/review/{calm}").text, "Next in queue").endswith(f"?after={calm}")
    assert str(console.get(f"/proctor/review/next?after={calm}").location) == f"/proctor/review/{worst}"


def test_the_review_page_opens_for_reviewers_of_its_exam_alone(app: Flask, console: Caller) -> None:
    session_id = ended(app, "<b>Ann</b>")
    page = console.get(f"/proctor/review/{session_id}")

    assert page.status_code == 200
    assert "&lt;b&gt;Ann&lt;/b&gt;" in page.text
    assert "<b>Ann</b>" not in page.text
    assert add_person(app, ProctorRole.REVIEWER, {"DEMO"}).get(f"/proctor/review/{session_id}").status_code == 200
    stranger = add_person(app, ProctorRole.REVIEWER, {"OTHER"})
    assert stranger.get(f"/proctor/review/{session_id}").status_code == 404
    assert rows(stranger) == []
    assert Caller(app).get(f"/proctor/review/{session_id}").status_code == 302


def test_a_session_that_runs_can_be_looked_at_and_not_decided(exam_app: Caller, console: Caller) -> None:
    join = {"exam_code": "DEMO", "candidate_identifier": "Ann"}
    session_id = exam_app.post("/api/session/join", join).json["session_id"]

    page = console.get(f"/proctor/review/{session_id}").text

    assert "The exam is still running" in page
    assert rows(console) == []


def test_the_report_opens_as_a_page_of_its_own(app: Flask, console: Caller) -> None:
    session_id = ended(app, "Ann")

    answer = console.get(f"/proctor/review/{session_id}/report")

    assert answer.location == f"/reports/report_{session_id}.html"
    with console.get(answer.location) as report:
        assert "Ann" in report.text


def test_an_exam_that_was_handed_in_unseen_says_so(app: Flask, exam_app: Caller, console: Caller) -> None:
    join = {"exam_code": "DEMO", "candidate_identifier": "Ann"}
    session_id = exam_app.post("/api/session/join", join).json["session_id"]
    exam_app.post(f"/api/proctor/sessions/{session_id}/terminate", {})
    verdicts.rank_changed(store=app.extensions[EXTENSION].store)

    assert "Never monitored" in console.get("/proctor/review").text
    assert "Never monitored" in console.get(f"/proctor/review/{session_id}").text
