"""Timelines and evidence bundles over the API, on a real database and a real disk."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import time
import tracemalloc
import uuid
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from proctor.domain import flags, timeline
from proctor.domain.exam_clock import utc_now
from proctor.records import Event, EventId, ProctorRole, SessionId, Source
from proctor.store import Store
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import AppFactory
from tests.support.actors import Caller
from tests.support.clips import clip
from tests.support.evidence import JPEG, keep_snapshot
from tests.support.factories import make_session
from tests.support.people import add_person

FLOOD = 100_000


@pytest.fixture
def app(make_app: AppFactory, tmp_path: Path) -> Flask:
    """Give the demo with files of its own."""
    return make_app(api_access="open", data_dir=tmp_path)


@pytest.fixture
def session_id(app: Flask, exam_app: Caller, proctor: Caller) -> str:
    """Give a session with a phone, a flag, a note, a bookmark and a video, that is over."""
    joined = exam_app.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Ann"}).json
    found = str(joined["session_id"])
    exam_app.post(f"/sessions/{found}/events", {"event_type": "phone_detected"})
    flags.judge_due(**services_of(app).context)
    exam_app.post(f"/sessions/{found}/events", {"event_type": "phone_gone"})
    exam_app.post(f"/sessions/{found}/events", [{"event_type": "copy"}, {"event_type": "copy"}])
    proctor.post(f"/api/proctor/sessions/{found}/notes", {"note": "=Odd", "timestamp_sec": 12.5})
    proctor.post(f"/api/proctor/sessions/{found}/bookmarks", {"label": "Look here"})
    data = {"file": (io.BytesIO(clip()), "exam.webm")}
    assert exam_app.client.post(f"/sessions/{found}/video", data=data).status_code == 200
    proctor.post(f"/api/proctor/sessions/{found}/terminate", {})
    return found


def services_of(app: Flask) -> Services:
    services: Services = app.extensions[EXTENSION]
    return services


def bundle_of(caller: Caller, session_id: str) -> bytes:
    answer = caller.get(f"/api/proctor/sessions/{session_id}/bundle.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=bundle_{session_id}.zip"
    return bytes(answer.data)


def test_the_timeline_has_conditions_moments_flags_and_what_people_did(proctor: Caller, session_id: str) -> None:
    found = proctor.get(f"/api/proctor/sessions/{session_id}/timeline").json

    lanes = {lane["name"]: lane for lane in found["lanes"]}
    assert lanes["phone_detected"]["is_condition"]
    assert (lanes["phone_detected"]["count"], lanes["copy"]["count"]) == (1, 2)
    marks = {mark["kind"]: mark for mark in found["marks"]}
    assert set(marks) == {"flag", "note", "bookmark", "action"}
    assert (marks["flag"]["severity"], marks["flag"]["text"]) == ("high", "Phone in view")
    assert (marks["note"]["at_s"], marks["note"]["by"]) == (12.5, "proctor@test.com")
    assert marks["bookmark"]["text"] == "Look here"
    assert (found["is_over"], found["left_out"]) == (True, 0)


def test_a_bundle_holds_everything_and_its_hashes_are_true(app: Flask, proctor: Caller, session_id: str) -> None:
    services = services_of(app)
    session = services.store.sessions.get(session_id)
    assert session
    kept = keep_snapshot(session, store=services.store, storage=services.storage, now=services.clock())
    proctor.post(f"/api/proctor/sessions/{session_id}/verdict", {"verdict": "violation", "comment": "A phone"})

    archive = zipfile.ZipFile(io.BytesIO(bundle_of(proctor, session_id)))
    manifest = json.loads(archive.read("manifest.json"))

    listed = {entry["name"]: entry for entry in manifest["files"]}
    picture = f"evidence/{kept.taken_at:%Y%m%dT%H%M%S}-snapshot-{kept.id}.jpg"
    assert set(archive.namelist()) == listed.keys() | {"manifest.json"}
    assert listed.keys() == {
        *("report.html", "report.csv", "report.json", "flags.json", "verdict.json", "events.jsonl"),
        *("recordings/upload.webm", picture),
    }
    for name, entry in listed.items():
        content = archive.read(name)
        assert (entry["size"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert listed["recordings/upload.webm"]["is_as_stored"] is True
    assert (archive.read("recordings/upload.webm"), archive.read(picture)) == (clip(), JPEG)
    assert (manifest["generated_by"], manifest["missing"]) == ("proctor@test.com", [])
    assert manifest["session"]["verdict"] == "violation"
    events = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
    assert {"phone_detected", "note", "bookmark", "terminate"} <= {event["event_type"] for event in events}
    assert json.loads(archive.read("verdict.json"))["history"][0]["comment"] == "A phone"
    report = archive.read("report.html").decode()
    assert "<dd>violation</dd>" in report
    assert "A phone" in report
    assert "verdict," in archive.read("report.csv").decode()


def test_any_unzip_opens_a_bundle(proctor: Caller, session_id: str, tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(bundle_of(proctor, session_id))

    code = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])"
    subprocess.run([*("python3", "-c", code), path, tmp_path / "out"], check=True)
    listed = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["files"]
    sums = "".join(f"{entry['sha256']}  {entry['name']}\n" for entry in listed)
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet"], input=sums.encode(), cwd=tmp_path / "out", check=False
    )

    assert checked.returncode == 0


def test_a_recording_that_is_gone_is_told_and_the_rest_is_there(app: Flask, proctor: Caller, session_id: str) -> None:
    services = services_of(app)
    for video in (services.settings.data_dir / "videos").iterdir():
        video.unlink()

    archive = zipfile.ZipFile(io.BytesIO(bundle_of(proctor, session_id)))

    assert [one["name"] for one in json.loads(archive.read("manifest.json"))["missing"]] == ["recordings/upload.webm"]


def test_reports_are_made_anew_once_the_verdict_changes(proctor: Caller, session_id: str) -> None:
    def report() -> str:
        return str(proctor.get(f"/sessions/{session_id}/report.csv").text)

    assert "verdict," not in report()
    proctor.post(f"/api/proctor/sessions/{session_id}/verdict", {"verdict": "suspicious", "comment": "=1+1"})
    assert ",suspicious,proctor@test.com," in report()
    assert "'=1+1" in report()


@pytest.mark.parametrize("what", ["timeline", "bundle.zip", "verdict"])
def test_who_may_not_review_gets_nothing(app: Flask, session_id: str, what: str) -> None:
    path = f"/api/proctor/sessions/{session_id}/{what}"
    candidate = Caller(app)

    assert candidate.get(path).status_code == 401
    assert add_person(app, ProctorRole.REVIEWER, {"OTHER"}).get(path).status_code == 404
    with add_person(app, ProctorRole.REVIEWER, {"DEMO"}).get(path) as answer:
        assert answer.status_code == 200


def test_a_hundred_thousand_events_open_quickly_and_without_being_kept(store: Store) -> None:
    start = utc_now() - timedelta(hours=3)
    session = make_session(id=SessionId("flooded"), started_at=start, created_at=start)
    store.sessions.add(session)
    names = ("no_face", "face_detected", "copy", "tab_hidden", "tab_visible")
    for first in range(0, FLOOD, 10_000):
        store.events.add_new([_flooding(session.id, start, number, names) for number in range(first, first + 10_000)])

    tracemalloc.start()
    found = timeline.of_session(session, store=store, now=start + timedelta(hours=3))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    began = time.monotonic()
    timeline.of_session(session, store=store, now=start + timedelta(hours=3))
    took_s = time.monotonic() - began

    assert {lane.name: lane.count for lane in found.lanes} == dict.fromkeys(
        ("no_face", "tab_hidden", "copy"), FLOOD // 5
    )
    assert max(len(lane.spans) for lane in found.lanes) <= timeline.MOST_SPANS
    assert peak < 24 * 1024 * 1024
    assert took_s < 5


def _flooding(session_id: SessionId, start: Any, number: int, names: tuple[str, ...]) -> Event:
    moment = start + timedelta(milliseconds=100 * number)
    event_id = EventId(str(uuid.UUID(int=number)))
    return Event(event_id, session_id, names[number % len(names)], Source.CANDIDATE, moment, moment, seq=number)
