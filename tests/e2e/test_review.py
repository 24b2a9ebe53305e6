"""A recorded exam is reviewed: seen by marks and keys, noted, given to a second reviewer, decided and taken along."""

from __future__ import annotations

import io
import json
import re
import zipfile

import requests
from playwright.sync_api import Locator, Page, Route, expect

from proctor.domain.passwords import Passwords
from proctor.records import ProctorId
from proctor.store import Store
from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.e2e.test_accessibility import expect_accessible
from tests.e2e.test_recording import recordings
from tests.support.browser import eventually
from tests.support.factories import make_proctor

NAME = 'Reviewed <img src="x" onerror="alert(1)">'
SECOND, PASSWORD = "second@test.com", "correct horse battery"
AT = "() => Number(document.querySelector('#plot').getAttribute('aria-valuenow'))"
LOADED = "() => document.querySelector('[data-view=camera] video').readyState >= HTMLMediaElement.HAVE_CURRENT_DATA"
SHOWN_S = "() => document.querySelector('[data-view=camera] video').currentTime"


def report(cast: Cast, session_id: str, event_type: str) -> None:
    url = f"{cast.server.url}/sessions/{session_id}/events"
    requests.post(url, json={"event_type": event_type}, timeout=5).raise_for_status()


def record_an_exam(cast: Cast, proctor: ProctorSteps, name: str) -> str:
    """Sit an exam with a phone in it, interrupted by a reload, and wait until its recording can be played."""
    session_id, candidate = cast.session_of(name), cast.candidate()
    candidate.sit(session_id)
    candidate.let_pass(3)
    report(cast, session_id, "phone_detected")
    candidate.let_pass(1)
    report(cast, session_id, "phone_gone")
    candidate.page.reload()
    candidate.expect_connected()
    candidate.let_pass(3)
    candidate.finish()
    candidate.expect_end("Your exam is finished")
    expect(candidate.page.locator("#upload")).to_contain_text("You may close this page.")

    def state() -> str:
        return str(recordings(proctor.page, session_id)[0]["state"])

    eventually(proctor.page, lambda: state() == "ready", "the recording can be played")
    return session_id


def moment(page: Page, words: str) -> Locator:
    return page.locator("#marks").get_by_role("button").filter(has_text=words)


def verdict(page: Page) -> Locator:
    return page.get_by_role("region", name="Verdict", exact=True)


def decide(page: Page, choice: str, comment: str = "") -> None:
    verdict(page).get_by_role("radio", name=choice).check()
    verdict(page).get_by_role("textbox").fill(comment)
    verdict(page).get_by_role("button").click()


def look_at_it(page: Page) -> None:
    """Go to a mark, let it play, and go on by keys."""
    moment(page, "Phone in view").click()
    jumped_s, before = page.evaluate(AT), page.evaluate(SHOWN_S)
    expect(moment(page, "Phone in view")).to_have_attribute("aria-current", "true")
    page.keyboard.press("Space")
    eventually(page, lambda: page.evaluate(SHOWN_S) > before + 0.3, "the picture moves")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_enabled()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(AT) <= max(jumped_s, 1)
    page.keyboard.press("j")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    dialog.get_by_role("checkbox").uncheck()
    expect_accessible(page)
    page.keyboard.press("Escape")
    page.reload()
    expect(moment(page, "Phone in view")).to_be_visible()
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Keys").click()
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Close").click()


def bookmark(page: Page) -> None:
    """Set one by its key from an entry, with a note half written: neither the place nor the draft is lost."""
    draft = page.get_by_label("Note, or name of a bookmark")
    draft.fill("Half written")
    moment(page, "Phone in view").press("b")
    expect(moment(page, "Bookmark")).to_be_visible()
    expect(moment(page, "Phone in view")).to_be_focused()
    expect(draft).to_have_value("Half written")
    draft.fill("")


