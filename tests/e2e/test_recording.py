"""An exam is recorded in a real browser, interrupted twice, sent to its end, and played by a proctor."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from proctor.domain import chain
from proctor.records import FootageKind, SessionId
from proctor.store import Store
from tests.e2e.cast import Cast
from tests.support.browser import eventually

OFFLINE_S = 5

# What a proctor's player does: read the length, go to the middle, show a picture there, and go on from it.
PLAY = """async (path) => {
  const video = document.createElement("video");
  const once = (name) => new Promise((resolve, reject) => {
    video.addEventListener(name, resolve, { once: true });
    video.addEventListener("error", () => reject(new Error(video.error.message)), { once: true });
  });
  video.muted = true;
  const loaded = once("loadedmetadata");
  video.src = path;
  document.body.append(video);
  await loaded;
  const middle = video.duration / 2;
  const seeked = once("seeked");
  video.currentTime = middle;
  await seeked;
  const at = video.currentTime;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const shades = new Set(context.getImageData(0, 0, canvas.width, canvas.height).data);
  await video.play();
  await new Promise((resolve) => setTimeout(resolve, 700));
  return { duration: video.duration, middle, at, shades: shades.size, after: video.currentTime };
}"""


def recordings(page: Page, session_id: str) -> list[dict[str, Any]]:
    answer = page.request.get(f"/api/proctor/sessions/{session_id}/recordings")
    assert answer.ok, answer.text()
    return list(answer.json()["recordings"])


def test_a_recording_survives_a_reload_and_an_outage_and_seeks(cast: Cast, server_store: Store) -> None:
    cast.faults.expect("ERR_INTERNET_DISCONNECTED")
    session_id = cast.session_of("Recorded")
    candidate, proctor = cast.candidate(), cast.proctor()

    def received() -> int:
        return sum(one["received_bytes"] for one in recordings(proctor.page, session_id))

    candidate.sit(session_id)
    expect(candidate.page.locator("#recording-sign")).to_have_text("Recorded")
    eventually(candidate.page, received, "the first chunk is at the server")
    candidate.page.reload()
    candidate.expect_connected()
    before = received()
    eventually(candidate.page, lambda: received() > before, "the recording goes on after the reload")
    candidate.page.context.set_offline(True)
    before = received()
    candidate.let_pass(OFFLINE_S)
    assert received() == before
    candidate.page.context.set_offline(False)
    eventually(candidate.page, lambda: received() > before, "what was recorded offline comes later")
    candidate.finish()
    candidate.expect_end("Your exam is finished")
    expect(candidate.page.locator("#upload")).to_contain_text("You may close this page.")

    eventually(proctor.page, lambda: recordings(proctor.page, session_id)[0]["state"] == "ready", "it is joined")
    [camera] = recordings(proctor.page, session_id)
    assert camera["chain_ok"]
    assert len(camera["segments"]) == 2, "the outage leaves no gap, the reload one"
    assert camera["segments"][1]["duration_s"] > OFFLINE_S
    played = proctor.page.evaluate(PLAY, camera["video_path"])
    assert played["duration"] == pytest.approx(camera["duration_s"], abs=0.2)
    assert played["at"] == pytest.approx(played["middle"], abs=0.1)
    assert played["shades"] > 50, "a ramp of greys is decoded there"
    assert played["after"] > played["at"] + 0.2
    chunks = server_store.chunks.of_kind(SessionId(session_id), FootageKind.CAMERA)
    assert len(chunks) >= 3
    assert chain.faults(chunks) == []


def test_a_recording_that_the_server_refuses_is_said_to_be_kept_and_is_sent_after_a_reload(cast: Cast) -> None:
    cast.faults.expect("401 (Unauthorized)")
    session_id = cast.session_of("Refused")
    candidate, proctor = cast.candidate(), cast.proctor()
    chunks = re.compile(r"/recordings/\w+/[\w-]+/chunks")
    candidate.page.route(chunks, lambda route: route.fulfill(status=401, json={"detail": "Unknown"}))
    candidate.sit(session_id)
    proctor.open(session_id)

    expect(candidate.page.locator("#recording-sign")).to_have_text("Recording not sent")
    expect(candidate.notices).to_contain_text("Your recording is not sent any more")
    expect(proctor.event("The recording is not sent any more")).to_be_visible()
    assert recordings(proctor.page, session_id) == []

    candidate.page.unroute(chunks)
    candidate.page.reload()
    candidate.expect_connected()
    expect(candidate.page.locator("#recording-sign")).to_have_text("Recorded")
    eventually(candidate.page, lambda: bool(recordings(proctor.page, session_id)), "what was kept is sent")
