"""The contract of the sessions API: one suite, on every storage and in both ways of access."""

from __future__ import annotations

import hashlib
import os
import re
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from proctor.domain.exam_clock import utc_now
from proctor.storage import Backend, Bucket, ObjectInfo
from proctor.store import open_store
from proctor.web.services import EXTENSION
from tests.integration.conftest import build_app
from tests.support import s3_server
from tests.support.actors import Caller
from tests.support.clips import TYPES, clip
from tests.support.deta_drive import DetaDrive
from tests.support.sessions_api import SessionsApi

MB = 1024 * 1024
VIDEO_LIMIT = 7 * MB
SESSION_FIELDS = {"id", "candidate_name", "start_time", "end_time", "video_path", "video_status"}
EVENT_FIELDS = {"id", "event_type", "message", "timestamp"}
REPORT_FIELDS = {
    "candidate_name",
    "session_id",
    "interview_duration_seconds",
    "focus_lost_count",
    "looking_away_count",
    "no_face_segments",
    "multiple_faces_count",
    "phone_detected_count",
    "notes_detected_count",
    "device_detected_count",
    "suspicious_events_count",
    "integrity_score",
}
UNKNOWN = "/sessions/00000000-0000-4000-8000-000000000000"
SAME_MS = "2026-11-22T09:00:00.500Z"


def storage_settings(backend: Backend, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the settings that make the application keep its files there, in a place of its own."""
    settings: dict[str, Any] = {"storage_backend": backend}
    if backend is Backend.S3:
        settings |= {
            "s3_endpoint_url": f"http://127.0.0.1:{request.getfixturevalue('s3_port')}",
            "s3_bucket": s3_server.BUCKET,
            "s3_prefix": f"{uuid.uuid4().hex}/",
            "s3_access_key_id": s3_server.KEY,
            "s3_secret_access_key": s3_server.KEY,
        }
    if backend is Backend.DETA:
        drive: DetaDrive = request.getfixturevalue("deta_drive")
        settings |= {"deta_project_key": f"{uuid.uuid4().hex}_secret", "deta_drive_url": drive.url}
    return settings


@pytest.fixture(scope="module", params=[(b, a) for b in Backend for a in ("open", "protected")], ids="-".join)
def api(
    request: pytest.FixtureRequest, mongodb_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SessionsApi]:
    """Give a client: without credentials where access is open, with a proctor's bearer token where it is not."""
    backend, access = request.param
    folder, database = tmp_path_factory.mktemp("api"), f"test_{uuid.uuid4().hex[:12]}"
    settings = storage_settings(backend, request) | {
        "api_access": access,
        "data_dir": folder / "data",
        "import_dir": folder / "import",
        "limits": {"video_bytes": VIDEO_LIMIT, "unknown_ids_per_address": 1_000_000},
    }
    (folder / "import").mkdir()
    app = build_app(mongodb_url, database, **settings)
    caller = Caller(app) if access == "open" else Caller(app).with_token()
    yield SessionsApi(app, caller, folder / "import")
    app.extensions[EXTENSION].store.close()
    store = open_store(mongodb_url, database)
    store.database.client.drop_database(database)
    store.close()


# Sessions


def test_a_session_is_made_listed_and_opened_in_the_same_shape(api: SessionsApi) -> None:
    made = api.post("/sessions", {"candidate_name": " Ann "}).json

    assert set(made) == SESSION_FIELDS
    assert made["candidate_name"] == "Ann"
    assert made["start_time"].endswith("Z")
    assert (made["end_time"], made["video_path"]) == (None, None)
    assert api.get("/sessions").json[0] == made
    assert api.get(f"/sessions/{made['id']}").json == made | {"events": [], "next_cursor": None}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"candidate_name": "  "}, 422),
        ({"candidate_name": "x" * 201}, 422),
        ({"candidate_name": 7}, 422),
        ({"candidate_name": "Ann", "status": "finished"}, 422),
        ({"candidate_name": {"$gt": ""}}, 422),
        ({"candidate_name": "A\x00"}, 400),
        ([{"candidate_name": "Ann"}], 400),
    ],
)
def test_a_session_needs_a_name_and_nothing_else(api: SessionsApi, body: Any, status: int) -> None:
    answer = api.post("/sessions", body)

    assert answer.status_code == status
    assert answer.json["detail"]


