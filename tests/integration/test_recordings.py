"""Recordings: chunks from a candidate's browser, joined to files that seek, and gone with their session."""

from __future__ import annotations

import hashlib
import io
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest
from flask import Flask
from flask.testing import FlaskClient

from proctor.domain import joining, recordings, retention
from proctor.domain.flags import judge_due
from proctor.domain.joining import Bench
from proctor.domain.leftovers import Leftovers
from proctor.records import Footage, FootageKind, FootageState, Policy, Recording, Session
from proctor.storage import Bucket, StoredObject
from proctor.storage.base import Source
from proctor.storage.errors import StorageFull
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import AppFactory
from tests.support.actors import Caller
from tests.support.clock import Clock
from tests.support.takes import CHUNK_TYPE, Sender, pieces, still_webm, webm

CAMERA = FootageKind.CAMERA


class Scene:
    """One claimed session on one application, whose time is moved by hand."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        self.clock = Clock()
        self.clock.time = datetime.now(UTC).replace(microsecond=0)
        self.services: Services = replace(app.extensions[EXTENSION], clock=self.clock)
        app.extensions[EXTENSION] = self.services
        self.folder = folder
        body = {"exam_code": "DEMO", "candidate_identifier": "Ann"}
        self.session_id = str(Caller(app).post("/api/session/join", body).json["session_id"])
        self.candidate, self.proctor = Caller(app), Caller(app).with_token()
        self.handle = str(self.candidate.claim(self.session_id).json["handle"])

    @property
    def session(self) -> Session:
        found = self.services.store.sessions.get(self.session_id)
        assert found
        return found

    @property
    def footage(self) -> Footage:
        return next(one for one in self.services.store.recordings.of_session(self.session.id) if one.kind is CAMERA)

    def state(self) -> str:
        return str(self.footage.state)

    @property
    def bench(self) -> Bench:
        s = self.services
        return Bench(s.store, s.storage, self.folder / "joining", s.run_blocking, _at_once, self.clock)

    def sender(self, kind: str = "camera") -> Sender:
        return Sender(self.candidate, self.handle, kind)

    def pass_time(self, **span: float) -> None:
        self.clock.advance(timedelta(**span))

    def end(self) -> None:
        assert self.proctor.post(f"/api/proctor/sessions/{self.session_id}/terminate", {}).status_code == 200

    def join_due(self) -> None:
        joining.join_due(self.bench)

    def listed(self) -> list[dict[str, Any]]:
        answer = self.proctor.get(f"/api/proctor/sessions/{self.session_id}/recordings")
        assert answer.status_code == 200, answer.text
        return list(answer.json["recordings"])

    def chunk_names(self) -> list[str]:
        return sorted(self.services.storage.names(Bucket.CHUNKS))

    def file(self, kind: str = "camera") -> bytes:
        with self.services.storage.open(Bucket.VIDEOS, f"{self.session_id}.{kind}.webm") as opened:
            return b"".join(opened.chunks)


@pytest.fixture
def scene(make_app: AppFactory, tmp_path: Path) -> Scene:
    """Give a session of the demo's exam, which is recorded in full."""
    return Scene(make_app(api_access="open", data_dir=tmp_path), tmp_path)


# Coming in


def test_chunks_are_acknowledged_with_the_place_of_the_next_one(scene: Scene) -> None:
    first, second, *_ = pieces(webm())
    sender = scene.sender()

    answer = sender.send(first)
    assert (answer.json["seq"], answer.json["offset"]) == (1, len(first))
    assert sender.send(second).json["offset"] == len(first) + len(second)

    listed = scene.candidate.get(f"/exam/{scene.handle}/recordings").json
    assert listed["takes"] == [{"kind": "camera", "take": sender.take, "seq": 2, "offset": len(first) + len(second)}]
    assert scene.listed()[0]["received_bytes"] == len(first) + len(second)


