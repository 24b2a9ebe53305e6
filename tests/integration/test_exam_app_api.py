"""What exam apps call: exactly the calls that the reference exam app makes, and what else could arrive."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import create_environ, run_wsgi_app

from proctor.domain import flags
from proctor.domain.exam_clock import utc_now
from proctor.store import Store
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import SECRET, AppFactory
from tests.support.actors import Caller

JOIN = {"exam_code": "DEMO", "candidate_identifier": "Ann"}


def test_join_answers_with_a_session_and_a_room(exam_app: Caller) -> None:
    answer = exam_app.post("/api/session/join", JOIN)

    assert answer.status_code == 200
    assert set(answer.json) == {"session_id", "room_name"}
    assert str(uuid.UUID(answer.json["session_id"])) == answer.json["session_id"]
    assert " " not in answer.json["room_name"]
    assert "/" not in answer.json["room_name"]


def test_two_joins_by_the_same_name_make_two_sessions(exam_app: Caller) -> None:
    first, second = exam_app.post("/api/session/join", JOIN), exam_app.post("/api/session/join", JOIN)

    assert first.json["session_id"] != second.json["session_id"]


def test_joining_an_unknown_exam_is_404_in_words(exam_app: Caller) -> None:
    answer = exam_app.post("/api/session/join", JOIN | {"exam_code": "NOPE"})

    assert answer.status_code == 404
    assert "NOPE" in answer.json["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"exam_code": "DEMO"},
        {"candidate_identifier": "Ann"},
        JOIN | {"candidate_identifier": ""},
        JOIN | {"candidate_identifier": "  "},
        JOIN | {"candidate_identifier": "x" * 201},
        JOIN | {"candidate_identifier": {"$gt": ""}},
        JOIN | {"exam_code": 7},
        JOIN | {"extra": 1},
    ],
)
def test_a_join_that_lacks_or_exceeds_is_422_and_names_the_field(
    exam_app: Caller, store: Store, body: dict[str, object]
) -> None:
    answer = exam_app.post("/api/session/join", body)

    assert answer.status_code == 422
    assert set(answer.json) == {"detail", "errors"}
    assert store.database["sessions"].count_documents({}) == 0


def test_create_takes_the_id_of_an_exam(app: Flask, exam_app: Caller) -> None:
    exam = app.extensions[EXTENSION].store.exams.get_by_code("DEMO")

    made = exam_app.post("/api/session/create", {"exam_id": exam.id})
    unknown = exam_app.post("/api/session/create", {"exam_id": "nope"})

    assert (made.status_code, unknown.status_code) == (200, 404)


def test_notes_and_terminate_of_the_exam_app_finish_the_session(
    exam_app: Caller, proctor: Caller, session_id: str
) -> None:
    path = f"/api/proctor/sessions/{session_id}"

    note = exam_app.post(f"{path}/notes", {"note": "Score 17 of 20", "timestamp_sec": 12.5})
    ended = exam_app.post(f"{path}/terminate", {})

    assert note.status_code == ended.status_code == 200
    assert ended.json == {"status": "finished"}
    report = proctor.get(f"{path}/report").json
    assert report["status"] == "finished"
    assert [(found["note"], found["timestamp_sec"]) for found in report["proctor_notes"]] == [("Score 17 of 20", 12.5)]
    assert proctor.get(path).json["ended_by"] == "exam_app"


def test_terminate_of_the_exam_app_may_be_repeated_and_changes_nothing(
    exam_app: Caller, proctor: Caller, session_id: str
) -> None:
    path = f"/api/proctor/sessions/{session_id}"
    exam_app.post(f"{path}/terminate", {})
    first = proctor.get(path).json

    again = exam_app.post(f"{path}/terminate", {})

    assert again.status_code == 200
    assert proctor.get(path).json == first


def test_an_exam_app_does_not_undo_a_proctors_termination(exam_app: Caller, proctor: Caller, session_id: str) -> None:
    path = f"/api/proctor/sessions/{session_id}"
    proctor.post(f"{path}/terminate", {"message": "Left the room"})

    answer = exam_app.post(f"{path}/terminate", {})

    assert answer.json == {"status": "terminated"}
    assert proctor.get(path).json["ended_by"] == "proctor"


def test_a_note_after_the_end_is_kept(exam_app: Caller, proctor: Caller, session_id: str) -> None:
    path = f"/api/proctor/sessions/{session_id}"
    exam_app.post(f"{path}/terminate", {})

    assert exam_app.post(f"{path}/notes", {"note": "late", "timestamp_sec": None}).status_code == 200
    assert len(proctor.get(f"{path}/report").json["proctor_notes"]) == 1


def test_a_note_of_open_access_says_that_nobody_was_authenticated(
    exam_app: Caller, proctor: Caller, session_id: str
) -> None:
    exam_app.post(f"/api/proctor/sessions/{session_id}/notes", {"note": "hm"})

    events = proctor.get(f"/api/proctor/sessions/{session_id}/events").json["events"]
    assert next(event for event in events if event["event_type"] == "note")["payload"]["unauthenticated"] is True


def test_protected_access_refuses_an_exam_app_without_proof(make_app: AppFactory) -> None:
    stranger = Caller(make_app())

    answer = stranger.post("/api/session/join", JOIN)

    assert answer.status_code == 401
    assert "detail" in answer.json


def test_protected_access_admits_the_bearer_key_and_no_other(make_app: AppFactory) -> None:
    app = make_app(exam_app_keys=(SECRET[::-1],))
    known, wrong = Caller(app), Caller(app)
    known.headers["Authorization"] = f"Bearer {SECRET[::-1]}"
    wrong.headers["Authorization"] = f"Bearer {SECRET}"

    assert known.post("/api/session/join", JOIN).status_code == 200
    assert wrong.post("/api/session/join", JOIN).status_code == 401


def test_protected_access_admits_the_exam_apps_network_and_no_other(make_app: AppFactory) -> None:
    app = make_app(exam_app_networks=("10.1.0.0/16",))

    assert Caller(app, "10.1.2.3").post("/api/session/join", JOIN).status_code == 200
    assert Caller(app, "10.2.2.3").post("/api/session/join", JOIN).status_code == 401


def test_a_forwarded_address_does_not_count_as_the_exam_apps(make_app: AppFactory) -> None:
    app = make_app(exam_app_networks=("10.1.0.0/16",))
    stranger = Caller(app, "192.0.2.1")

    answer = stranger.post("/api/session/join", JOIN, X_Forwarded_For="10.1.2.3")

    assert answer.status_code == 401


def test_a_prefix_counts_only_together_with_the_network(make_app: AppFactory) -> None:
    app = make_app(exam_app_networks=("10.1.0.0/16",), exam_app_prefixes=(SECRET,))
    path = f"/x/{SECRET}/api/session/join"

    assert Caller(app, "10.1.2.3").post(path, JOIN).status_code == 200
    assert Caller(app, "10.1.2.3").post("/api/session/join", JOIN).status_code == 401
    assert Caller(app, "10.1.2.3").post(f"/x/{SECRET[::-1]}/api/session/join", JOIN).status_code == 401
    assert Caller(app, "192.0.2.1").post(path, JOIN).status_code == 401


def test_a_request_about_the_server_itself_passes_where_there_are_prefixes(make_app: AppFactory) -> None:
    app = make_app(exam_app_networks=("10.1.0.0/16",), exam_app_prefixes=(SECRET,))
    environ = create_environ(base_url="http://localhost", method="OPTIONS") | {"PATH_INFO": "*"}

    _, status, _ = run_wsgi_app(app.wsgi_app, environ)

    assert status.startswith("404")


def test_open_access_is_for_this_machine_only(app: Flask) -> None:
    assert Caller(app, "192.0.2.1").post("/api/session/join", JOIN).status_code == 401
    assert Caller(app).post("/api/session/join", JOIN, X_Forwarded_For="192.0.2.1").status_code == 401


def test_open_access_refuses_a_foreign_page(exam_app: Caller) -> None:
    foreign = exam_app.post("/api/session/join", JOIN, Origin="https://evil.example", Sec_Fetch_Site="cross-site")
    as_text = exam_app.post_raw("/api/session/join", b'{"exam_code":"DEMO"}', "text/plain")

    assert foreign.status_code == 403
    assert as_text.status_code == 415


def test_an_agent_reports_with_its_secret_and_not_without(make_app: AppFactory) -> None:
    app = make_app(api_access="open", agent_secret=SECRET[::-1])
    joined = Caller(app).post("/api/session/join", JOIN).json["session_id"]
    body = {"session_id": joined, "event_type": "phone_detected", "payload": {"confidence": 0.9}}

    told = Caller(app).post("/api/internal/agent-event", body, X_Agent_Secret=SECRET[::-1])
    without = Caller(app).post("/api/internal/agent-event", body)
    wrong = Caller(app).post("/api/internal/agent-event", body, X_Agent_Secret=SECRET)

    assert (told.status_code, told.data) == (204, b"")
    assert (without.status_code, wrong.status_code) == (401, 401)
    events = Caller(app).with_token().get(f"/api/proctor/sessions/{joined}/events").json["events"]
    told = [(event["event_type"], event["source"]) for event in events if event["source"] != "system"]
    assert told == [("phone_detected", "agent")]


def test_an_agents_door_stays_shut_where_no_secret_is_set(app: Flask) -> None:
    body = {"session_id": "x", "event_type": "phone_detected"}

    assert Caller(app).post("/api/internal/agent-event", body, X_Agent_Secret="").status_code == 401


def seconds_later(app: Flask, seconds: float) -> list[tuple[str, str, bool]]:
    """Judge as the server does then; return the flags of all sessions: rule, severity and whether it is over."""
    services: Services = app.extensions[EXTENSION]
    flags.judge_due(store=services.store, live=services.live, now=utc_now() + timedelta(seconds=seconds))
    found = services.store.database["flags"].find()
    return [(flag["rule_id"], flag["severity"], bool(flag["cleared_at"] or flag["withdrawn_at"])) for flag in found]


def test_a_candidate_who_starts_and_does_not_come_to_the_proctored_page_is_flagged(
    app: Flask, exam_app: Caller, proctor: Caller
) -> None:
    session_id = exam_app.post("/api/session/join", JOIN).json["session_id"]
    assert seconds_later(app, 0) == seconds_later(app, 119) == []
    assert seconds_later(app, 121) == [("candidate_expected", "medium", False)]

    exam_app.post(f"/api/proctor/sessions/{session_id}/terminate", {})
    proctor.get(f"/sessions/{session_id}/report")
    with proctor.get(f"/reports/report_{session_id}.html") as stored:
        assert "Unmonitored" in stored.text


def test_a_candidate_who_comes_late_ends_the_flag_and_one_in_time_raises_none(app: Flask, exam_app: Caller) -> None:
    late = exam_app.post("/api/session/join", JOIN).json["session_id"]
    assert len(seconds_later(app, 121)) == 1
    Caller(app).claim(late)
    assert seconds_later(app, 122) == [("candidate_expected", "medium", True)]

    Caller(app).claim(exam_app.post("/api/session/join", JOIN).json["session_id"])
    assert [flag for flag in seconds_later(app, 500) if not flag[2]] == []


def test_a_session_that_is_made_beforehand_expects_nobody_yet(app: Flask, proctor: Caller, store: Store) -> None:
    exam = store.exams.get_by_code("DEMO")
    assert exam
    assert proctor.post("/api/session/create", {"exam_id": exam.id}).status_code == 200
    assert seconds_later(app, 3_600) == []