def test_lists_are_newest_first_and_link_to_the_next_page(api: SessionsApi) -> None:
    made = [api.make(f"Page {number}") for number in range(5)]

    path, seen = "/sessions?limit=2", list[Any]()
    while path and len(seen) < len(made):
        answer = api.get(path)
        assert len(answer.json) <= 2
        seen += answer.json
        path = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")

    newest = seen[: len(made)]
    times = [session["start_time"] for session in newest]
    assert sorted(session["id"] for session in newest) == sorted(made)
    assert times == sorted(times, reverse=True)


def test_the_last_page_links_to_nothing(api: SessionsApi) -> None:
    api.make()

    assert "Link" not in api.get("/sessions?limit=1000").headers


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "cursor=x", "cursor=WyJ4Il0", "skip=1"])
def test_a_page_that_cannot_be_is_refused(api: SessionsApi, query: str) -> None:
    session_id = api.make()

    assert api.get(f"/sessions?{query}").status_code == 422
    assert api.get(f"/sessions/{session_id}?{query}").status_code == 422


def test_an_unknown_session_is_404_on_every_route(api: SessionsApi) -> None:
    asked = [api.get(UNKNOWN + tail) for tail in ("", "/report", "/report.csv", "/report.pdf")]
    asked += [api.post(f"{UNKNOWN}/events", {"event_type": "no_face"}), api.post(f"{UNKNOWN}/end")]
    asked += [api.post(f"{UNKNOWN}/video/import", {"filename": "a.webm"}), api.upload(UNKNOWN.rsplit("/", 1)[1])]
    asked += [api.get("/videos/00000000.webm"), api.get("/reports/report_0.html")]

    assert [answer.status_code for answer in asked] == [404] * len(asked)
    assert all(answer.json["detail"] for answer in asked)


def test_a_session_ends_once(api: SessionsApi) -> None:
    session_id = api.make()

    first = api.post(f"/sessions/{session_id}/end").json
    second = api.post(f"/sessions/{session_id}/end", {}).json

    assert set(first) == SESSION_FIELDS
    assert first["end_time"] is not None
    assert second == first


def test_it_is_the_session_that_the_proctors_api_shows(api: SessionsApi) -> None:
    session_id = api.make("Two views")
    api.report_event(session_id, "phone_detected")
    api.post(f"/sessions/{session_id}/end")
    proctor = Caller(api.app).with_token()

    ours, theirs = api.get(f"/sessions/{session_id}").json, proctor.get(f"/api/proctor/sessions/{session_id}").json

    assert theirs["candidate_identifier"] == ours["candidate_name"]
    assert (theirs["started_at"] or theirs["created_at"], theirs["ended_at"]) == (ours["start_time"], ours["end_time"])
    assert (theirs["status"], theirs["exam_code"]) == ("finished", None)
    assert theirs["score"] == api.get(f"/sessions/{session_id}/report").json["integrity_score"]


def test_a_session_of_an_exam_app_is_there_as_well(api: SessionsApi) -> None:
    exams = api.services.store.exams.get_by_code("DEMO")
    assert exams
    joined = Caller(api.app).with_token().post("/api/session/create", {"exam_id": exams.id}).json

    opened = api.get(f"/sessions/{joined['session_id']}").json

    assert opened["candidate_name"] == "Candidate"


# Events


def test_an_event_is_answered_with_its_id(api: SessionsApi) -> None:
    session_id = api.make()

    plain = api.report_event(session_id, "focus_lost")
    full = api.report_event(session_id, "no_face", message="Gone", timestamp="2026-11-22T10:00:00+01:00")

    assert set(plain) == set(full) == EVENT_FIELDS
    assert (plain["event_type"], plain["message"]) == ("focus_lost", None)
    assert (full["message"], full["timestamp"]) == ("Gone", "2026-11-22T09:00:00.000Z")


