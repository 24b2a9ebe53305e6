"""Recordings on real servers, in both async modes: chunks by HTTP, wanted times by the live channel, joined by them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests

from proctor.records import Policy, Recording
from proctor.store import open_store
from tests.support import server as servers
from tests.support.live import WAIT_S, CandidatePage, Console, ExamApp, eventually
from tests.support.takes import CHUNK_TYPE, pieces, webm


@dataclass
class Scene:
    """A candidate of an exam that is recorded around flags."""

    page: CandidatePage
    console: Console

    def send(self, take: bytes) -> None:
        """Send a take of the camera as the page does."""
        take_id, offset = str(uuid.uuid4()), 0
        for seq, piece in enumerate(pieces(take)):
            query: dict[str, Any] = {"seq": seq, "offset": offset, "sha256": hashlib.sha256(piece).hexdigest()}
            path = f"/recordings/camera/{take_id}/chunks"
            answer = self.post(path, params=query | {"age_ms": 4_000}, data=piece, media_type=CHUNK_TYPE)
            assert answer.status_code == 200, answer.text
            offset = answer.json()["offset"]

    def post(self, path: str, *, media_type: str = "application/json", **sent: Any) -> requests.Response:
        """POST something of this candidate's."""
        headers = {"Origin": self.page.url, "X-CSRF-Token": self.page.csrf_token, "Content-Type": media_type}
        address = f"{self.page.url}/exam/{self.page.handle}{path}"
        return self.page.http.post(address, headers=headers, timeout=WAIT_S, **sent)

    def camera(self) -> dict[str, Any]:
        """Return what the console lists of the camera."""
        address = f"{self.page.url}/api/proctor/sessions/{self.page.session_id}/recordings"
        answer = requests.get(address, headers={"Authorization": f"Bearer {self.console.token}"}, timeout=WAIT_S)
        return dict(answer.json()["recordings"][0])


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def scene(request: pytest.FixtureRequest, mongodb_url: str) -> Iterator[Scene]:
    database = f"test_{uuid.uuid4().hex[:12]}"
    with servers.running(mongodb_url, database, PROCTOR_ASYNC_MODE=request.param) as running:
        store = open_store(mongodb_url, database)
        exam = store.exams.get_by_code("DEMO")
        assert exam
        store.exams.put(replace(exam, policy=Policy(recording=Recording.ON_FLAGS)))
        store.close()
        yield Scene(CandidatePage(running.url, ExamApp(running.url).join()), Console(running.url))
        assert "Traceback" not in running.log_text(), running.log_text()


def test_a_flag_tells_the_page_which_time_is_wanted_and_its_takes_are_joined(scene: Scene) -> None:
    socket = scene.page.connect()
    assert socket.next("footage")["times"] == [], "on connecting"

    event = {"event_type": "phone_detected", "payload": {"confidence": 0.9}}
    requests.post(f"{scene.page.url}/sessions/{scene.page.session_id}/events", json=event, timeout=WAIT_S)
    [wanted] = socket.next("footage", lambda told: told["times"])["times"]
    assert (set(wanted), wanted["until"]) == ({"id", "since", "until"}, None), "and nothing of what it is"
    socket.close()
    again = scene.page.connect()
    assert again.next("footage")["times"] == [wanted]
    again.close()

    scene.send(webm())
    assert scene.camera()["state"] == "receiving"
    ExamApp(scene.page.url).terminate(scene.page.session_id)
    assert scene.post("/recordings/complete", json={}).status_code == 200
    assert eventually(lambda: scene.camera()["state"] == "ready", within_s=20)
    assert scene.camera()["duration_s"] == pytest.approx(4, abs=0.2)