def test_a_chunk_sent_again_is_taken_once(scene: Scene) -> None:
    first, second, *_ = pieces(webm())
    sender = scene.sender()
    sender.send(first)
    sender.send(second)

    again = sender.send(first, seq=0, offset=0)

    assert (again.status_code, again.json["seq"]) == (200, 1)
    assert scene.footage.chunks == 2
    assert len(scene.chunk_names()) == 2


def test_a_chunk_out_of_place_is_told_where_to_go_on(scene: Scene) -> None:
    first, second, third, _ = pieces(webm())
    sender = scene.sender()
    sender.send(first)

    for seq, offset in ((2, len(first) + len(second)), (1, 3), (5, 0)):
        answer = sender.send(third, seq=seq, offset=offset)
        assert answer.status_code == 409
        assert (answer.json["seq"], answer.json["offset"]) == (1, len(first))
    assert sender.send(second).status_code == 200


def test_other_bytes_in_a_place_that_is_taken_are_refused(scene: Scene) -> None:
    first, second, *_ = pieces(webm())
    sender = scene.sender()
    sender.send(first)

    answer = sender.send(second, seq=0, offset=0)

    assert (answer.status_code, answer.json["seq"]) == (409, 1)


def test_damaged_and_foreign_bytes_leave_nothing_behind(scene: Scene) -> None:
    first = pieces(webm())[0]
    sender = scene.sender()

    assert sender.send(first, sha256="0" * 64).status_code == 422
    assert sender.send(b"<html>" * 100).status_code == 415
    assert sender.send(first, content_type="text/html").status_code == 415
    assert sender.send(b"").status_code == 422
    assert scene.chunk_names() == []
    assert scene.listed() == []


@pytest.mark.parametrize(
    "query", ["", "seq=-1&offset=0&sha256=0", "seq=0&offset=x", "seq=0&offset=0&sha256=" + "g" * 64]
)
def test_a_place_that_cannot_be_read_is_refused(scene: Scene, query: str) -> None:
    path = f"/exam/{scene.handle}/recordings/camera/some-take-1/chunks?{query}"

    assert scene.candidate.post_raw(path, pieces(webm())[0], CHUNK_TYPE).status_code == 422


@pytest.mark.parametrize(
    ("kind", "take"), [("room", "some-take-1"), ("upload", "some-take-1"), ("camera", "$a.b12345")]
)
def test_recordings_of_no_known_kind_do_not_exist(scene: Scene, kind: str, take: str) -> None:
    sender = scene.sender(kind)
    sender.take = take

    assert sender.send(pieces(webm())[0]).status_code == 404


def test_nobody_but_the_candidate_sends_chunks(scene: Scene) -> None:
    other = Scene(scene.app, scene.folder)
    first = pieces(webm())[0]

    assert Sender(other.candidate, scene.handle).send(first).status_code == 401
    assert Sender(scene.proctor, scene.handle).send(first).status_code == 401
    assert other.candidate.get(f"/exam/{scene.handle}/recordings").status_code == 401
    assert other.candidate.post(f"/exam/{scene.handle}/recordings/complete", {}).status_code == 401
    assert scene.candidate.get(f"/api/proctor/sessions/{scene.session_id}/recordings").status_code == 401


def test_a_page_of_another_site_cannot_send_in_the_candidates_name(scene: Scene) -> None:
    scene.candidate.headers["Sec-Fetch-Site"] = "cross-site"

    assert scene.sender().send(pieces(webm())[0]).status_code == 403


def test_an_exam_that_is_not_recorded_takes_nothing(scene: Scene) -> None:
    _record(scene, Recording.OFF)
    unrecorded = Scene(scene.app, scene.folder)

    assert unrecorded.sender().send(pieces(webm())[0]).status_code == 409