def test_the_time_of_the_server_is_kept_beside_the_reporters(api: SessionsApi) -> None:
    session_id = api.make()
    api.report_event(session_id, "no_face", timestamp=SAME_MS)

    found = Caller(api.app).with_token().get(f"/api/proctor/sessions/{session_id}/events").json["events"][0]

    received = datetime.fromisoformat(found["received_at"])
    assert found["timestamp"] == SAME_MS
    assert abs((received - api.services.clock()).total_seconds()) < 60


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"event_type": "No Face"},
        {"event_type": "x" * 65},
        {"event_type": ""},
        {"event_type": "no_face", "message": "x" * 501},
        {"event_type": "no_face", "timestamp": "yesterday"},
        {"event_type": "no_face", "timestamp": "1970-01-01T00:00:00Z"},
        {"event_type": "no_face", "timestamp": "9999-12-31T23:59:59Z"},
        {"event_type": "no_face", "id": "7"},
        {"event_type": "no_face", "payload": {"text": "x" * 5_000}},
        {"event_type": "no_face", "source": "proctor"},
        {"event_type": {"$ne": ""}},
    ],
)
def test_an_event_that_makes_no_sense_is_refused_by_field(api: SessionsApi, body: dict[str, Any]) -> None:
    session_id = api.make()

    answer = api.post(f"/sessions/{session_id}/events", body)

    assert answer.status_code == 422
    assert answer.json["errors"]
    assert api.get(f"/sessions/{session_id}").json["events"] == []


def test_the_same_id_again_answers_the_first_event_and_stores_nothing(api: SessionsApi) -> None:
    session_id, event_id = api.make(), str(uuid.uuid4())

    first = api.report_event(session_id, "no_face", id=event_id, message="first")
    again = api.report_event(session_id, "phone_detected", id=event_id.upper(), message="second")

    assert again == first
    assert api.get(f"/sessions/{session_id}").json["events"] == [first]
    assert api.get(f"/sessions/{session_id}/report").json["phone_detected_count"] == 0


def test_the_same_id_in_another_session_is_another_event(api: SessionsApi) -> None:
    one, other, event_id = api.make(), api.make(), str(uuid.uuid4())
    api.report_event(one, "no_face", id=event_id)

    api.report_event(other, "phone_detected", id=event_id)

    assert [event["event_type"] for event in api.get(f"/sessions/{one}").json["events"]] == ["no_face"]
    assert [event["event_type"] for event in api.get(f"/sessions/{other}").json["events"]] == ["phone_detected"]


def test_a_list_is_answered_in_its_order_with_repeats_stored_once(api: SessionsApi) -> None:
    session_id, known, new = api.make(), str(uuid.uuid4()), str(uuid.uuid4())
    api.report_event(session_id, "no_face", id=known)
    told = [{"event_type": "phone_detected", "id": new}, {"event_type": "copy", "id": known}]
    told += [{"event_type": "paste"}, {"event_type": "tab_hidden", "id": new}]

    answer = api.post(f"/sessions/{session_id}/events", told).json

    assert [event["event_type"] for event in answer] == ["phone_detected", "no_face", "paste", "phone_detected"]
    assert answer[0] == answer[3]
    assert len(api.get(f"/sessions/{session_id}").json["events"]) == 3


def test_events_come_in_time_order_and_within_a_millisecond_in_that_of_their_list(api: SessionsApi) -> None:
    session_id = api.make()
    api.report_event(session_id, "copy", timestamp="2026-11-22T10:00:00Z")
    without_times = [{"event_type": f"now_{number}"} for number in range(5)]
    api.post(f"/sessions/{session_id}/events", without_times)
    same_time = [{"event_type": f"then_{number}", "timestamp": SAME_MS} for number in range(5)]
    api.post(f"/sessions/{session_id}/events", same_time)
    numbered = [{"event_type": f"seq_{n}", "timestamp": "2026-11-22T08:00:00Z", "seq": 9 - n} for n in range(3)]
    api.post(f"/sessions/{session_id}/events", numbered)

    names = [event["event_type"] for event in api.get(f"/sessions/{session_id}").json["events"]]

    then, now = [f"then_{number}" for number in range(5)], [f"now_{number}" for number in range(5)]
    in_time = ["seq_2", "seq_1", "seq_0", *then, "copy"]
    assert [name for name in names if not name.startswith("now")] == in_time
    assert [name for name in names if name.startswith("now")] == now


