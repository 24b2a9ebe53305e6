"""What proctors' programs and the console call."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from proctor.domain import sessions as session_rules
from proctor.domain.exam_clock import utc_now
from proctor.records import Event, EventId, Proctor, ProctorId, ProctorRole, SessionId, Source
from proctor.store import paging
from proctor.web.services import EXTENSION, Services
from tests.support.actors import Caller
from tests.support.people import add_person


@pytest.fixture
def services(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


@pytest.fixture
def running(services: Services, session_id: str) -> str:
    """Give the path of a session whose candidate sits the exam."""
    context = services.context
    session_rules.claim(session_id, None, consent_version="t", return_url=None, secret_key="k", **context)
    session_rules.begin(SessionId(session_id), **context)
    return f"/api/proctor/sessions/{session_id}"


def other_proctor(services: Services, exam_codes: frozenset[str] | None) -> None:
    password_hash = services.passwords.hash("a long password")
    proctor = Proctor(ProctorId(str(uuid.uuid4())), "other@test.com", password_hash, exam_codes, False, utc_now())
    services.store.proctors.add_if_new(proctor)


def test_login_gives_a_bearer_token(app: Flask) -> None:
    answer = Caller(app).post("/api/proctor/login", {"email": "Proctor@Test.com ", "password": "proctor123"})

    assert answer.status_code == 200
    assert set(answer.json) == {"access_token", "token_type", "proctor_id", "email"}
    assert answer.json["token_type"] == "bearer"


def test_unknown_account_and_wrong_password_get_the_same_answer(app: Flask) -> None:
    unknown = Caller(app).post("/api/proctor/login", {"email": "nobody@test.com", "password": "proctor123"})
    wrong = Caller(app).post("/api/proctor/login", {"email": "proctor@test.com", "password": "wrong"})

    assert unknown.status_code == wrong.status_code == 401
    assert unknown.json == wrong.json


def test_the_sixth_failure_in_a_minute_is_429_and_elsewhere_the_owner_still_gets_in(app: Flask) -> None:
    attacker, owner = Caller(app, "127.0.0.9"), Caller(app, "127.0.0.8")
    body = {"email": "proctor@test.com", "password": "wrong"}

    statuses = [attacker.post("/api/proctor/login", body).status_code for _ in range(6)]

    assert statuses == [401] * 5 + [429]
    right = body | {"password": "proctor123"}
    assert attacker.post("/api/proctor/login", right).status_code == 429
    assert owner.post("/api/proctor/login", right).status_code == 200


def test_a_disabled_account_is_out_at_once(services: Services, proctor: Caller) -> None:
    account = services.store.proctors.get_by_email("proctor@test.com")
    assert account
    services.store.proctors.set_disabled(account.id, True)

    assert proctor.get("/api/proctor/sessions").status_code == 401


def test_reading_sessions_needs_a_proctor_even_in_open_access(exam_app: Caller, session_id: str) -> None:
    assert exam_app.get("/api/proctor/sessions").status_code == 401
    assert exam_app.get(f"/api/proctor/sessions/{session_id}").status_code == 401
    assert exam_app.get(f"/api/proctor/sessions/{session_id}/report").status_code == 401
    assert exam_app.post(f"/api/proctor/sessions/{session_id}/pause", {}).status_code == 401


def test_the_list_has_the_fields_of_the_contract(proctor: Caller, session_id: str) -> None:
    listed = proctor.get("/api/proctor/sessions").json

    assert listed["next_cursor"] is None
    (found,) = listed["sessions"]
    assert found["id"] == session_id
    assert (found["exam_code"], found["exam_title"], found["status"]) == ("DEMO", "Demo Exam", "created")
    assert found["candidate_identifier"] == "Ann"
    assert found["created_at"].endswith("Z")
    assert found["presence"] == {"online": False, "lost_since": None}
    assert found["clock"] == {"remaining_ms": 3_600_000, "running": False}


def test_pages_follow_one_another_without_gap_or_repeat(exam_app: Caller, proctor: Caller) -> None:
    made = [
        exam_app.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": f"c{n}"}).json["session_id"]
        for n in range(7)
    ]
    seen: list[str] = []
    path = "/api/proctor/sessions?limit=3"
    while path:
        page = proctor.get(path).json
        seen += [session["id"] for session in page["sessions"]]
        path = f"/api/proctor/sessions?limit=3&cursor={page['next_cursor']}" if page["next_cursor"] else ""

    assert sorted(seen) == sorted(made)
    assert len(seen) == 7


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=live", 1),
        ("status=created", 1),
        ("status=finished", 0),
        ("exam_code=DEMO", 1),
        ("exam_code=X", 0),
        ("q=an", 1),
        ("q=.*", 0),
    ],
)
@pytest.mark.usefixtures("session_id")
def test_lists_filter(proctor: Caller, query: str, found: int) -> None:
    assert len(proctor.get(f"/api/proctor/sessions?{query}").json["sessions"]) == found


@pytest.mark.parametrize(
    "query",
    ["status=nope", "status[$ne]=x", "limit=0", "limit=x", "cursor=%00", "cursor=zzz", "q=a&q=b", "limit=201"],
)
def test_odd_queries_are_refused_in_words(proctor: Caller, query: str) -> None:
    answer = proctor.get(f"/api/proctor/sessions?{query}")

    assert answer.status_code in {400, 422}
    assert answer.json["detail"]


@pytest.mark.parametrize("number", [2**63, 2**64 - 1])
def test_a_cursor_with_a_number_that_no_database_holds_is_refused(proctor: Caller, running: str, number: int) -> None:
    at = "2026-11-22T09:00:00+00:00"

    assert proctor.get(f"/api/proctor/sessions?cursor={paging.encode([at, number])}").status_code == 422
    assert proctor.get(f"{running}/events?cursor={paging.encode([at, number, 'x'])}").status_code == 422


def test_a_proctor_of_one_exam_sees_nothing_of_another(services: Services, app: Flask, running: str) -> None:
    other_proctor(services, frozenset({"OTHER"}))
    other = Caller(app).with_token("other@test.com", "a long password")

    assert other.get("/api/proctor/sessions").json["sessions"] == []
    assert other.get("/api/proctor/sessions?exam_code=DEMO").json["sessions"] == []
    for path in (running, f"{running}/events", f"{running}/report"):
        assert other.get(path).status_code == 404
    for action in ("start", "pause", "resume", "terminate", "extend", "warn", "release"):
        assert other.post(f"{running}/{action}", {}).status_code == 404
    assert other.post(f"{running}/notes", {"note": "x"}).status_code == 404


def test_a_proctor_of_this_exam_sees_it(services: Services, app: Flask, running: str) -> None:
    other_proctor(services, frozenset({"DEMO"}))
    other = Caller(app).with_token("other@test.com", "a long password")

    assert len(other.get("/api/proctor/sessions").json["sessions"]) == 1
    assert other.post(f"{running}/pause", {}).status_code == 200


def test_pause_stops_the_clock_and_resume_lets_it_run(proctor: Caller, running: str) -> None:
    assert proctor.get(running).json["clock"]["running"] is True

    assert proctor.post(f"{running}/pause", {}).json["status"] == "paused"
    first = proctor.get(running).json["clock"]
    second = proctor.get(running).json["clock"]
    assert first == second == {"remaining_ms": first["remaining_ms"], "running": False}

    assert proctor.post(f"{running}/resume", {}).json["status"] == "in_progress"
    assert proctor.get(running).json["clock"]["running"] is True


def test_extend_adds_minutes(proctor: Caller, running: str) -> None:
    before = proctor.get(running).json["clock"]["remaining_ms"]

    assert proctor.post(f"{running}/extend", {"minutes": 15}).status_code == 200

    after = proctor.get(running).json["clock"]["remaining_ms"]
    assert 15 * 60_000 - 5_000 < after - before <= 15 * 60_000
    assert proctor.post(f"{running}/extend", {}).status_code == 422
    assert proctor.post(f"{running}/extend", {"minutes": -1}).status_code == 422


@pytest.mark.parametrize("action", ["resume", "start"])
def test_what_the_state_does_not_allow_is_409_and_changes_nothing(proctor: Caller, running: str, action: str) -> None:
    before = proctor.get(running).json["status"]

    answer = proctor.post(f"{running}/{action}", {})

    assert answer.status_code == 409
    assert proctor.get(running).json["status"] == before


def test_end_states_are_final(proctor: Caller, running: str) -> None:
    assert proctor.post(f"{running}/terminate", {"message": "Left"}).json["status"] == "terminated"

    for action in ("start", "pause", "resume", "terminate"):
        assert proctor.post(f"{running}/{action}", {}).status_code == 409
    assert proctor.post(f"{running}/extend", {"minutes": 5}).status_code == 409
    assert proctor.post(f"{running}/warn", {"message": "hey"}).status_code == 409
    assert proctor.get(running).json["status"] == "terminated"


def test_an_action_sent_again_under_its_id_is_done_once(proctor: Caller, running: str) -> None:
    body = {"action_id": str(uuid.uuid4()), "message": "Look at your screen, please"}

    first, second = proctor.post(f"{running}/warn", body), proctor.post(f"{running}/warn", body)

    assert first.json == second.json
    events = proctor.get(f"{running}/events").json["events"]
    assert [event["id"] for event in events if event["event_type"] == "warn"] == [body["action_id"]]


def test_a_note_sent_again_under_its_id_is_stored_once(proctor: Caller, running: str) -> None:
    body = {"action_id": str(uuid.uuid4()), "note": "Talks to someone"}

    first, second = proctor.post(f"{running}/notes", body), proctor.post(f"{running}/notes", body)

    assert first.json == second.json == {"id": body["action_id"]}
    assert len(proctor.get(f"{running}/report").json["proctor_notes"]) == 1


def test_an_action_whose_event_was_lost_with_the_database_is_completed_when_sent_again(
    services: Services, proctor: Caller, running: str
) -> None:
    body = {"action_id": str(uuid.uuid4())}
    proctor.post(f"{running}/pause", body)
    services.store.database["events"].delete_many({"event_type": "pause"})

    again = proctor.post(f"{running}/pause", body)

    assert again.status_code == 200
    events = proctor.get(f"{running}/events").json["events"]
    assert [event["id"] for event in events if event["event_type"] == "pause"] == [body["action_id"]]


def test_an_id_used_for_one_action_is_not_taken_for_another(proctor: Caller, running: str) -> None:
    body = {"action_id": str(uuid.uuid4())}
    proctor.post(f"{running}/pause", body)

    assert proctor.post(f"{running}/resume", body).status_code == 409


def test_of_many_at_once_one_terminates(app: Flask, proctor: Caller, running: str) -> None:
    def terminate(_: int) -> int:
        caller = Caller(app)
        caller.headers = dict(proctor.headers)
        return int(caller.post(f"{running}/terminate", {}).status_code)

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(terminate, range(16)))

    assert statuses == [200] + [409] * 15
    events = proctor.get(f"{running}/events").json["events"]
    assert [event["event_type"] for event in events].count("terminate") == 1


def test_a_warning_needs_words(proctor: Caller, running: str) -> None:
    assert proctor.post(f"{running}/warn", {}).status_code == 422
    assert proctor.post(f"{running}/warn", {"message": "   "}).status_code == 422


def test_actions_say_who_and_when(proctor: Caller, running: str) -> None:
    proctor.post(f"{running}/warn", {"message": "Eyes on the screen"})

    (warning,) = [e for e in proctor.get(f"{running}/events").json["events"] if e["event_type"] == "warn"]

    assert warning["payload"]["by"] == "proctor@test.com"
    assert warning["source"] == "proctor"
    assert warning["delivery"] == {"delivered_at": None, "acknowledged_at": None}


def test_events_page_in_both_orders(proctor: Caller, running: str) -> None:
    for number in range(5):
        proctor.post(f"{running}/notes", {"note": f"note {number}"})

    oldest = proctor.get(f"{running}/events?limit=200").json["events"]
    newest = proctor.get(f"{running}/events?limit=200&order=newest").json["events"]
    page = proctor.get(f"{running}/events?limit=2").json
    rest = proctor.get(f"{running}/events?limit=200&cursor={page['next_cursor']}").json["events"]

    assert oldest == newest[::-1]
    assert page["events"] + rest == oldest


def test_a_score_is_explained_by_the_first_of_very_many_events(
    proctor: Caller, services: Services, running: str
) -> None:
    session_id, now = SessionId(running.rsplit("/", 1)[1]), utc_now()
    many = [
        Event(EventId(f"many-{n}"), session_id, "no_face", Source.CANDIDATE, now + timedelta(seconds=n), now)
        for n in range(1_200)
    ]
    services.store.event_writer.add_new(many)

    [deduction] = proctor.get(f"{running}/score").json["deductions"]

    assert (deduction["count"], deduction["points"]) == (1_200, 3_600)
    assert [proof["event_id"] for proof in deduction["evidence"]] == [event.id for event in many[:100]]


READ = ("", "/events", "/report", "/score", "/flags", "/evidence", "/chat")


def test_a_reviewer_reads_what_is_over_and_nothing_of_what_runs(app: Flask, proctor: Caller, running: str) -> None:
    reviewer, session_id = add_person(app, ProctorRole.REVIEWER), running.rsplit("/", 1)[1]
    lists = ("/api/proctor/sessions", "/api/proctor/sessions?status=live", "/sessions", "/api/proctor/export.csv")

    for path in (*(f"{running}{part}" for part in READ), f"/sessions/{session_id}", f"/sessions/{session_id}/report"):
        assert (path, reviewer.get(path).status_code, proctor.get(path).status_code) == (path, 403, 200)
    assert [session_id in reviewer.get(path).text for path in lists] == [False] * 4
    assert [session_id in proctor.get(path).text for path in lists] == [True] * 4

    proctor.post(f"{running}/terminate", {})
    assert [reviewer.get(f"{running}{part}").status_code for part in READ] == [200] * len(READ)
    assert [session_id in reviewer.get(path).text for path in lists] == [True, False, True, True]


def test_a_report_holds_every_event_however_many(proctor: Caller, services: Services, running: str) -> None:
    session_id, now = SessionId(running.rsplit("/", 1)[1]), utc_now()
    many = [Event(EventId(f"many-{n}"), session_id, "copy", Source.CANDIDATE, now, now) for n in range(2_500)]
    services.store.events.add_new(many)
    proctor.post(f"{running}/notes", {"note": "Last of all", "timestamp_sec": 3})

    report = proctor.get(f"{running}/report").json

    assert len(report["events"]) == services.store.events.count_of_session(session_id) > 2_500
    assert [note["note"] for note in report["proctor_notes"]] == ["Last of all"]


def test_a_report_holds_events_and_notes_in_time_order(proctor: Caller, running: str) -> None:
    proctor.post(f"{running}/notes", {"note": "First look is fine", "timestamp_sec": 3})

    report = proctor.get(f"{running}/report").json

    times = [event["timestamp"] for event in report["events"]]
    assert times == sorted(times)
    assert report["proctor_notes"][0]["by"] == "proctor@test.com"
    assert {"session_id", "exam_id", "exam_title", "exam_code", "flags", "recordings"} <= set(report)


def test_an_unknown_session_is_404_and_guessing_is_throttled(proctor: Caller) -> None:
    statuses = [proctor.get(f"/api/proctor/sessions/{uuid.uuid4()}").status_code for _ in range(62)]

    assert statuses[:60] == [404] * 60
    assert statuses[60:] == [429, 429]


def test_an_idle_login_ends(services: Services, proctor: Caller) -> None:
    idle = utc_now() - timedelta(minutes=31)
    services.store.database["logins"].update_many({}, {"$set": {"seen_at": idle}})

    assert proctor.get("/api/proctor/sessions").status_code == 401


def test_release_lets_another_browser_claim(app: Flask, proctor: Caller, running: str) -> None:
    session_id = running.rsplit("/", 1)[1]
    assert Caller(app).claim(session_id).status_code == 409

    assert proctor.post(f"{running}/release", {}).status_code == 200

    assert Caller(app).claim(session_id).status_code == 200
    assert proctor.get(running).json["status"] == "in_progress"