def test_quotas_are_kept(make_app: AppFactory, tmp_path: Path) -> None:
    take = webm()
    size = len(take)
    limits = {"chunk_bytes": size, "video_bytes": size + 100, "session_video_bytes": 2 * size}
    scene = Scene(make_app(api_access="open", data_dir=tmp_path, limits=limits), tmp_path)
    camera, screen = scene.sender(), scene.sender("screen")

    assert camera.send(take + b"more").status_code == 413, "over a chunk"
    assert camera.send(take).status_code == 200
    assert camera.send(take[:200]).status_code == 413, "over a recording"
    assert screen.send(take).status_code == 200
    assert camera.send(take[:50]).status_code == 413, "over a session"
    assert len(scene.chunk_names()) == 2


def test_a_day_after_the_end_it_is_too_late(scene: Scene) -> None:
    scene.end()
    scene.pass_time(hours=23)
    first, second, *_ = pieces(webm())
    sender = scene.sender()
    assert sender.send(first).status_code == 200

    scene.pass_time(hours=1, minutes=1)

    assert sender.send(second).status_code == 410


def test_racing_for_one_place_stores_one_chunk(scene: Scene) -> None:
    first = pieces(webm())[0]
    rivals = [first, first + b"x", first, first + b"y"]
    takes, answers = str(scene.sender().take), []

    def send(data: bytes) -> None:
        sender = scene.sender()
        sender.take = takes
        sender.candidate = Caller(scene.app)
        sender.candidate.headers = dict(scene.candidate.headers)
        sender.candidate.client = _same_browser(scene.candidate, scene.app)
        answers.append(sender.send(data).status_code)

    threads = [threading.Thread(target=send, args=(data,)) for data in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(set(answers)) in ([200], [200, 409])
    assert answers.count(200) >= 1
    assert scene.footage.chunks == 1
    assert len(scene.chunk_names()) == 1


def test_what_a_dead_worker_was_joining_goes_without_another_recording(scene: Scene) -> None:
    left = scene.bench.folder / "tmpdead"
    left.mkdir(parents=True)
    (left / "take-0.webm").write_bytes(webm())

    joining.remove_left_over(scene.bench)
    assert left.exists(), "it may be at work"
    scene.pass_time(days=1, minutes=1)
    joining.remove_left_over(scene.bench)

    assert not left.exists()


def test_bytes_that_a_failure_left_without_a_name_go_at_the_second_look(scene: Scene) -> None:
    sender = scene.sender()
    sender.send_all(webm())
    store, storage = scene.services.store, scene.services.storage
    lost = scene.chunk_names()[0]
    store.database["recording_chunks"].delete_one({"name": lost})
    leftovers = Leftovers(store, storage)

    leftovers.remove(scene.clock())
    assert lost in scene.chunk_names(), "it may be on its way to being noted"
    leftovers.remove(scene.clock())
    assert lost not in scene.chunk_names()
    assert len(scene.chunk_names()) == 3


# Pages


def test_the_last_page_sends_the_rest_for_the_browser_that_held_the_exam_and_nobody_else(scene: Scene) -> None:
    scene.end()
    path = f"/finish/{scene.handle}"

    held = scene.candidate.get(path, Accept="text/html").text
    assert 'id="upload"' in held
    assert scene.candidate.headers["X-CSRF-Token"] in held
    assert 'id="upload"' not in Caller(scene.app).get(path, Accept="text/html").text
    scene.pass_time(hours=26)
    assert 'id="upload"' not in scene.candidate.get(path, Accept="text/html").text


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ("full", "They are shown live and recorded."),
        ("on_flags", "some seconds around it are recorded"),
        ("off", "shown live and not recorded"),
    ],
)
def test_candidates_read_what_is_recorded_before_they_agree(scene: Scene, policy: str, words: str) -> None:
    _record(scene, Recording(policy))
    body = {"exam_code": "DEMO", "candidate_identifier": "Ben"}
    session_id = Caller(scene.app).post("/api/session/join", body).json["session_id"]

    page = Caller(scene.app).get(f"/entry?session_id={session_id}", Accept="text/html").text
    assert words in page
    assert f'"recording":"{policy}"' in page