def test_a_list_with_one_wrong_event_stores_none_and_says_which(api: SessionsApi) -> None:
    session_id = api.make()

    answer = api.post(f"/sessions/{session_id}/events", [{"event_type": "no_face"}, {"event_type": "NO"}])

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["1.event_type"]
    assert api.get(f"/sessions/{session_id}").json["events"] == []


@pytest.mark.parametrize("number", [0, 101])
def test_a_list_has_between_1_and_100_events(api: SessionsApi, number: int) -> None:
    answer = api.post(f"/sessions/{api.make()}/events", [{"event_type": "no_face"}] * number)

    assert answer.status_code == 422


def test_a_list_over_256_kib_is_413(api: SessionsApi) -> None:
    events = [{"event_type": "no_face", "payload": {"text": "x" * 4_000}}] * 70

    assert api.post(f"/sessions/{api.make()}/events", events).status_code == 413


def test_events_page_by_cursor(api: SessionsApi) -> None:
    session_id = api.make()
    events = [{"event_type": f"e_{number}", "timestamp": SAME_MS, "seq": number // 2} for number in range(7)]
    sent = [event["id"] for event in api.post(f"/sessions/{session_id}/events", events).json]

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(f"/sessions/{session_id}?limit=3{cursor and '&cursor=' + cursor}").json
        seen += [event["id"] for event in page["events"]]
        cursor = page["next_cursor"]

    assert sorted(seen) == sorted(sent)
    assert len(seen) == 7


def test_events_are_taken_for_a_day_after_the_end(api: SessionsApi) -> None:
    session_id = api.make()
    api.post(f"/sessions/{session_id}/end")
    services, path = api.services, f"/sessions/{session_id}/events"

    assert api.post(path, {"event_type": "no_face"}).status_code == 200
    api.app.extensions[EXTENSION] = replace(services, clock=lambda: utc_now() + timedelta(hours=25))
    late = api.post(path, {"event_type": "no_face"})
    api.app.extensions[EXTENSION] = services

    assert late.status_code in {401, 409}, "the proctor's login is over by then as well"


# Videos


@pytest.mark.parametrize("kind", TYPES)
def test_a_video_gets_its_name_and_type_from_its_content(api: SessionsApi, kind: str) -> None:
    session_id, data = api.make(), clip(kind)

    answer = api.upload(session_id, data, name="../../evil.html")
    fetched = api.get(f"/videos/{session_id}.{kind}")

    assert answer.status_code == 200, answer.text
    assert set(answer.json) == SESSION_FIELDS
    assert (answer.json["video_path"], answer.json["video_status"]) == (f"/videos/{session_id}.{kind}", "stored")
    assert (fetched.data, fetched.headers["Content-Type"]) == (data, TYPES[kind])
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in fetched.headers["Content-Security-Policy"]
    assert fetched.headers["Accept-Ranges"] == "bytes"


def test_a_video_larger_than_a_part_comes_back_byte_for_byte(api: SessionsApi) -> None:
    session_id, data = api.make(), clip(size=6 * MB)

    api.upload(session_id, data)

    assert hashlib.sha256(api.bytes_of(f"/videos/{session_id}.webm")).digest() == hashlib.sha256(data).digest()


def test_a_second_video_takes_the_place_of_the_first(api: SessionsApi) -> None:
    session_id = api.make()
    api.upload(session_id, clip("webm"))

    same_kind = api.upload(session_id, clip("webm", 5_000)).json["video_path"]
    assert len(api.bytes_of(same_kind)) == 5_000
    other_kind = api.upload(session_id, clip("mp4")).json["video_path"]

    assert api.bytes_of(other_kind) == clip("mp4")
    assert api.get(same_kind).status_code == 404
    assert [name for name in api.services.storage.names(Bucket.VIDEOS) if session_id in name] == [f"{session_id}.mp4"]


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"PK\x03\x04" + bytes(5_000),
        b"\x1a\x45\xdf\xa3\x84\x42\x82\x81x" + bytes(5_000),
        bytes(10_000),
        b"w",
    ],
    ids=["html", "svg", "zip", "ebml", "zeros", "one byte"],
)
def test_what_is_no_video_is_415_whatever_its_name(api: SessionsApi, data: bytes) -> None:
    session_id = api.make()
    api.upload(session_id)

    answer = api.upload(session_id, data, name="talk.webm")

    assert answer.status_code == 415
    assert api.bytes_of(f"/videos/{session_id}.webm") == clip()


