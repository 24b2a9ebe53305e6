"""Pictures and clips kept with a session: once, for its proctors, and gone with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from proctor.domain import retention
from proctor.records import Evidence
from proctor.storage import Bucket
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import AppFactory
from tests.support.actors import Caller
from tests.support.evidence import JPEG, keep_snapshot


@pytest.fixture
def app(make_app: AppFactory, tmp_path: Path) -> Flask:
    """Give the demo with files of its own."""
    return make_app(api_access="open", data_dir=tmp_path)


def kept(app: Flask, session_id: str, sent_id: str = "one") -> Evidence:
    services: Services = app.extensions[EXTENSION]
    session = services.store.sessions.get(session_id)
    assert session
    return keep_snapshot(session, store=services.store, storage=services.storage, now=services.clock(), sent_id=sent_id)


def test_what_is_sent_twice_is_kept_once(app: Flask, proctor: Caller, session_id: str) -> None:
    assert kept(app, session_id) == kept(app, session_id)

    assert len(proctor.get(f"/api/proctor/sessions/{session_id}/evidence").json["evidence"]) == 1


def test_two_sessions_may_use_the_same_id_and_keep_their_own(
    app: Flask, proctor: Caller, exam_app: Caller, session_id: str
) -> None:
    other = exam_app.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Ben"}).json["session_id"]

    assert kept(app, session_id).name != kept(app, other).name
    assert len(proctor.get(f"/api/proctor/sessions/{other}/evidence").json["evidence"]) == 1


def test_a_proctor_fetches_it_as_a_picture_that_runs_nothing(app: Flask, proctor: Caller, session_id: str) -> None:
    answer = proctor.get(f"/evidence/{kept(app, session_id).name}")

    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/jpeg", JPEG)
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_nobody_else_fetches_or_lists_it(app: Flask, session_id: str) -> None:
    name, stranger, candidate = kept(app, session_id).name, Caller(app), Caller(app)
    candidate.claim(session_id)

    for caller in (stranger, candidate):
        assert caller.get(f"/evidence/{name}").status_code == 401
        assert caller.get(f"/api/proctor/sessions/{session_id}/evidence").status_code == 401


def test_it_goes_with_its_session(app: Flask, session_id: str) -> None:
    services: Services = app.extensions[EXTENSION]
    kept(app, session_id)
    session = services.store.sessions.get(session_id)
    assert session

    retention.forget(session, store=services.store, storage=services.storage)

    assert list(services.storage.names(Bucket.EVIDENCE)) == []
    assert services.store.evidence.of_session(session.id) == []
