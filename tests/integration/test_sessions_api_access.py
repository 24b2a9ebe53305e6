"""Who may use the sessions API: each may has its may not."""

from __future__ import annotations

import csv
import io
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from proctor.domain import retention, sessions
from proctor.domain.exam_clock import utc_now
from proctor.domain.sessions import new_handle
from proctor.records import Exam, ExamId, Proctor, ProctorId, Session, SessionId, Status
from proctor.storage import Bucket
from proctor.store.counts import Counts
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import AppFactory
from tests.support.actors import SAME_ORIGIN, Caller
from tests.support.clips import clip
from tests.support.sessions_api import FORM_TYPE, SessionsApi, form

KEY = "fedcba9876543210" * 4
STRANGER = "192.0.2.7"
EXPORTED = 20_000


@pytest.fixture
def app(make_app: AppFactory, tmp_path: Path) -> Flask:
    """Give a protected server with one exam app's key and a second exam."""
    app = make_app(data_dir=tmp_path, exam_app_keys=(KEY,), import_dir=tmp_path)
    services_of(app).store.exams.put(Exam(ExamId(str(uuid.uuid4())), "OTHER", "Other", None, False, True, utc_now()))
    return app


@pytest.fixture
def api(app: Flask, tmp_path: Path) -> SessionsApi:
    """Give a proctor who may see everything."""
    return SessionsApi(app, Caller(app).with_token(), tmp_path)