def test_a_video_that_is_too_large_is_413_and_the_earlier_one_stays(api: SessionsApi) -> None:
    session_id = api.make()
    api.upload(session_id)

    declared = api.upload(session_id, clip(size=VIDEO_LIMIT + MB))
    by_a_byte = api.upload(session_id, clip(size=VIDEO_LIMIT + 1))
    exactly = api.upload(api.make(), clip(size=VIDEO_LIMIT))

    assert (declared.status_code, by_a_byte.status_code, exactly.status_code) == (413, 413, 200)
    assert api.bytes_of(f"/videos/{session_id}.webm") == clip()


BOUNDARY = b"--b\r\n"
FIELD = b'Content-Disposition: form-data; name="file"\r\n\r\n'
PART = b'Content-Disposition: form-data; name="file"; filename="a.webm"\r\n\r\n'


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"--b--\r\n", "multipart/form-data; boundary=b", 422),
        (BOUNDARY + PART + b"\r\n--b--\r\n", "multipart/form-data; boundary=b", 422),
        (BOUNDARY + PART + clip(), "multipart/form-data; boundary=b", 400),
        (BOUNDARY + PART + clip() + b"\r\n--b", "multipart/form-data; boundary=b", 400),
        (BOUNDARY + b"no header\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b", 400),
        (BOUNDARY + b"\xff: \xff\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b", 400),
        (2 * (BOUNDARY + PART + clip() + b"\r\n") + b"--b--\r\n", "multipart/form-data; boundary=b", 422),
        (BOUNDARY + PART.replace(b"file", b"f", 1) + b"x\r\n--b--\r\n", "multipart/form-data; boundary=b", 422),
        (BOUNDARY + FIELD + b"x\r\n--b--\r\n", "multipart/form-data; boundary=b", 422),
        (11 * (BOUNDARY + PART.replace(b"file", b"f", 1) + b"x\r\n"), "multipart/form-data; boundary=b", 413),
        (BOUNDARY + b"X: " + b"y" * 2 * MB, "multipart/form-data; boundary=b", 413),
        (clip(), "multipart/form-data", 415),
        (clip(), "multipart/form-data; boundary*=UTF-8''%E2%82%AC", 415),
        (clip(), "video/webm", 415),
        (b"{}", "application/json", 415),
        (b"file=x", "application/x-www-form-urlencoded", 415),
    ],
    ids=range(16),
)
def test_an_upload_that_is_not_one_whole_file_in_a_form_is_refused(
    api: SessionsApi, body: bytes, content_type: str, status: int
) -> None:
    session_id = api.make()

    answer = api.caller.post_raw(f"/sessions/{session_id}/video", body, content_type)

    assert answer.status_code == status, answer.text
    assert answer.json["detail"]
    assert api.get(f"/sessions/{session_id}").json["video_path"] is None
    assert [name for name in api.services.storage.names(Bucket.VIDEOS) if session_id in name] == []


def test_fields_beside_the_file_do_no_harm(api: SessionsApi) -> None:
    session_id = api.make()
    field = b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
    body = field + BOUNDARY + PART + clip() + b"\r\n" + field + b"--b--\r\n"

    answer = api.caller.post_raw(f"/sessions/{session_id}/video", body, 'multipart/form-data; boundary="b"')

    assert answer.status_code == 200
    assert api.bytes_of(answer.json["video_path"]) == clip()


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=0-0", 0, 1),
        ("bytes=5000-", 5_000, 10_000),
        ("bytes=-100", 9_900, 10_000),
        ("bytes=-99999", 0, 10_000),
        ("bytes=9990-99999", 9_990, 10_000),
    ],
)
def test_a_byte_range_is_answered_exactly(api: SessionsApi, asked: str, start: int, end: int) -> None:
    path = api.upload(api.make()).json["video_path"]

    answer = api.get(path, Range=asked)

    assert answer.status_code == 206
    assert answer.data == clip()[start:end]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/10000"
    assert answer.headers["Content-Length"] == str(end - start)


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=abc", "lines=0-1", "bytes=5-1", "bytes=-0", "bytes"])
def test_a_range_that_is_several_or_none_gets_the_whole_file(api: SessionsApi, asked: str) -> None:
    path = api.upload(api.make()).json["video_path"]

    answer = api.get(path, Range=asked)

    assert (answer.status_code, answer.data) == (200, clip())
    assert "Content-Range" not in answer.headers