# Joining


def test_what_is_complete_is_joined_to_a_file_that_seeks_and_the_chunks_go(scene: Scene) -> None:
    scene.pass_time(seconds=60)
    scene.sender().send_all(webm(), age_ms=30_000)
    scene.pass_time(seconds=30)
    scene.sender().send_all(webm(3), age_ms=4_000)
    last = scene.sender("screen")
    last.send_all(webm(2, has_sound=False), age_ms=4_000)
    scene.join_due()
    assert [one["state"] for one in scene.listed()] == ["receiving", "receiving"], "the exam goes on"

    scene.end()
    assert last.complete().json["is_complete"]
    scene.join_due()

    camera, screen = scene.listed()
    assert (camera["state"], screen["state"], camera["chain_ok"]) == ("ready", "ready", True)
    assert camera["duration_s"] == pytest.approx(7, abs=0.2)
    assert [segment["offset_s"] for segment in camera["segments"]] == [0, pytest.approx(4, abs=0.1)]
    assert [gap["duration_s"] for gap in camera["gaps"]] == [pytest.approx(52, abs=0.2)]
    assert _duration_s(scene.file()) == pytest.approx(7, abs=0.2)
    assert _duration_s(scene.file("screen")) == pytest.approx(2, abs=0.2)
    assert scene.chunk_names() == []
    assert last.send(b"more").status_code == 409
    assert scene.proctor.get(f"/videos/{scene.session_id}.screen.webm").data == scene.file("screen")
    assert scene.proctor.get(f"/videos/{scene.session_id}.camera.webm", Range="bytes=0-3").data == b"\x1a\x45\xdf\xa3"
    assert scene.proctor.get(f"/api/proctor/sessions/{scene.session_id}/report").json["recordings"] == [camera, screen]


def test_a_screen_on_which_nothing_moves_is_recorded_all_the_same(scene: Scene) -> None:
    scene.pass_time(seconds=60)
    screen = scene.sender("screen")
    screen.send_all(still_webm(0, 100, 4_000, 9_000, 9_100), age_ms=20_000)
    scene.end()
    screen.complete()
    scene.join_due()

    [listed] = scene.listed()
    assert [round(segment["duration_s"], 1) for segment in listed["segments"]] == [9.1]
    assert _duration_s(scene.file("screen")) == pytest.approx(9.1, abs=0.2)


def test_a_screen_of_which_a_piece_is_lost_has_a_gap(scene: Scene) -> None:
    scene.pass_time(seconds=60)
    screen = scene.sender("screen")
    screen.send_all(webm(12, has_sound=False), age_ms=20_000, count=12)
    names = sorted(scene.chunk_names(), key=lambda name: int(name.split(".")[3]))
    for name in names[4:8]:
        scene.services.storage.delete(Bucket.CHUNKS, name)
    scene.end()
    screen.complete()
    scene.join_due()

    assert len(scene.listed()[0]["segments"]) == 2


def test_a_moment_has_its_place_in_the_file_unless_nothing_was_recorded_then(scene: Scene) -> None:
    scene.pass_time(seconds=60)
    began_at = scene.clock() - timedelta(seconds=30)
    scene.sender().send_all(webm(), age_ms=30_000)
    sender = scene.sender()
    sender.send_all(webm(), age_ms=10_000)
    scene.end()
    sender.complete()
    scene.join_due()

    def at(seconds: float) -> float | None:
        return recordings.position_of(scene.footage, began_at + timedelta(seconds=seconds))

    assert at(1.5) == pytest.approx(1.5, abs=0.1)
    assert at(21.5) == pytest.approx(5.5, abs=0.2)
    assert at(12) is None
    assert at(-5) is None


