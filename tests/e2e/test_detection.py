"""What the candidate's browser notices: a camera and a microphone play samples, the proctor's page has the flags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Playwright, expect

from proctor.records import ExamId, SessionId
from proctor.store import Store
from tests.e2e.cast import Stage
from tests.e2e.proctor_steps import ProctorSteps
from tests.support.browser import eventually, launched
from tests.support.hidden_tab import HiddenTab
from tests.support.pictures import FOLDER, Shot, filling, photograph, with_phone, write_clip
from tests.support.server import Server, running

CALM_S, EACH_S, BETWEEN_S = 22.0, 5.0, 4.0
ONE_ROUND_S = CALM_S + 3 * EACH_S + 2 * BETWEEN_S
SAID_BY_THE_MODELS = ("vision_wasm_module_internal.js", "Graph successfully started")
SOON = [{"after_s": 2, "severity": "medium"}]
RULES = {"no_face": {"steps": SOON}, "multiple_faces": {"steps": SOON}, "voice_detected": {"off": True}}
EXPECTED = ["no_face", "face_detected", "multiple_faces", "single_face", "phone_detected", "phone_gone"]


@pytest.fixture
def watching_server(mongodb_url: str, database: str, store: Store) -> Iterator[Server]:
    """Run a server of its own whose candidates' browsers watch, with an exam whose flags come soon."""
    with running(mongodb_url, database, PROCTOR_DETECTION="true") as server:
        exam = store.exams.get_by_code("DEMO")
        assert exam
        store.exams.put(replace(exam, id=ExamId("soon"), code="SOON", rules=RULES))
        yield server


def devices(folder: Path, shots: list[Shot]) -> tuple[str, ...]:
    return (
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={write_clip(folder / 'camera.mjpeg', shots)}",
        f"--use-file-for-fake-audio-capture={FOLDER / 'sample.wav'}",
    )


def story() -> list[Shot]:
    face = filling(photograph("astronaut.png"))
    empty = filling(photograph("motorcycle_left.png"))
    two = filling(photograph("zidane.jpg"))
    phone = with_phone(face, center=(110, 330), height=150)
    # Who leaves and what comes at the same moment may be noticed in either order, so the face is alone in between.
    alone = (face, BETWEEN_S)
    return [
        Shot(*shot) for shot in [(face, CALM_S), (empty, EACH_S), alone, (two, EACH_S), alone, (phone, EACH_S), alone]
    ]


def events_of(store: Store, session_id: str) -> list[str]:
    found = store.database["events"].find({"session_id": session_id, "source": "candidate"}).sort("timestamp", 1)
    return [str(event["event_type"]) for event in found]


def flags(proctor: ProctorSteps) -> Locator:
    return proctor.page.locator("#flags").get_by_role("listitem")


def test_face_empty_two_faces_phone_face_gives_exactly_these_events_flags_and_score(
    playwright: Playwright, stage: Stage, watching_server: Server, store: Store, tmp_path: Path
) -> None:
    with launched(playwright, *devices(tmp_path, story())) as chromium, stage(chromium, watching_server) as cast:
        cast.faults.expect(*SAID_BY_THE_MODELS)
        candidate, session_id = cast.candidate(), cast.session_of("Ann", exam_code="SOON")
        candidate.open(session_id)
        candidate.agree()
        expect(candidate.check("watch")).to_contain_text("Ready. It runs on your own device.", timeout=20_000)
        candidate.pass_check()
        candidate.start()
        proctor = cast.proctor()
        proctor.open(session_id)

        def noticed() -> list[str]:
            return [event for event in events_of(store, session_id) if event in EXPECTED or "away" in event]

        eventually(candidate.page, lambda: len(noticed()) >= len(EXPECTED), "all events", within_s=ONE_ROUND_S + 10)

        assert noticed() == EXPECTED
        assert "voice_detected" in events_of(store, session_id)
        for words in ("No face in view", "More than one person in view", "Phone in view"):
            expect(flags(proctor).filter(has_text=words).get_by_text("lasted")).to_be_visible()
        expect(flags(proctor)).to_have_count(3)
        expect(proctor.page.locator("[data-field=score]").first).to_have_text("72")


def test_what_happens_in_front_of_a_hidden_tab_is_noticed_as_well(
    playwright: Playwright, watching_server: Server, store: Store, tmp_path: Path
) -> None:
    face, empty = filling(photograph("astronaut.png")), filling(photograph("motorcycle_left.png"))
    with launched(playwright, *devices(tmp_path, [Shot(face, 9), Shot(empty, 5)])) as chromium:
        tab = HiddenTab(chromium, watching_server.url)
        session_id = tab.sit("SOON", "Ann")
        tab.hide()
        seen_before = events_of(store, session_id).count("no_face")
        shown_before = store.snapshots.latest([SessionId(session_id)])

        tab.wait_until(lambda: "tab_hidden" in events_of(store, session_id), within_s=10)
        tab.wait_until(lambda: events_of(store, session_id).count("no_face") > seen_before, within_s=30)

        assert store.snapshots.latest([SessionId(session_id)]) != shown_before, "pictures for the wall go on as well"
        assert tab.read("document.visibilityState") == "hidden"
