"""An exam that asks for the screen: shared, watched, recorded, and reviewed beside the camera."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from proctor.domain.exam_clock import utc_now
from proctor.records import Exam, ExamId
from proctor.store import Store
from tests.e2e.cast import Cast, Stage
from tests.e2e.test_recording import recordings
from tests.support.browser import SCREEN_IS_SHARED, eventually, launched, with_devices
from tests.support.server import Server

IN_STEP_S = 0.2
# Both at once: between two questions they would play on.
SHOWN = """() => ["camera", "screen"].map((view) => document.querySelector(`[data-view=${view}] video`).currentTime)"""


@pytest.fixture
def exam_code(server_store: Store) -> str:
    """Give the code of an exam that asks for the screen, and records all."""
    exam = Exam(
        ExamId("screen"),
        "SCREEN",
        "Exam with screen",
        60,
        screen_required=True,
        join_by_hand=True,
        created_at=utc_now(),
    )
    server_store.exams.put(exam)
    return exam.code


def expect_in_step(page: Page, session_id: str) -> None:
    """Both pictures play, and show the same moment of the exam."""
    starts = {}
    for one in recordings(page, session_id):
        [segment] = one["segments"][:1]
        starts[one["kind"]] = datetime.fromisoformat(segment["starts_at"]).timestamp() - segment["offset_s"]
    before = page.evaluate(SHOWN)
    page.keyboard.press("Space")
    eventually(page, lambda: min(page.evaluate(SHOWN)) > max(before) + 1, "both pictures move")
    moments = [starts[kind] + at for kind, at in zip(("camera", "screen"), page.evaluate(SHOWN), strict=True)]
    page.keyboard.press("Space")
    assert all(abs(one - other) < IN_STEP_S for one, other in combinations(moments, 2)), moments


def test_a_screen_is_shared_watched_recorded_and_reviewed_in_step_with_the_camera(
    playwright: Playwright, server: Server, exam_code: str, stage: Stage, tmp_path: Path
) -> None:
    with launched(playwright, *with_devices(tmp_path), SCREEN_IS_SHARED) as browser, stage(browser, server) as cast:
        session_id = sit_and_share(cast, exam_code)
        page = cast.proctor().page
        eventually(page, lambda: all_ready(page, session_id), "both recordings can be played", within_s=20)
        page.goto(f"/proctor/review/{session_id}")
        for view in ("camera", "screen"):
            expect(page.locator(f"[data-view={view}]")).to_be_visible()
        expect_in_step(page, session_id)


def sit_and_share(cast: Cast, exam_code: str) -> str:
    """Sit an exam to its end, with a reload after which the screen is shared anew, watched by a proctor."""
    candidate, proctor = cast.candidate(), cast.proctor()
    session_id = cast.session_of("On screen", exam_code=exam_code)
    candidate.open(session_id)
    candidate.agree()
    expect(candidate.equipment).to_contain_text("Still open: Screen sharing.")
    candidate.equipment.get_by_role("button", name="Share my whole screen").click()
    candidate.pass_check()
    candidate.start()
    proctor.open(session_id)
    proctor.expect_live()
    proctor.expect_screen()
    candidate.let_pass(4)

    # After a reload the browser gives the screen only for a click; camera and microphone come back without.
    candidate.page.reload()
    candidate.expect_connected()
    expect(proctor.event("Screen sharing stopped")).to_be_visible()
    candidate.notices.get_by_role("button", name="Share my screen").click()
    proctor.expect_screen()
    candidate.finish()
    candidate.expect_end("Your exam is finished")
    expect(candidate.page.locator("#upload")).to_contain_text("You may close this page.")
    return session_id


def all_ready(page: Page, session_id: str) -> bool:
    found = recordings(page, session_id)
    return len(found) == 2 and all(one["state"] == "ready" for one in found)