def services_of(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


def restricted_to(app: Flask, *exam_codes: str) -> Caller:
    s, email = services_of(app), f"{uuid.uuid4()}@test.com"
    password_hash = s.passwords.hash("a long password")
    s.store.proctors.add_if_new(
        Proctor(ProctorId(str(uuid.uuid4())), email, password_hash, frozenset(exam_codes), False, utc_now())
    )
    return Caller(app).with_token(email, "a long password")


def exam_app(app: Flask) -> Caller:
    caller = Caller(app, STRANGER)
    caller.headers["Authorization"] = f"Bearer {KEY}"
    return caller


def session_of(app: Flask, exam_code: str, name: str = "Ann") -> str:
    body = {"exam_code": exam_code, "candidate_identifier": name}
    return str(exam_app(app).post("/api/session/join", body).json["session_id"])


def calls(caller: Caller, session_id: str) -> dict[str, Any]:
    """Make every call of the sessions API, and return the answers."""
    base = f"/sessions/{session_id}"
    return {
        "create": caller.post("/sessions", {"candidate_name": "Bob"}),
        "list": caller.get("/sessions"),
        "open": caller.get(base),
        "events": caller.post(f"{base}/events", {"event_type": "no_face"}),
        "video": caller.post_raw(f"{base}/video", form(clip()), FORM_TYPE),
        "import": caller.post(f"{base}/video/import", {"filename": "a.webm"}),
        "report": caller.get(f"{base}/report"),
        "report.csv": caller.get(f"{base}/report.csv"),
        "report.pdf": caller.get(f"{base}/report.pdf"),
        "video file": caller.get(f"/videos/{session_id}.webm"),
        "report file": caller.get(f"/reports/report_{session_id}.html"),
        "export": caller.get("/api/proctor/export.csv"),
        "end": caller.post(f"{base}/end"),
    }


def statuses(answers: dict[str, Any]) -> dict[str, int]:
    return {name: answer.status_code for name, answer in answers.items()}


def test_a_proctor_may_do_everything(api: SessionsApi) -> None:
    (api.import_dir / "a.webm").write_bytes(clip())

    answers = statuses(calls(api.caller, api.make()))

    assert answers == dict.fromkeys(answers, 200)


@pytest.mark.parametrize("address", [STRANGER, "127.0.0.1"])
def test_without_credentials_nobody_may_do_anything(api: SessionsApi, app: Flask, address: str) -> None:
    answers = statuses(calls(Caller(app, address), api.make()))

    assert answers == dict.fromkeys(answers, 401)


def test_open_access_ends_at_this_machine(make_app: AppFactory, tmp_path: Path) -> None:
    app = make_app(api_access="open", data_dir=tmp_path)
    session_id = SessionsApi(app, Caller(app), tmp_path).make()
    proxied = Caller(app)
    proxied.headers["X-Forwarded-For"] = "127.0.0.1"

    for caller in (Caller(app, STRANGER), proxied):
        answers = statuses(calls(caller, session_id))
        assert answers == dict.fromkeys(answers, 401)


def test_open_access_is_not_for_other_sites_pages(make_app: AppFactory, tmp_path: Path) -> None:
    app = make_app(api_access="open", data_dir=tmp_path)
    session_id = SessionsApi(app, Caller(app), tmp_path).make()
    page = Caller(app)
    page.headers |= {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}

    answers = statuses(calls(page, session_id))

    assert {name: answers[name] for name in ("create", "events", "video", "import", "end")} == {
        "create": 403,
        "events": 403,
        "video": 403,
        "import": 403,
        "end": 403,
    }


def test_an_exam_app_makes_and_ends_sessions_and_reads_nothing(app: Flask) -> None:
    answers = statuses(calls(exam_app(app), session_of(app, "DEMO")))

    assert {name for name, status in answers.items() if status == 200} == {"create", "end"}
    assert {status for status in answers.values() if status != 200} == {401}


def test_a_candidate_reports_events_and_video_of_the_own_session_and_nothing_else(app: Flask) -> None:
    session_id, candidate = session_of(app, "DEMO"), Caller(app, STRANGER)
    assert candidate.claim(session_id).status_code == 200

    answers = statuses(calls(candidate, session_id))

    assert {name for name, status in answers.items() if status == 200} == {"events", "video"}
    assert {status for status in answers.values() if status != 200} == {401}


def test_a_candidates_browser_replaces_no_video_after_the_end_and_sends_none_after_a_day(app: Flask) -> None:
    session_id, candidate, services = session_of(app, "DEMO"), Caller(app), app.extensions[EXTENSION]
    candidate.claim(session_id)

    def send() -> int:
        return int(candidate.post_raw(f"/sessions/{session_id}/video", form(clip()), FORM_TYPE).status_code)

    assert [send(), send()] == [200, 200], "while it runs"
    services.store.database["sessions"].update_one({"_id": session_id}, {"$set": {"video": None}})
    Caller(app).with_token().post(f"/api/proctor/sessions/{session_id}/terminate", {})
    assert [send(), send()] == [200, 409]
    services.store.database["sessions"].update_one({"_id": session_id}, {"$set": {"video": None}})
    app.extensions[EXTENSION] = replace(services, clock=lambda: utc_now() + timedelta(hours=24, minutes=1))
    assert send() == 409


def test_a_candidate_reaches_no_other_session(app: Flask) -> None:
    candidate = Caller(app, STRANGER)
    candidate.claim(session_of(app, "DEMO"))

    answers = statuses(calls(candidate, session_of(app, "DEMO", "Bob")))

    assert set(answers.values()) == {401}


@pytest.mark.parametrize("dropped", ["X-CSRF-Token", "Sec-Fetch-Site"])
def test_a_candidates_cookie_alone_is_not_enough_to_write(app: Flask, dropped: str) -> None:
    session_id, candidate = session_of(app, "DEMO"), Caller(app, STRANGER)
    candidate.claim(session_id)
    candidate.headers.pop(dropped)
    if dropped in SAME_ORIGIN:
        candidate.headers["Origin"] = "https://evil.example"

    answers = statuses(calls(candidate, session_id))

    assert (answers["events"], answers["video"]) == (403, 403)


def test_a_released_claim_writes_no_more(app: Flask, api: SessionsApi) -> None:
    session_id, candidate = session_of(app, "DEMO"), Caller(app, STRANGER)
    candidate.claim(session_id)
    api.post(f"/api/proctor/sessions/{session_id}/release", {})

    answers = statuses(calls(candidate, session_id))

    assert set(answers.values()) == {401}


def test_a_signed_in_browser_needs_the_pages_token_to_write(app: Flask, api: SessionsApi) -> None:
    session_id, browser = api.make(), Caller(app)
    assert browser.sign_in().status_code == 303
    path, event = f"/sessions/{session_id}/events", {"event_type": "no_face"}

    assert browser.post(path, event).status_code == 200
    browser.headers.pop("X-CSRF-Token")
    assert browser.post(path, event).status_code == 403
    assert browser.get(f"/sessions/{session_id}/report").status_code == 200


def test_a_restricted_proctor_finds_nothing_of_other_exams(app: Flask, api: SessionsApi) -> None:
    foreign, without_exam = session_of(app, "OTHER"), api.make()
    for session_id in (foreign, without_exam):
        api.upload(session_id)
        api.get(f"/sessions/{session_id}/report")
    restricted = restricted_to(app, "DEMO")

    for session_id in (foreign, without_exam, str(uuid.uuid4())):
        answers = statuses(calls(restricted, session_id))
        answers.pop("create")
        assert (answers.pop("list"), answers.pop("export")) == (200, 200)
        assert answers == dict.fromkeys(answers, 404)


def test_a_restricted_proctor_lists_exports_and_reads_the_own_exams(app: Flask, api: SessionsApi) -> None:
    session_of(app, "OTHER", "Not yours")
    own = session_of(app, "DEMO", "Yours")
    api.upload(own)
    restricted = restricted_to(app, "DEMO")

    assert [session["id"] for session in restricted.get("/sessions").json] == [own]
    assert restricted.get(f"/sessions/{own}/report").status_code == 200
    assert restricted.get(f"/videos/{own}.webm").status_code == 200
    assert restricted.get(f"/reports/report_{own}.html").status_code == 200
    for query in ("", "?exam_code=DEMO"):
        exported = restricted.get(f"/api/proctor/export.csv{query}").text
        assert "Yours" in exported
        assert "Not yours" not in exported
    assert len(restricted.get("/api/proctor/export.csv?exam_code=OTHER").text.splitlines()) == 1


def test_a_restricted_proctor_makes_no_session_that_they_could_not_open(app: Flask) -> None:
    restricted, exams = restricted_to(app, "DEMO"), services_of(app).store.exams
    own, foreign = exams.get_by_code("DEMO"), exams.get_by_code("OTHER")
    assert own
    assert foreign

    assert restricted.post("/sessions", {"candidate_name": "Bob"}).status_code == 403
    assert restricted.post("/api/session/create", {"exam_id": foreign.id}).status_code == 404
    assert restricted.post("/api/session/create", {"exam_id": own.id}).status_code == 200


def test_what_a_proctor_reports_carries_their_own_name(api: SessionsApi) -> None:
    session_id = api.make()
    claimed = {"event_type": "note", "message": "Seen", "payload": {"by": "someone@else.org"}}

    api.post(f"/sessions/{session_id}/events", claimed)

    [note] = api.get(f"/api/proctor/sessions/{session_id}/report").json["proctor_notes"]
    assert note["by"] == "proctor@test.com"


def test_guessing_ids_is_slowed_down(make_app: AppFactory, tmp_path: Path) -> None:
    app = make_app(data_dir=tmp_path, limits={"unknown_ids_per_address": 3})
    proctor = Caller(app).with_token()

    asked = [proctor.get(f"/sessions/{uuid.uuid4()}") for _ in range(2)]
    asked += [proctor.get(f"/videos/{uuid.uuid4()}.webm"), proctor.get(f"/reports/report_{uuid.uuid4()}.html")]

    assert [answer.status_code for answer in asked] == [404, 404, 404, 429]
    assert int(asked[-1].headers["Retry-After"]) > 0


# Export


def many_sessions(app: Flask, number: int) -> None:
    """Insert sessions as they are stored, past the API: making them one by one would take minutes."""
    documents, now = services_of(app).store.sessions._documents, utc_now()
    made = sessions.create(None, "=1+1", weights={"no_face": 3}, **services_of(app).context)
    template = documents.find_one({"_id": made.id})
    assert template
    documents.delete_one({"_id": made.id})
    for start in range(0, number, 5_000):
        documents.insert_many(
            template
            | {
                "_id": f"s-{index:06}",
                "handle": new_handle(f"s-{index}"),
                "exam_code": "DEMO" if index % 2 else "OTHER",
                "created_at": now - timedelta(milliseconds=index),
                "counts": {"no_face": index % 5, "phone_detected": index % 3},
            }
            for index in range(start, start + 5_000)
        )


def test_twenty_thousand_sessions_are_exported_a_page_at_a_time(app: Flask, api: SessionsApi) -> None:
    many_sessions(app, EXPORTED)

    answer = api.caller.client.get("/api/proctor/export.csv", headers=api.caller.headers)
    chunks = [bytes(chunk) for chunk in answer.iter_encoded()]
    answer.close()
    rows = list(csv.DictReader(io.StringIO(b"".join(chunks).decode(), newline=""), strict=True))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=sessions.csv"
    assert "Content-Length" not in answer.headers
    assert max(map(len, chunks)) < 200_000, "no more than a page is ever held"
    assert [row["id"] for row in rows] == [f"s-{index:06}" for index in range(EXPORTED)]
    assert {row["candidate_identifier"] for row in rows} == {"'=1+1"}
    assert (rows[7]["integrity_score"], rows[7]["suspicious_events"]) == (str(100 - 3 * 2), "1")
    assert rows[7]["created_at"].endswith("Z")
    assert rows[7]["ended_at"] == ""
    one_exam = api.bytes_of("/api/proctor/export.csv?exam_code=DEMO").decode()
    assert len(one_exam.splitlines()) == EXPORTED // 2 + 1


def test_an_export_of_an_exam_that_is_unknown_is_empty(api: SessionsApi) -> None:
    assert len(api.rows("/api/proctor/export.csv?exam_code=NOPE")) == 1
    assert api.get("/api/proctor/export.csv?exam_code[$ne]=x").status_code == 422


def test_a_session_with_a_hundred_thousand_events_opens_pages_and_reports(app: Flask, api: SessionsApi) -> None:
    session_id = api.make()
    event_id = api.report_event(session_id, "no_face", timestamp="2026-11-01T00:00:00Z")["id"]
    store = services_of(app).store
    template = store.events._documents.find_one({"_id": f"{session_id}/{event_id}"})
    assert template
    for start in range(0, 100_000, 10_000):
        store.events._documents.insert_many(
            template | {"_id": f"{session_id}/{index}", "id": str(index), "seq": index + 1}
            for index in range(start, start + 10_000)
        )
    store.sessions.set_counts(SessionId(session_id), Counts({"no_face": 100_001}), instead_of={"no_face": 1})

    page = api.get(f"/sessions/{session_id}").json
    report = api.get(f"/sessions/{session_id}/report").json

    assert len(page["events"]) == 1_000
    assert api.get(f"/sessions/{session_id}?cursor={page['next_cursor']}").json["events"][0]["id"] == "999"
    assert (report["no_face_segments"], report["integrity_score"]) == (100_001, 0)
    assert f"{100_001 - 500} more events are in the CSV report." in api.get(f"/reports/report_{session_id}.html").text
    assert len(api.rows(f"/sessions/{session_id}/report.csv")) > 100_001


@pytest.mark.parametrize("kind", ["report", "report.csv"])
def test_a_report_that_is_made_while_its_session_is_deleted_leaves_nothing(
    api: SessionsApi, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    session_id, store, storage = api.make(), api.services.store, api.services.storage
    save = storage.save

    def be_overtaken(*args: Any, **limits: Any) -> Any:
        deleted = store.sessions.get(session_id)
        assert deleted
        retention.forget(deleted, store=store, storage=storage)
        return save(*args, **limits)

    monkeypatch.setattr(storage, "save", be_overtaken)

    assert api.get(f"/sessions/{session_id}/{kind}").status_code == 404
    assert not [name for name in storage.names(Bucket.REPORTS) if session_id in name]


def test_a_session_ends_from_any_state_and_stays_ended(app: Flask, api: SessionsApi) -> None:
    session_id = session_of(app, "DEMO")
    api.post(f"/api/proctor/sessions/{session_id}/terminate", {})
    ended = api.get(f"/api/proctor/sessions/{session_id}").json

    answer = api.post(f"/sessions/{session_id}/end")

    after = services_of(app).store.sessions.get(session_id)
    assert answer.status_code == 200
    assert answer.json["end_time"] == ended["ended_at"]
    assert isinstance(after, Session)
    assert after.status is Status.TERMINATED
