"""What a candidate may ask for: everything that is held about them, and that it is deleted."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from flask import Flask

from proctor.domain import audit, exams, privacy
from proctor.errors import Conflict, InvalidInput, NotFound
from proctor.web import candidate_files
from proctor.web.services import EXTENSION, Services
from tests.support.actors import Caller
from tests.support.clips import clip
from tests.support.evidence import keep_snapshot
from tests.support.sessions_api import FORM_TYPE, form

BY = audit.By("ada@example.org", "admin")


@pytest.fixture
def s(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


def join(app: Flask, name: str) -> str:
    answer = Caller(app).post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": name})
    return str(answer.json["session_id"])


def fill(app: Flask, s: Services, proctor: Caller, session_id: str) -> None:
    """Leave something of every kind that a session can hold, and end it."""
    assert proctor.post_raw(f"/sessions/{session_id}/video", form(clip()), FORM_TYPE).status_code == 200
    assert proctor.post(f"/api/proctor/sessions/{session_id}/notes", {"note": "Looked away."}).status_code == 200
    assert proctor.get(f"/sessions/{session_id}/report.csv").status_code == 200
    session = s.store.sessions.get(session_id)
    assert session
    keep_snapshot(session, store=s.store, storage=s.storage, now=s.clock())
    Caller(app).post(f"/api/proctor/sessions/{session_id}/terminate", {})


def everywhere(s: Services, session_id: str) -> set[str]:
    """Return the collections in which something still names this session."""
    database = s.store.database
    return {
        name
        for name in database.list_collection_names()
        if any(session_id in str(document) for document in database[name].find())
    }


def delete(s: Services, name: str) -> Any:
    made = privacy.delete_candidate(name, BY, store=s.store, storage=s.storage, now=s.clock())
    return privacy.receipt(made.id, store=s.store)


def test_nothing_is_left_of_a_deleted_candidate_and_everything_of_the_others(
    app: Flask, s: Services, proctor: Caller
) -> None:
    first, second, other = join(app, "Ann"), join(app, "Ann"), join(app, "Bob")
    for session_id in (first, second, other):
        fill(app, s, proctor, session_id)

    told = delete(s, "Ann")

    assert everywhere(s, first) == everywhere(s, second) == {"audit"}
    assert "sessions" in everywhere(s, other)
    assert {part["session"] for part in told["sessions"]} == {first, second}
    assert all(part["files"] and part["counts"]["events"] for part in told["sessions"])
    assert told["candidate_sha256"] == privacy.name_hash("Ann")
    assert told["deleted_by"] == "ada@example.org"
    files = {file["name"] for part in told["sessions"] for file in part["files"]}
    assert files.isdisjoint(name for bucket in ("videos", "evidence") for name in stored(s, bucket))


def stored(s: Services, bucket: str) -> set[str]:
    return {path.name for path in s.settings.data_dir.glob(f"{bucket}/*")}


def test_a_session_that_goes_on_is_not_deleted(app: Flask, s: Services) -> None:
    session_id = join(app, "Ann")

    with pytest.raises(Conflict, match="End it first"):
        delete(s, "Ann")

    assert s.store.sessions.get(session_id)


def test_deleting_twice_says_that_nothing_is_held(app: Flask, s: Services, proctor: Caller) -> None:
    fill(app, s, proctor, join(app, "Ann"))
    delete(s, "Ann")

    with pytest.raises(NotFound):
        delete(s, "Ann")


def test_a_deletion_needs_the_name_to_the_letter() -> None:
    privacy.check_confirmation(" Ann ", "Ann")
    with pytest.raises(InvalidInput):
        privacy.check_confirmation("ann", "Ann")


def test_the_export_holds_everything_about_the_candidate_and_nothing_of_others(
    app: Flask, s: Services, proctor: Caller
) -> None:
    first, other = join(app, "Ann"), join(app, "Bob")
    for session_id in (first, other):
        fill(app, s, proctor, session_id)

    with app.test_request_context():
        pieces = b"".join(candidate_files.stream("Ann", "ada@example.org"))

    archive = zipfile.ZipFile(io.BytesIO(pieces))
    names = set(archive.namelist())
    wanted = {"report.html", "report.json", "flags.json", "events.jsonl", "verdict.json", "recordings/upload.webm"}
    assert {f"sessions/{first}/{name}" for name in wanted} <= names
    assert any(name.startswith(f"sessions/{first}/evidence/") for name in names)
    assert not any(other in name for name in names)
    assert b"Looked away." in archive.read(f"sessions/{first}/events.jsonl")
    tags = [json.loads(line)["tag"] for line in archive.read("audit.jsonl").splitlines()]
    assert {"video_added", "note_added", "report_downloaded"} <= set(tags)
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["candidate_identifier"] == "Ann"
    assert {entry["name"] for entry in manifest["files"]} == names - {"manifest.json"}
    assert all(len(entry["sha256"]) == 64 for entry in manifest["files"])


def test_nothing_is_exported_of_somebody_unknown(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(NotFound):
        candidate_files.stream("Nobody", "ada@example.org")


def test_an_archived_exam_takes_no_candidates_and_its_sessions_stay(app: Flask, s: Services, proctor: Caller) -> None:
    session_id = join(app, "Ann")
    exams.archive("DEMO", True, store=s.store, now=s.clock())

    refused = Caller(app).post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Bob"})
    assert (refused.status_code, "archived" in refused.json["detail"]) == (409, True)
    assert proctor.get(f"/api/proctor/sessions/{session_id}").status_code == 200

    exams.archive("DEMO", False, store=s.store, now=s.clock())
    assert join(app, "Bob")
    assert s.store.sessions.get(session_id)


def test_every_collection_that_names_sessions_is_emptied_with_them(s: Services) -> None:
    database = s.store.database
    by_session = {
        name
        for name in database.list_collection_names()
        if any("session_id" in str(index["key"]) for index in database[name].list_indexes())
    }

    assert by_session - {"audit"} <= set(s.store.kept_by_session)
