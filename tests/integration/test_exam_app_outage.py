"""What exam apps ask for while the database is away: answered in time, kept on the disk, done once it is back."""

from __future__ import annotations

import os
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from proctor.errors import Unavailable
from proctor.records import Session, Status
from proctor.runtime.mongod import EmbeddedMongod
from proctor.storage.spool import Spool
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import build_app

JOIN = {"exam_code": "DEMO", "candidate_identifier": "Ann"}
AWAY_S, HUNG_S, SLACK_S = 2, 5, 1.5


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[EmbeddedMongod]:
    with EmbeddedMongod(tmp_path / "db") as mongod:
        yield mongod


@pytest.fixture
def app(mongod: EmbeddedMongod, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    if "patient" not in request.fixturenames:
        request.getfixturevalue("monkeypatch").setattr("proctor.store.client.FIND_SERVER_MS", 300)
    app = build_app(mongod.url, "test", api_access="open", data_dir=tmp_path / "data")
    services_of(app).store.exams.remember()  # as a worker does when it starts
    yield app
    services_of(app).store.close()


@pytest.fixture
def patient() -> None:
    """Let the application wait for the database as long as it does; in other tests it soon gives up."""


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def services_of(app: Flask) -> Services:
    services: Services = app.extensions[EXTENSION]
    return services


def stop(mongod: EmbeddedMongod) -> None:
    assert mongod.pid
    os.kill(mongod.pid, signal.SIGKILL)
    while mongod.pid:
        time.sleep(0.01)


def spooled(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "data" / "spool").glob("*"))


def carry_out(app: Flask) -> None:
    services = services_of(app)
    services.exam_app_calls.carry_out(store=services.store, live=services.live)


def stored(app: Flask, session_id: str) -> Session:
    session = services_of(app).store.sessions.get(session_id)
    assert session
    return session


def events_of(app: Flask, session_id: str) -> list[tuple[str, str | None]]:
    page, _ = services_of(app).store.events.page(stored(app, session_id).id, 100)
    return [(event.event_type, event.message) for event in page if event.event_type != "candidate_expected"]


def ask(client: FlaskClient, path: str, body: object, *, within_s: float = AWAY_S) -> dict[str, str]:
    began = time.monotonic()
    answer = client.post(path, json=body)
    assert time.monotonic() - began < within_s + SLACK_S
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


@pytest.mark.usefixtures("patient")
def test_a_whole_exam_asked_for_during_an_outage_is_on_record_when_the_database_is_back(
    app: Flask, client: FlaskClient, mongod: EmbeddedMongod, tmp_path: Path
) -> None:
    before = ask(client, "/api/session/join", JOIN)["session_id"]
    stop(mongod)

    joined = ask(client, "/api/session/join", JOIN | {"candidate_identifier": "Bea"})
    path = f"/api/proctor/sessions/{joined['session_id']}"
    note_id = ask(client, f"{path}/notes", {"note": "Handed in.", "timestamp_sec": 9})["id"]
    assert ask(client, f"{path}/terminate", {})["status"] == "finished"
    assert ask(client, f"/api/proctor/sessions/{before}/terminate", {})["status"] == "finished"
    assert len(spooled(tmp_path)) == 4
    asked_at = time.time()
    time.sleep(0.3)
    mongod.start()
    carry_out(app)

    bea = stored(app, joined["session_id"])
    assert (bea.candidate_identifier, bea.exam_code, bea.status) == ("Bea", "DEMO", Status.FINISHED)
    assert bea.room_name == joined["room_name"]
    assert bea.ended_at is not None
    assert bea.ended_at.timestamp() < asked_at, "it ended when the exam app said so"
    assert events_of(app, bea.id) == [("note", "Handed in."), ("session_ended", None)]
    assert services_of(app).store.events.get_many(bea.id, [note_id])  # type: ignore[list-item]
    assert stored(app, before).status is Status.FINISHED
    assert stored(app, bea.id).counts["candidate_expected"] == 1
    assert spooled(tmp_path) == []


@pytest.mark.usefixtures("patient")
def test_a_database_that_hangs_is_not_waited_for_longer_than_exam_apps_wait(
    client: FlaskClient, mongod: EmbeddedMongod
) -> None:
    ask(client, "/api/session/join", JOIN)
    assert mongod.pid
    os.kill(mongod.pid, signal.SIGSTOP)
    try:
        for _ in range(2):
            assert ask(client, "/api/session/join", JOIN, within_s=HUNG_S)["session_id"]
    finally:
        os.kill(mongod.pid, signal.SIGCONT)