@pytest.mark.parametrize("asked", ["bytes=10000-", "bytes=10000-10001"])
def test_a_range_beyond_the_end_is_416_and_tells_the_size(api: SessionsApi, asked: str) -> None:
    path = api.upload(api.make()).json["video_path"]

    answer = api.get(path, Range=asked)

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */10000"
    assert answer.json["detail"]


@pytest.mark.parametrize(("asked", "start", "status"), [("", 0, 200), ("bytes=5000-", 5_000, 206)])
@pytest.mark.parametrize("size", [9_000, 11_000])
def test_a_file_that_is_replaced_while_it_is_asked_for_is_sent_as_it_is_then(
    api: SessionsApi, monkeypatch: pytest.MonkeyPatch, asked: str, start: int, status: int, size: int
) -> None:
    session_id, storage = api.make(), api.services.storage
    path = api.upload(session_id).json["video_path"]
    stat = storage.stat

    def look_and_be_overtaken(bucket: Bucket, name: str) -> ObjectInfo:
        found = stat(bucket, name)
        monkeypatch.setattr(storage, "stat", stat)
        storage.save(bucket, name, [clip("webm", size)], max_bytes=size)
        return found

    monkeypatch.setattr(storage, "stat", look_and_be_overtaken)
    answer = api.get(path, Range=asked)

    assert (answer.status_code, answer.data) == (status, clip("webm", size)[start:])
    assert answer.headers["Content-Length"] == str(size - start)
    assert answer.headers.get("Content-Range") == (f"bytes {start}-{size - 1}/{size}" if asked else None)


def test_head_tells_what_get_would_send_without_sending_it(api: SessionsApi) -> None:
    path = api.upload(api.make()).json["video_path"]

    plain, ranged = api.head(path), api.head(path, Range="bytes=0-99")

    for answer in (plain, ranged):
        assert (answer.status_code, answer.data) == (200, b"")
        assert answer.headers["Content-Length"] == "10000"
        assert answer.headers["Content-Type"] == "video/webm"


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e",
        "..",
        ".hidden",
        "a%00.webm",
        "%2Fetc%2Fpasswd",
        "a%0d%0aX: 1",
        "x" * 300,
    ],
)
def test_no_name_leads_out_of_the_storage(api: SessionsApi, name: str) -> None:
    for folder in ("videos", "reports"):
        answer = api.get(f"/{folder}/{name}")
        assert answer.status_code in {400, 404}, name
        assert "root:" not in answer.text


def test_another_ending_of_a_known_session_is_no_file(api: SessionsApi) -> None:
    session_id = api.make()
    api.upload(session_id)

    for name in (f"{session_id}.mp4", f"{session_id}.html", session_id, f"{session_id}.webm.webm"):
        assert api.get(f"/videos/{name}").status_code == 404
    assert api.get(f"/reports/{session_id}.webm").status_code == 404


# Import


def test_a_video_is_imported_from_the_folder(api: SessionsApi) -> None:
    session_id = api.make()
    (api.import_dir / "Prüfung 1 (neu).MOV").write_bytes(clip("mp4"))

    answer = api.post(f"/sessions/{session_id}/video/import", {"filename": "Prüfung 1 (neu).MOV"})

    assert answer.status_code == 200, answer.text
    assert answer.json["video_path"] == f"/videos/{session_id}.mp4"
    assert api.bytes_of(answer.json["video_path"]) == clip("mp4")
    assert (api.import_dir / "Prüfung 1 (neu).MOV").exists()


