"""Events of a candidate's page over HTTP: while its live channel is away, and after the end."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from proctor.domain.exam_clock import utc_now
from proctor.web.services import EXTENSION
from tests.integration.conftest import AppFactory
from tests.support.actors import Caller


def numbered(*numbers: int, outbox: str | None = "5e1f0c9a") -> dict[str, Any]:
    events = [{"id": str(uuid.uuid4()), "event_type": "copy", "seq": number} for number in numbers]
    return {"events": events} | ({"outbox": outbox} if outbox else {})


@pytest.fixture
def page(app: Flask, session_id: str) -> tuple[Caller, str]:
    """Give the browser that holds the exam, and where it posts its events."""
    caller = Caller(app)
    return caller, f"/exam/{caller.claim(session_id).json['handle']}/events"


def stored(app: Flask, session_id: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = Caller(app).get(f"/sessions/{session_id}").json["events"]
    return [event for event in listed if event["event_type"] == "copy"]


def test_a_page_posts_what_it_could_not_send(app: Flask, page: tuple[Caller, str], session_id: str) -> None:
    caller, path = page
    body = numbered(1, 2)

    assert (
        caller.post(path, body).json == caller.post(path, body).json == {"accepted": [e["id"] for e in body["events"]]}
    )
    assert len(stored(app, session_id)) == 2


def test_nobody_else_posts_for_it(app: Flask, page: tuple[Caller, str]) -> None:
    caller, path = page
    del caller.headers["X-CSRF-Token"]

    assert Caller(app).post(path, numbered(1)).status_code == 401
    assert caller.post(path, numbered(1)).status_code == 403


@pytest.mark.parametrize("body", [numbered(0), {"outbox": "5e1f0c9a", "events": []}, numbered(1, outbox="../up")])
def test_numbers_begin_with_one_and_outboxes_have_plain_names(page: tuple[Caller, str], body: dict[str, Any]) -> None:
    caller, path = page

    assert caller.post(path, body).status_code == 422


def test_a_candidate_has_one_allowance_whatever_the_way(app: Flask, page: tuple[Caller, str], session_id: str) -> None:
    caller, path = page
    assert caller.post(path, numbered(*range(1, 61))).status_code == 200

    for way in (path, f"/sessions/{session_id}/events"):
        refused = caller.post(way, numbered(61) if way is path else [{"event_type": "copy"}] * 30)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) >= 1
    assert Caller(app).post(f"/sessions/{session_id}/events", {"event_type": "copy"}).status_code == 200


def test_a_full_session_is_409_for_everybody(make_app: AppFactory) -> None:
    app = make_app(api_access="open", limits={"events_per_session": 6})
    exam_app, caller = Caller(app), Caller(app)
    join = {"exam_code": "DEMO", "candidate_identifier": "Ann"}
    session_id = exam_app.post("/api/session/join", join).json["session_id"]
    path = f"/exam/{caller.claim(session_id).json['handle']}/events"  # joining and claiming are events of the server's

    assert caller.post(path, numbered(1, 2, 3, 4)).status_code == 200
    assert caller.post(path, numbered(5)).status_code == 409
    full = exam_app.post(f"/sessions/{session_id}/events", {"event_type": "copy"})
    assert (full.status_code, full.json["detail"]) == (
        409,
        "This session has reached its 6 events and takes no more of them.",
    )
    assert exam_app.post(f"/sessions/{session_id}/end").status_code == 200, "the server's own event still passes"


def test_what_comes_after_the_end_is_late_and_after_a_day_refused(
    app: Flask, page: tuple[Caller, str], proctor: Caller, session_id: str
) -> None:
    caller, path = page
    store = app.extensions[EXTENSION].store
    caller.post(path.replace("events", "finish"))

    assert caller.post(path, numbered(1)).status_code == 200
    report = proctor.get(f"/api/proctor/sessions/{session_id}/report").json
    assert [event["payload"] for event in report["events"] if event["event_type"] == "copy"] == [{"late": True}]
    long_ago = utc_now() - timedelta(hours=24, minutes=1)
    store.sessions._documents.update_one({"_id": session_id}, {"$set": {"ended_at": long_ago}})
    assert caller.post(path, numbered(2)).status_code in {401, 409}