def test_doing_it_again_after_a_crash_changes_nothing(
    app: Flask, client: FlaskClient, mongod: EmbeddedMongod, tmp_path: Path
) -> None:
    stop(mongod)
    session_id = ask(client, "/api/session/join", JOIN)["session_id"]
    ask(client, f"/api/proctor/sessions/{session_id}/notes", {"note": "Once.", "timestamp_sec": 1})
    ask(client, f"/api/proctor/sessions/{session_id}/terminate", {})
    mongod.start()
    shutil.copytree(tmp_path / "data" / "spool", tmp_path / "kept")
    carry_out(app)
    first = (stored(app, session_id), events_of(app, session_id))

    shutil.rmtree(tmp_path / "data" / "spool")
    shutil.copytree(tmp_path / "kept", tmp_path / "data" / "spool")
    carry_out(app)
    assert (stored(app, session_id), events_of(app, session_id)) == first
    assert spooled(tmp_path) == []


def test_what_a_killed_server_had_put_off_is_done_by_the_next_one(
    app: Flask, client: FlaskClient, mongod: EmbeddedMongod, tmp_path: Path
) -> None:
    stop(mongod)
    session_id = ask(client, "/api/session/join", JOIN)["session_id"]
    mongod.start()
    services_of(app).store.close()

    after = build_app(mongod.url, "test", api_access="open", data_dir=tmp_path / "data")
    page = after.test_client().get(f"/entry?session_id={session_id}")
    assert page.status_code == 503
    assert "being prepared" in page.text
    carry_out(after)
    assert after.test_client().get(f"/entry?session_id={session_id}").status_code == 200
    services_of(after).store.close()


def test_notes_of_a_session_that_is_not_stored_yet_wait_with_it(
    app: Flask, client: FlaskClient, mongod: EmbeddedMongod
) -> None:
    stop(mongod)
    session_id = ask(client, "/api/session/join", JOIN)["session_id"]
    mongod.start()

    ask(client, f"/api/proctor/sessions/{session_id}/notes", {"note": "Early.", "timestamp_sec": 1})
    carry_out(app)
    assert events_of(app, session_id) == [("note", "Early.")]


def test_while_the_database_is_away_it_stays_put_off(app: Flask, client: FlaskClient, mongod: EmbeddedMongod) -> None:
    stop(mongod)
    session_id = ask(client, "/api/session/join", JOIN)["session_id"]
    carry_out(app)
    mongod.start()
    carry_out(app)
    assert stored(app, session_id).candidate_identifier == "Ann"


def test_what_could_not_be_meant_is_refused_as_ever(
    client: FlaskClient, mongod: EmbeddedMongod, tmp_path: Path
) -> None:
    unknown = str(uuid.uuid4())
    assert client.post(f"/api/proctor/sessions/{unknown}/terminate", json={}).status_code == 404
    stop(mongod)
    assert client.post("/api/session/join", json=JOIN | {"exam_code": "NONE"}).status_code == 503
    assert client.post("/api/session/join", json={"exam_code": "DEMO"}).status_code == 422
    assert client.post("/api/proctor/sessions/nothing/terminate", json={}).status_code == 404
    token = {"Authorization": "Bearer nothing"}
    assert client.post(f"/api/proctor/sessions/{unknown}/terminate", json={}, headers=token).status_code in {401, 503}
    assert spooled(tmp_path) == []


def test_a_session_that_never_was_and_a_broken_file_hold_up_nobody(
    app: Flask, client: FlaskClient, mongod: EmbeddedMongod, tmp_path: Path
) -> None:
    stop(mongod)
    ask(client, f"/api/proctor/sessions/{uuid.uuid4()}/terminate", {})
    (tmp_path / "data" / "spool" / f"{time.time_ns():020}-x.json").write_text("{")
    session_id = ask(client, "/api/session/join", JOIN)["session_id"]
    mongod.start()
    carry_out(app)

    assert stored(app, session_id).candidate_identifier == "Ann"
    assert [path.suffix for path in spooled(tmp_path)] == [".broken"]


def test_no_more_is_put_off_than_the_disk_should_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proctor.storage.spool.MAX_NOTES", 2)
    spool = Spool(tmp_path / "spool")
    spool.put({"n": 1})
    spool.put({"n": 2})
    with pytest.raises(Exception, match="Too much is waiting"):
        spool.put({"n": 3})
    assert [spool.read(name) for name in spool.names()] == [{"n": 1}, {"n": 2}]
    spool.drop(spool.names()[0])
    spool.put({"n": 3})
    assert [spool.read(name) for name in spool.names()] == [{"n": 2}, {"n": 3}]


def test_a_join_that_broke_off_after_the_session_was_stored_is_completed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = services_of(app).store

    def break_off(_events: object) -> object:
        raise Unavailable("Not now.")

    with monkeypatch.context() as away:
        away.setattr(store.event_writer, "add_new", break_off)
        session_id = ask(client, "/api/session/join", JOIN)["session_id"]
    assert "candidate_expected" not in stored(app, session_id).counts

    carry_out(app)
    assert stored(app, session_id).counts == {"candidate_expected": 1}
