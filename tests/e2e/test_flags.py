"""Flags on the console: seen at once in the hall and beside the picture, handled, and remembered."""

from __future__ import annotations

import re
from dataclasses import replace

import requests
from playwright.sync_api import Locator, expect

from proctor.records import ExamId
from proctor.store import Store
from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.e2e.test_accessibility import expect_accessible

QUICK = {"no_face": {"steps": [{"after_s": 0.3, "severity": "medium"}, {"after_s": 2, "severity": "high"}]}}


def report(cast: Cast, session_id: str, event_type: str) -> None:
    event = {"event_type": event_type, "payload": {"confidence": 0.87}}
    requests.post(f"{cast.server.url}/sessions/{session_id}/events", json=event, timeout=5).raise_for_status()


def flag(proctor: ProctorSteps, words: str) -> Locator:
    return proctor.page.locator("#flags").get_by_role("listitem").filter(has_text=words)


def test_the_hall_puts_the_riskiest_first_as_flags_are_raised(cast: Cast) -> None:
    cast.session_of("Anna calm")
    risky = cast.session_of("Zoe risky")
    proctor = cast.proctor()
    first = proctor.page.locator("#wall > li").first
    proctor.page.get_by_label("Sound for new flags").check()

    report(cast, risky, "phone_detected")

    expect(proctor.row("Zoe risky").get_by_text("High · 1")).to_be_visible(timeout=2_000)
    expect(first).to_have_attribute("data-session-id", risky)
    expect(proctor.row("Zoe risky").locator("[data-field=score]")).to_have_text("85")
    expect(proctor.row("Anna calm").locator("[data-field=severity]")).to_be_hidden()
    expect(proctor.page.locator("#announcements")).to_have_text("High: Phone in view, Zoe risky")
    expect(proctor.page).to_have_title(re.compile(r"^\(1\) "))
    expect_accessible(proctor.page)

    proctor.page.reload()
    expect(proctor.page.get_by_label("Sound for new flags")).to_be_checked()


def test_a_flag_worsens_clears_and_is_dismissed_with_a_reason_by_keyboard(cast: Cast, server_store: Store) -> None:
    exam = server_store.exams.get_by_code("DEMO")
    assert exam
    server_store.exams.put(replace(exam, id=ExamId("quick"), code="QUICK", rules=QUICK))
    session_id, proctor = cast.session_of("Flagged", exam_code="QUICK"), cast.proctor()
    proctor.open(session_id)
    expect(proctor.page.get_by_text("Nothing has lasted long enough")).to_be_visible()

    report(cast, session_id, "no_face")
    found = flag(proctor, "No face in view")
    expect(found.get_by_text("Medium")).to_be_visible(timeout=2_500)
    expect(found.get_by_text("going on")).to_be_visible()
    expect(found.get_by_text("87 % sure")).to_be_visible()
    expect(found.get_by_text("High")).to_be_visible(timeout=4_000)
    report(cast, session_id, "face_detected")
    expect(found.get_by_text("lasted")).to_be_visible(timeout=2_000)

    found.get_by_role("button", name="Acknowledge").press("Enter")
    expect(found.get_by_text("Acknowledged by proctor@test.com")).to_be_visible()
    found.get_by_role("button", name="Dismiss").press("Enter")
    dialog = proctor.page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("The camera slipped")
    expect_accessible(proctor.page)
    dialog.get_by_role("button", name="Dismiss flag").press("Enter")

    expect(dialog).to_be_hidden()
    expect(found.get_by_text("Dismissed by proctor@test.com: The camera slipped")).to_be_visible()
    expect(proctor.page.locator("[data-field=score]")).to_have_text("100")
    proctor.page.reload()
    expect(found.get_by_text("The camera slipped")).to_be_visible()