def test_what_breaks_off_is_joined_when_nothing_more_came_for_two_minutes(scene: Scene) -> None:
    sender = scene.sender()
    [sender.send(piece) for piece in pieces(webm())[:3]]
    scene.end()

    scene.pass_time(seconds=119)
    scene.join_due()
    assert scene.state() == "receiving"
    scene.pass_time(seconds=2)
    scene.join_due()

    assert scene.state() == "ready"
    assert 1 < _duration_s(scene.file()) < 4
    assert len(scene.chunk_names()) == 3, "more may come"


def test_what_comes_late_is_joined_as_well(scene: Scene) -> None:
    *most, last = pieces(webm())
    sender = scene.sender()
    [sender.send(piece) for piece in most]
    scene.end()
    scene.pass_time(minutes=3)
    scene.join_due()
    shorter = _duration_s(scene.file())

    scene.pass_time(hours=5)
    sender.send(last)
    late = scene.sender()
    late.send_all(webm(2))
    late.complete()
    scene.join_due()

    assert _duration_s(scene.file()) == pytest.approx(6, abs=0.2)
    assert shorter < 4
    assert scene.chunk_names() == []


def test_what_comes_late_is_joined_though_nobody_says_that_it_was_all(scene: Scene) -> None:
    *most, last = pieces(webm())
    sender = scene.sender()
    [sender.send(piece) for piece in most]
    scene.end()
    scene.pass_time(minutes=3)
    scene.join_due()

    scene.pass_time(hours=5)
    sender.send(last)
    scene.pass_time(minutes=3)
    scene.join_due()

    assert scene.state() == "ready"
    assert _duration_s(scene.file()) == pytest.approx(4, abs=0.2)


def test_chunks_nobody_completes_go_after_the_grace(scene: Scene) -> None:
    scene.sender().send_all(webm())
    scene.end()
    scene.pass_time(minutes=3)
    scene.join_due()
    assert scene.chunk_names()

    scene.pass_time(hours=24)
    scene.join_due()

    assert scene.chunk_names() == []
    assert scene.file()


def test_a_chunk_that_lingers_until_all_is_joined_does_not_hide_the_recording(scene: Scene) -> None:
    sender = scene.sender()
    sender.send_all(webm())
    scene.end()
    late = webm(2)
    sent = recordings.Sent(CAMERA, "another-take", 0, 0, hashlib.sha256(late).hexdigest())
    quotas = recordings.Quotas(10**6, 10**6, 10**6)
    store, storage = scene.services.store, scene.services.storage

    def body() -> Iterator[bytes]:
        yield late
        assert sender.complete().status_code == 200
        scene.join_due()
        assert scene.state() == "ready"

    recordings.take_in(
        scene.session, sent, body(), len(late), quotas=quotas, store=store, storage=storage, now=scene.clock()
    )
    scene.pass_time(minutes=3)
    scene.join_due()

    assert scene.state() == "ready"


def test_a_session_that_nobody_ends_is_joined_after_an_hour(scene: Scene) -> None:
    scene.sender().send_all(webm())
    scene.pass_time(minutes=59)
    scene.join_due()
    assert scene.state() == "receiving"

    scene.pass_time(minutes=3)
    scene.join_due()

    assert scene.state() == "ready"


def test_a_piece_that_is_lost_or_changed_costs_itself_and_breaks_the_chain(scene: Scene) -> None:
    sender = scene.sender()
    sender.send_all(webm(6), count=12)
    names = sorted(scene.chunk_names(), key=lambda name: int(name.split(".")[3]))
    scene.services.storage.delete(Bucket.CHUNKS, names[6])
    scene.end()
    sender.complete()
    scene.join_due()

    assert scene.listed()[0]["chain_ok"] is False
    assert 3 < _duration_s(scene.file()) <= 6.1
    assert any("joined from chunks that were damaged" in line for line in _verify(scene))


