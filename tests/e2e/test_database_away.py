"""MongoDB is gone for a while: every page says so in words, and all goes on when it is back."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from proctor.runtime.mongod import EmbeddedMongod
from tests.e2e.cast import Stage
from tests.support.server import running

ANSWER_WITHIN_S = 3
PAGES = ("/entry?session_id=any", "/exam/any", "/proctor/session/any")


def test_pages_answer_in_words_while_the_database_is_away_and_recover_by_themselves(
    chromium: Browser, stage: Stage, tmp_path: Path
) -> None:
    with (
        EmbeddedMongod(tmp_path) as mongod,
        running(mongod.url, "test_away") as server,
        stage(chromium, server) as cast,
    ):
        cast.faults.expect("status of 503", "status of 404")
        session_id = cast.session_of("Patient")
        candidate, proctor, visitor = cast.candidate(), cast.proctor(), cast.proctor()
        candidate.sit(session_id)
        proctor.open(session_id)
        proctor.expect_live()

        mongod.stop()
        for path in PAGES:
            _says_that_it_passes(visitor.page, path)
        late = cast.candidate()
        _says_that_it_passes(late.page, f"/entry?session_id={cast.session_of('Late')}")
        proctor.warn("Can you hear me?")
        expect(proctor.page.get_by_text("The server could not take it. Press again")).to_be_visible()
        expect(candidate.warning).to_be_hidden()
        # Media goes from browser to browser, so the picture needs no database.
        proctor.expect_live()

        mongod.start()
        expect(late.page.get_by_role("heading", name="Demo Exam")).to_be_visible(timeout=15_000)
        proctor.page.get_by_role("button", name="Send warning").click()
        candidate.expect_warning("Can you hear me?")
        candidate.confirm_warning()
        expect(proctor.event("Can you hear me?")).to_have_count(1)
        proctor.expect_delivery("Can you hear me?", "Read by the candidate")
        expect(candidate.page.locator("#link-state")).to_have_text("Connected")
        visitor.page.goto("/proctor/sessions")
        expect(visitor.row("Patient")).to_contain_text("Online")


def _says_that_it_passes(page: Page, path: str) -> None:
    began = time.monotonic()
    answer = page.goto(path)
    took_s = time.monotonic() - began
    assert answer is not None
    assert (path, answer.status) == (path, 503)
    assert took_s < ANSWER_WITHIN_S, path
    expect(page.get_by_role("main")).to_contain_text("This usually passes by itself")