def note(page: Page, words: str) -> None:
    moment(page, "Phone in view").click()
    page.keyboard.press("n")
    page.keyboard.type(words)
    page.get_by_role("button", name="Save note").click()
    expect(moment(page, words)).to_be_visible()


def ask_for_a_second_review(page: Page) -> None:
    """Everything but clear needs a comment, and who asks for a second review cannot decide."""
    decide(page, "Suspicious")
    expect(page.locator("#verdict-badge")).to_have_text("Not reviewed")
    decide(page, "Second review", "I cannot tell what it shows.")
    expect(page.locator("#verdict-badge")).to_have_text("Second review")
    expect(verdict(page).get_by_text("somebody else must decide")).to_be_visible()


def expect_what_is_left_out_to_be_told(page: Page) -> None:
    """Of more marks than a timeline has, the page says how many it does not show."""
    told = page.get_by_text("7 more are neither listed nor in the timeline")
    expect(told).to_be_hidden()

    def leave_out(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"left_out": 7})

    page.route("**/timeline", leave_out)
    page.reload()
    expect(told).to_be_visible()
    page.unroute("**/timeline")


def expect_a_lost_login_to_be_told_from_a_broken_file(page: Page) -> None:
    """What does not load for want of a login says so, and comes by itself once there is one."""
    videos = "**/videos/*"
    page.route(videos, lambda route: route.fulfill(status=401, json={"detail": "Sign in first."}))
    page.reload()
    expect(page.get_by_text("The recording was not loaded: you are signed out.")).to_be_visible()
    page.unroute(videos)
    expect(page.locator("[data-view=camera]")).to_be_visible(timeout=10_000)
    eventually(page, lambda: page.evaluate(LOADED), "the picture is there")
    expect(page.locator("#recording-state")).to_be_hidden()


def expect_bundle(page: Page, session_id: str) -> None:
    """The evidence bundle holds the recording as it was stored."""
    bundle = page.request.get(f"/api/proctor/sessions/{session_id}/bundle.zip")
    manifest = json.loads(zipfile.ZipFile(io.BytesIO(bundle.body())).read("manifest.json"))
    stored = {entry["name"]: entry["is_as_stored"] for entry in manifest["files"]}
    assert (stored["recordings/camera.webm"], manifest["missing"]) == (True, [])


def test_a_recording_is_reviewed_by_two_people_and_taken_along(cast: Cast, server_store: Store) -> None:
    account = make_proctor(id=ProctorId("second"), email=SECOND, password_hash=Passwords().hash(PASSWORD))
    server_store.proctors.add_if_new(account)
    proctor = cast.proctor()
    session_id = record_an_exam(cast, proctor, NAME)
    page = proctor.page
    proctor.open(session_id)
    page.get_by_role("link", name="Open the review").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.locator("[data-view=camera]")).to_be_visible()
    look_at_it(page)
    bookmark(page)
    note(page, "</script><b>Is it switched on?</b>")
    expect_accessible(page)
    expect_what_is_left_out_to_be_told(page)
    cast.faults.expect("401 (Unauthorized)")
    expect_a_lost_login_to_be_told_from_a_broken_file(page)
    ask_for_a_second_review(page)

    second = ProctorSteps(cast.someone())
    second.sign_in(SECOND, PASSWORD)
    second.page.goto("/proctor/review?verdict=second_review")
    expect_accessible(second.page)
    second.page.get_by_role("link", name=NAME, exact=True).click()
    decide(second.page, "Violation", "A phone, switched on.")
    expect(second.page.locator("#verdict-badge")).to_have_text("Violation")
    expect(verdict(second.page).get_by_role("listitem")).to_have_text(
        [re.compile(r"Second review.*proctor@test\.com", re.DOTALL), re.compile(rf"Violation.*{SECOND}", re.DOTALL)]
    )
    second.page.get_by_role("link", name="Next in queue").click()
    expect(second.page).not_to_have_url(re.compile(session_id))
    expect_bundle(second.page, session_id)