@pytest.mark.parametrize(
    "filename",
    [
        "../x.webm",
        "..",
        ".",
        "/etc/passwd",
        "sub/x.webm",
        "..\\x.webm",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        ".hidden.webm",
        "",
        "a\nb.webm",
        "x" * 300,
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(api: SessionsApi, filename: str) -> None:
    (api.import_dir / ".hidden.webm").write_bytes(clip())

    answer = api.post(f"/sessions/{api.make()}/video/import", {"filename": filename})

    assert answer.status_code == 422
    assert "filename" in answer.json["errors"]


def test_only_plain_files_are_imported(api: SessionsApi, tmp_path: Path) -> None:
    session_id, folder = api.make(), api.import_dir
    (tmp_path / "secret.webm").write_bytes(clip())
    made: list[Path] = [folder / name for name in ("link.webm", "folder.webm", "pipe.webm", "text.webm")]
    made[0].symlink_to(tmp_path / "secret.webm")
    made[1].mkdir()
    os.mkfifo(made[2])
    made[3].write_text("not a video")

    def imported(name: str) -> int:
        answer = api.post(f"/sessions/{session_id}/video/import", {"filename": name})
        return int(answer.status_code)

    assert [imported(name) for name in ("link.webm", "folder.webm", "pipe.webm", "missing.webm")] == [404] * 4
    assert imported("ü" * 200) == 404
    assert imported("text.webm") == 415
    for path in made:
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


# Reports


def test_the_report_counts_and_scores(api: SessionsApi) -> None:
    session_id = api.make("Count me")
    seen = ["focus_lost"] * 2 + ["looking_away"] * 3 + ["no_face", "face_missing", "multiple_faces", "phone_detected"]
    seen += ["notes_detected", "device_detected", "something_else"]
    api.post(f"/sessions/{session_id}/events", [{"event_type": name} for name in seen])

    report = api.get(f"/sessions/{session_id}/report").json

    assert set(report) == REPORT_FIELDS
    assert report | {"interview_duration_seconds": 0} == {
        "candidate_name": "Count me",
        "session_id": session_id,
        "interview_duration_seconds": 0,
        "focus_lost_count": 2,
        "looking_away_count": 3,
        "no_face_segments": 2,
        "multiple_faces_count": 1,
        "phone_detected_count": 1,
        "notes_detected_count": 1,
        "device_detected_count": 1,
        "suspicious_events_count": 4,
        "integrity_score": 100 - 2 * 2 - 3 - 2 * 3 - 10 - 15 - 8 - 8,
    }


def test_the_score_is_never_below_zero(api: SessionsApi) -> None:
    session_id = api.make()
    api.post(f"/sessions/{session_id}/events", [{"event_type": "phone_detected"}] * 10)

    assert api.get(f"/sessions/{session_id}/report").json["integrity_score"] == 0


def unpacked(pdf: bytes) -> str:
    """Return what stands in the packed parts of a PDF, its title among them."""
    parts = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    # Not ``zlib.decompress``: the last byte of a part may be taken for the line break behind it.
    return b"".join(zlib.decompressobj().decompress(part) for part in parts if part[:1] == b"x").decode("latin-1")


@pytest.mark.parametrize(
    ("tail", "ending", "content_type"),
    [
        ("report", "html", "text/html; charset=utf-8"),
        ("report.csv", "csv", "text/csv; charset=utf-8"),
        ("report.pdf", "pdf", "application/pdf"),
    ],
)
def test_reports_are_stored_and_served(api: SessionsApi, tail: str, ending: str, content_type: str) -> None:
    session_id = api.make("Ada Lovelace")
    api.report_event(session_id, "no_face", message="Nobody there")

    direct = api.get(f"/sessions/{session_id}/{tail}")
    stored = api.get(f"/reports/report_{session_id}.{ending}")

    assert direct.status_code == stored.status_code == 200
    assert stored.headers["Content-Type"] == content_type
    assert "sandbox" in stored.headers["Content-Security-Policy"]
    assert "script-src" not in stored.headers["Content-Security-Policy"]
    assert stored.headers["X-Content-Type-Options"] == "nosniff"
    assert stored.headers["Cache-Control"] == "no-store"
    if ending == "pdf":
        assert stored.data.startswith(b"%PDF-")
        assert "Ada Lovelace".encode("utf-16-be").hex() in unpacked(stored.data), "the title names the candidate"
    else:
        assert "Ada Lovelace" in stored.text
        assert "Nobody there" in stored.text
    if ending != "html":
        assert direct.data == stored.data
        assert direct.headers["Content-Disposition"] == f"attachment; filename=report_{session_id}.{ending}"


@pytest.mark.parametrize("kind", ["", ".csv"])
def test_a_report_is_made_anew_only_when_something_changed(
    api: SessionsApi, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, saved, storage = api.make(), [], api.services.storage
    save = storage.save

    def count(bucket: Bucket, name: str, *args: Any, **kwargs: Any) -> object:
        saved.append(name)
        return save(bucket, name, *args, **kwargs)

    def made(change: object = None) -> int:
        del change  # it has been made by now
        saved.clear()
        answers = [api.get(f"/sessions/{session_id}/report{kind}") for _ in range(3)]
        assert {answer.status_code for answer in answers} == {200}
        return len(saved)

    monkeypatch.setattr(storage, "save", count)
    assert made() == 1
    assert made() == 0
    assert made(api.report_event(session_id, "no_face")) == 1
    assert made(api.post(f"/sessions/{session_id}/end")) == 1
    assert made() == 0
    monkeypatch.undo()


def test_a_stored_report_that_was_cleared_away_is_made_again(api: SessionsApi) -> None:
    session_id = api.make()
    api.get(f"/sessions/{session_id}/report.csv")
    api.services.storage.delete(Bucket.REPORTS, f"report_{session_id}.csv")

    assert api.get(f"/sessions/{session_id}/report.csv").status_code == 200
    assert api.get(f"/reports/report_{session_id}.csv").status_code == 200


HOSTILE_CELLS = ["=1+1", "+1", "-1", "@SUM(A1)", 'quoted "text", and commas', "two\r\nlines", "naïve ☃ 𝄞", "a\tb", "'x"]


def test_the_csv_is_safe_for_spreadsheets_and_reads_back(api: SessionsApi) -> None:
    session_id = api.make('=cmd|"/c calc"!A1')
    events = [{"event_type": "note_like", "message": cell, "payload": {"=x": cell}} for cell in HOSTILE_CELLS]
    api.post(f"/sessions/{session_id}/events", events)

    head, *rows = api.rows(f"/sessions/{session_id}/report.csv")

    assert {len(row) for row in rows} == {len(head)}
    cells = [cell for row in rows for cell in row if cell]
    assert [cell for cell in cells if cell[0] in "=+-@\t\r\n\0"] == []
    messages = [row[head.index("message")] for row in rows if row[0] == "event"]
    assert messages == [f"'{cell}" if cell[0] in "=+-@" else cell for cell in HOSTILE_CELLS]
    summary = {row[head.index("name")]: row[head.index("value")] for row in rows if row[0] == "summary"}
    assert summary["candidate_name"] == '\'=cmd|"/c calc"!A1'
    assert summary["score"] == "100"


def test_names_and_messages_are_text_in_the_html_report(api: SessionsApi) -> None:
    evil = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>"
    session_id = api.make(evil)
    api.report_event(session_id, "no_face", message=evil)
    Caller(api.app).with_token().post(f"/api/proctor/sessions/{session_id}/notes", {"note": evil})

    api.get(f"/sessions/{session_id}/report")
    page = api.get(f"/reports/report_{session_id}.html").text

    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert "<script" not in page
    assert "<img" not in page


def test_a_candidate_cannot_forge_a_proctors_note(api: SessionsApi) -> None:
    session_id = api.make()
    candidate = Caller(api.app)
    candidate.claim(session_id)
    forged = {"event_type": "note", "message": "All is well", "payload": {"by": "proctor@test.com"}}
    assert candidate.post(f"/sessions/{session_id}/events", forged).status_code == 200
    proctor = Caller(api.app).with_token()

    api.get(f"/sessions/{session_id}/report")
    page = api.get(f"/reports/report_{session_id}.html").text

    assert "There are no notes." in page
    assert proctor.get(f"/api/proctor/sessions/{session_id}/report").json["proctor_notes"] == []