def test_hostile_files_harm_nothing_but_themselves(scene: Scene) -> None:
    head = webm()[:64]
    hostile = scene.sender()
    hostile.send(head + bytes(range(256)) * 200)
    good = scene.sender()
    good.send_all(webm())
    scene.end()
    good.complete()

    scene.join_due()

    assert _duration_s(scene.file()) == pytest.approx(4, abs=0.2)


def test_what_cannot_be_played_fails_after_three_attempts_and_may_be_tried_again(scene: Scene) -> None:
    sender = scene.sender()
    sender.send(webm()[:64] + bytes(500))
    scene.end()
    sender.complete()
    for _ in range(5):
        scene.join_due()
        scene.pass_time(minutes=2)

    failed = scene.footage
    assert (failed.state, failed.attempts, failed.due_at) == (FootageState.FAILED, 3, None)
    assert scene.listed()[0]["state"] == "failed"
    assert len(scene.chunk_names()) == 1

    assert "1 will be joined anew" in _command(scene, "retry").output
    assert scene.state() == "receiving"


def test_one_worker_joins_and_another_takes_over_when_it_dies(scene: Scene) -> None:
    sender = scene.sender()
    sender.send_all(webm())
    scene.end()
    sender.complete()
    store, now = scene.services.store, scene.clock()

    taken = store.recordings.take_lease("dying worker", now, now + joining.LEASE)
    assert taken
    assert store.recordings.begin_joining(taken)
    scene.join_due()
    assert scene.state() == "processing", "somebody else has it"

    scene.pass_time(seconds=61)
    scene.join_due()
    assert scene.state() == "ready"
    assert not store.recordings.renew_lease(taken, now), "the first one comes back from the dead"


def join_while(scene: Scene, come_in: Callable[[], object]) -> None:
    """Join what is there; once, while that goes on, something comes in."""
    coming = iter([come_in])
    joining.join_due(replace(scene.bench, sleep=lambda _seconds: next(coming, lambda: None)()))


def ended_without_its_last_chunk(scene: Scene) -> tuple[Sender, bytes]:
    sender = scene.sender()
    *most, last = pieces(webm())
    [sender.send(piece) for piece in most]
    scene.end()
    scene.pass_time(minutes=3)
    return sender, last


def test_chunks_that_come_while_it_is_joined_are_joined_next(scene: Scene) -> None:
    sender, last = ended_without_its_last_chunk(scene)
    join_while(scene, lambda: sender.send(last))
    assert scene.state() == "receiving"

    sender.complete()
    scene.join_due()
    assert _duration_s(scene.file()) == pytest.approx(4, abs=0.2)


def test_what_is_complete_before_it_is_joined_is_joined_at_once(scene: Scene) -> None:
    sender, last = ended_without_its_last_chunk(scene)
    join_while(scene, lambda: (sender.send(last), sender.complete()))

    assert scene.state() == "ready"
    assert _duration_s(scene.file()) == pytest.approx(4, abs=0.2)
    assert scene.chunk_names() == []


def test_a_worker_that_takes_long_to_store_a_recording_keeps_it(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = scene.sender()
    sender.send_all(webm())
    scene.end()
    sender.complete()
    monkeypatch.setattr(joining, "RENEW_S", 0.01)
    takers: list[Footage | None] = []

    def slowly() -> None:
        for _ in range(3):
            scene.pass_time(seconds=40)
            time.sleep(0.2)
            now = scene.clock()
            takers.append(scene.services.store.recordings.take_lease("another worker", now, now + joining.LEASE))

    _before_videos_are_saved(scene, monkeypatch, slowly)
    scene.join_due()

    assert takers == [None] * 3
    assert scene.state() == "ready"


def test_a_storage_that_is_full_for_a_while_costs_no_recording(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = scene.sender()
    sender.send_all(webm())
    scene.end()
    sender.complete()

    def fail() -> None:
        raise StorageFull("The server's disk is full.")

    with monkeypatch.context() as full:
        _before_videos_are_saved(scene, full, fail)
        for _ in range(5):
            scene.join_due()
            scene.pass_time(minutes=2)
    with monkeypatch.context() as full:
        full.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1))
        for _ in range(5):
            scene.join_due()
            scene.pass_time(minutes=2)
    assert (scene.state(), scene.footage.attempts) == ("receiving", 0)

    scene.join_due()

    assert scene.state() == "ready"


