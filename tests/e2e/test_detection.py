"""What the candidate's browser notices: a camera and a microphone play samples, the database has the events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from proctor.store import Store
from tests.e2e.cast import Stage
from tests.support.browser import eventually, launched
from tests.support.pictures import FOLDER, Shot, filling, photograph, with_phone, write_clip
from tests.support.server import Server, running

CALM_S, EACH_S, BETWEEN_S = 22.0, 5.0, 4.0
ONE_ROUND_S = CALM_S + 3 * EACH_S + 2 * BETWEEN_S
SAID_BY_THE_MODELS = ("vision_wasm_module_internal.js", "Graph successfully started")


@pytest.fixture
def watching_server(mongodb_url: str, database: str) -> Iterator[Server]:
    """Run a server of its own whose candidates' browsers watch."""
    with running(mongodb_url, database, PROCTOR_DETECTION="true") as server:
        yield server


def camera_clip(folder: Path) -> Path:
    face = filling(photograph("astronaut.png"))
    empty = filling(photograph("motorcycle_left.png"))
    two = filling(photograph("zidane.jpg"))
    phone = with_phone(face, center=(110, 330), height=150)
    # Who leaves and what comes at the same moment may be noticed in either order, so the face is alone in between.
    alone = (face, BETWEEN_S)
    shots = [(face, CALM_S), (empty, EACH_S), alone, (two, EACH_S), alone, (phone, EACH_S)]
    return write_clip(folder / "camera.mjpeg", [Shot(*shot) for shot in shots])


def events_of(store: Store, session_id: str) -> list[str]:
    found = store.database["events"].find({"session_id": session_id, "source": "candidate"}).sort("timestamp", 1)
    return [str(event["event_type"]) for event in found]


def test_face_empty_two_faces_phone_face_gives_exactly_these_events(
    playwright: Playwright, stage: Stage, watching_server: Server, store: Store, tmp_path: Path
) -> None:
    expected = ["no_face", "face_detected", "multiple_faces", "single_face", "phone_detected", "phone_gone"]
    flags = (
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera_clip(tmp_path)}",
        f"--use-file-for-fake-audio-capture={FOLDER / 'sample.wav'}",
    )
    with launched(playwright, *flags) as chromium, stage(chromium, watching_server) as cast:
        cast.faults.expect(*SAID_BY_THE_MODELS)
        candidate = cast.candidate()
        session_id = cast.session_of("Ann")
        candidate.open(session_id)
        candidate.agree()
        expect(candidate.check("watch")).to_contain_text("Ready. It runs on your own device.", timeout=20_000)
        candidate.pass_check()
        candidate.start()

        def noticed() -> list[str]:
            return [event for event in events_of(store, session_id) if event in expected or "away" in event]

        eventually(candidate.page, lambda: len(noticed()) >= len(expected), "all events", within_s=ONE_ROUND_S + 10)
        assert noticed() == expected
        assert "voice_detected" in events_of(store, session_id)