def test_another_worker_takes_the_next_chunk_and_joins_it(scene: Scene, make_app: AppFactory, tmp_path: Path) -> None:
    first, *rest = pieces(webm())
    sender = scene.sender()
    sender.send(first)
    other = make_app(api_access="open", data_dir=tmp_path)

    sender.candidate.client = _same_browser(scene.candidate, other)
    for piece in rest:
        assert sender.send(piece).status_code == 200
    scene.end()
    sender.complete()
    scene.pass_time(minutes=1)  # the other worker has a clock of its own
    scene.join_due()

    assert _duration_s(scene.file()) == pytest.approx(4, abs=0.2)


def test_a_flags_place_is_that_in_the_file_once_there_is_one(scene: Scene) -> None:
    scene.pass_time(seconds=10)
    sender = scene.sender()
    sender.send_all(webm(), age_ms=4_000)
    event = {"event_type": "phone_detected", "payload": {"confidence": 0.9}}
    scene.clock.advance(timedelta(seconds=-2))
    scene.candidate.post(f"/sessions/{scene.session_id}/events", event)
    judge_due(**scene.services.context)
    scene.pass_time(seconds=2)
    scene.end()
    sender.complete()
    scene.join_due()

    [flag] = scene.proctor.get(f"/api/proctor/sessions/{scene.session_id}/flags").json["flags"]
    assert flag["evidence"]["recording_position_s"] == pytest.approx(2, abs=0.3)


def test_a_stored_report_is_made_anew_when_the_recording_is_there(scene: Scene) -> None:
    path = f"/sessions/{scene.session_id}/report"
    sender = scene.sender()
    sender.send_all(webm())
    scene.end()
    scene.proctor.get(path)
    sender.complete()
    scene.join_due()
    scene.proctor.get(path)

    assert f"{scene.session_id}.camera.webm" in scene.proctor.get(f"/reports/report_{scene.session_id}.html").text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (False, "There is no recording."),
        (True, "camera: could not be put together"),
    ],
)
def test_a_report_says_what_became_of_a_recording_that_has_no_file(scene: Scene, sent: bool, words: str) -> None:
    path = f"/sessions/{scene.session_id}/report"
    sender = scene.sender()
    if sent:
        sender.send(webm()[:64] + bytes(500))
    scene.end()
    scene.proctor.get(path)
    before = scene.proctor.get(f"/reports/report_{scene.session_id}.html").text
    assert ("camera: still coming in" in before) is sent
    sender.complete()
    for _ in range(5):
        scene.join_due()
        scene.pass_time(minutes=2)

    scene.proctor.get(path)

    after = scene.proctor.get(f"/reports/report_{scene.session_id}.html").text
    assert words in after
    assert ("There is no recording." in after) is not sent


# Proof and end


def test_the_chain_shows_what_was_changed_in_the_database(scene: Scene) -> None:
    scene.sender().send_all(webm())
    assert _command(scene, "verify").exit_code == 0
    chunks = scene.services.store.database["recording_chunks"]

    chunks.update_one({"seq": 1}, {"$set": {"sha256": "0" * 64}})
    told = _command(scene, "verify")
    assert told.exit_code == 1
    assert "does not follow" in told.output


def test_the_chain_shows_what_was_taken_away(scene: Scene) -> None:
    scene.sender().send_all(webm())
    scene.services.store.database["recording_chunks"].delete_one({"seq": 3})

    assert any("3 chunks of 4" in line for line in _verify(scene))


def test_the_files_are_held_against_their_hashes(scene: Scene) -> None:
    sender = scene.sender()
    sender.send_all(webm())
    scene.end()
    sender.complete()
    scene.join_due()
    assert _verify(scene) == []

    name = f"{scene.session_id}.camera.webm"
    scene.services.storage.save(Bucket.VIDEOS, name, [b"other"], max_bytes=100)

    assert _verify(scene) == [f"{name} is not the file that was stored"]


def test_everything_goes_with_the_session(scene: Scene) -> None:
    sender = scene.sender()
    sender.send_all(webm())
    scene.end()
    scene.pass_time(minutes=3)
    scene.join_due()
    session, store, storage = scene.session, scene.services.store, scene.services.storage

    retention.forget(session, store=store, storage=storage)

    assert list(storage.names(Bucket.CHUNKS)) == list(storage.names(Bucket.VIDEOS)) == []
    assert store.recordings.of_session(session.id) == []
    assert store.chunks.of_kind(session.id, CAMERA) == []


def test_nothing_stays_of_a_session_that_is_deleted_while_it_is_joined(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender = scene.sender()
    sender.send_all(webm())
    scene.end()
    sender.complete()
    session, store, storage = scene.session, scene.services.store, scene.services.storage

    _before_videos_are_saved(scene, monkeypatch, lambda: retention.forget(session, store=store, storage=storage))
    scene.join_due()

    assert list(storage.names(Bucket.VIDEOS)) == []


def test_a_chunk_that_was_on_its_way_while_its_session_was_deleted_goes_as_well(scene: Scene) -> None:
    first, second, *_ = pieces(webm())
    sender = scene.sender()
    sender.send(first)
    session, store, storage = scene.session, scene.services.store, scene.services.storage
    sent = recordings.Sent(CAMERA, sender.take, 1, len(first), hashlib.sha256(second).hexdigest())
    quotas = recordings.Quotas(10**6, 10**6, 10**6)

    def body() -> Iterator[bytes]:
        yield second
        retention.forget(session, store=store, storage=storage)

    recordings.take_in(
        session, sent, body(), len(second), quotas=quotas, store=store, storage=storage, now=scene.clock()
    )
    scene.pass_time(minutes=3)
    scene.join_due()

    assert scene.chunk_names() == []
    assert store.recordings.of_session(session.id) == []
    assert store.chunks.of_kind(session.id, CAMERA) == []


def _before_videos_are_saved(scene: Scene, monkeypatch: pytest.MonkeyPatch, do: Callable[[], None]) -> None:
    """Have ``do`` called whenever the storage begins to save a joined file."""
    save = scene.services.storage.save

    def saved(bucket: Bucket, name: str, source: Source, *, max_bytes: int) -> StoredObject:
        if bucket is Bucket.VIDEOS:
            do()
        return save(bucket, name, source, max_bytes=max_bytes)

    monkeypatch.setattr(scene.services.storage, "save", saved)


def _record(scene: Scene, recording: Recording) -> None:
    """Have the demo's exam record this from now on."""
    exam = scene.services.store.exams.get_by_code("DEMO")
    assert exam
    scene.services.store.exams.put(replace(exam, policy=Policy(recording=recording)))


def _same_browser(caller: Caller, app: Flask) -> FlaskClient:
    """Return a client of ``app`` with the cookies of ``caller``."""
    client = app.test_client()
    client._cookies = dict(caller.client._cookies or {})
    return client


def _at_once(_seconds: float) -> None:
    """Wait for nothing: the child is asked again and again instead."""


def _duration_s(file: bytes) -> float:
    with av.open(io.BytesIO(file), "r") as container:
        duration = container.duration
    assert duration is not None, "a file that seeks has a duration"
    return duration / 1_000_000


def _verify(scene: Scene) -> list[str]:
    return list(_command(scene, "verify").output.splitlines()[:-1])


def _command(scene: Scene, name: str) -> Any:
    return scene.app.test_cli_runner().invoke(args=["recordings", name, scene.session_id])
