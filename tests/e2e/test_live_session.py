"""A proctor and a candidate, and two proctors among themselves, while an exam runs."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from proctor.domain.accounts import add_proctor
from proctor.domain.exam_clock import utc_now
from proctor.domain.passwords import Passwords
from proctor.store import Store
from tests.e2e.candidate_steps import CandidateSteps
from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.support.browser import PHONE, eventually

PASSWORD = "correct horse battery"


def chat_of(steps: CandidateSteps | ProctorSteps) -> Locator:
    return steps.page.locator("#chat").get_by_role("listitem")


def write(candidate: CandidateSteps, words: str) -> None:
    candidate.page.get_by_label("Your message").fill(words)
    candidate.page.keyboard.press("Enter")


def expect_evidence(proctor: ProctorSteps, holds: str, selector: str) -> None:
    """A picture or clip among the evidence has really come."""
    proctor.tab("Evidence").click()
    shown = proctor.page.locator(f"#evidence {selector}")
    eventually(proctor.page, lambda: shown.evaluate(holds), f"the {selector} is seen")


def test_proctor_and_candidate_write_to_each_other_and_a_hand_is_seen(cast: Cast) -> None:
    candidate, proctor = cast.candidate(**PHONE), cast.proctor()
    session_id = cast.session_of("Writer")
    candidate.sit(session_id)
    proctor.open(session_id)
    proctor.expect_live()
    expect(proctor.page.locator("#quality")).to_contain_text("connection")

    proctor.page.keyboard.press("c")
    proctor.page.keyboard.type("You may use paper.")
    proctor.page.keyboard.press("Enter")
    expect(candidate.notices).to_contain_text("You may use paper.")
    expect(candidate.page.locator("#chat-unread")).to_have_text("1 new")
    candidate.notices.get_by_role("button", name="Open the chat").click()
    expect(candidate.page.locator("#chat-unread")).to_be_hidden()
    proctor.tab("Record").click()
    write(candidate, "Thank you!\nMay I open the window?")
    expect(proctor.page.locator("#chat-unread")).to_have_text("1 new")
    proctor.tab("Chat").click()
    expect(chat_of(proctor)).to_contain_text(["You may use paper.", "May I open the window?"])
    expect(chat_of(proctor).first).to_contain_text("Delivered")

    candidate.page.keyboard.press("Escape")
    candidate.page.get_by_role("button", name="Raise hand").click()
    expect(proctor.page.get_by_text("Hand raised", exact=True).first).to_be_visible()
    candidate.page.on("dialog", lambda dialog: dialog.accept())
    candidate.page.reload()
    candidate.expect_connected()
    candidate.page.get_by_role("button", name="Chat").click()
    expect(chat_of(candidate)).to_contain_text(["You may use paper.", "Thank you!"])
    expect(candidate.page.get_by_role("button", name="Lower hand")).to_be_visible()
    proctor.page.get_by_role("button", name="Lower").click()
    expect(candidate.page.get_by_role("button", name="Raise hand")).to_be_visible()


def test_a_photo_and_a_room_scan_are_asked_for_taken_and_seen(cast: Cast) -> None:
    candidate, proctor, session_id = cast.candidate(), cast.proctor(), cast.session_of("Shown")
    candidate.sit(session_id)
    proctor.open(session_id)
    proctor.ask("identity photo", "With your student card, please.")

    request = candidate.page.get_by_role("dialog", name="Your proctor asks for a photo")
    expect(request).to_contain_text("With your student card, please.")
    candidate.page.on("dialog", lambda dialog: dialog.accept())
    candidate.page.reload()
    candidate.page.route("**/evidence?*", lambda route: route.abort(), times=1)
    cast.faults.expect("net::ERR_FAILED")
    request.get_by_role("button", name="Take the photo").click()
    request.get_by_role("button", name="Take it again").click()
    request.get_by_role("button", name="Take the photo").click()
    request.get_by_role("button", name="Send").click()
    expect(request).to_be_hidden()
    expect_evidence(proctor, "image => image.naturalWidth > 0", "img")
    proctor.tab("Record").click()
    proctor.expect_delivery("Identity photo asked for", "Answered")
    expect(proctor.event("Identity photo received")).to_be_visible()

    proctor.ask("room scan")
    scan = candidate.page.get_by_role("dialog", name="Your proctor asks to see your room")
    candidate.page.clock.install()
    scan.get_by_role("button", name="Begin").click()
    expect(scan).to_contain_text("Turn slowly to the left")
    candidate.let_pass(1.5)  # the camera keeps its own time, whatever the page's clock says
    candidate.page.clock.run_for(9_500)
    expect(scan).to_contain_text("Now your desk")
    candidate.page.clock.run_for(10_000)
    scan.get_by_role("button", name="Send").click()
    expect(proctor.event("Room scan received")).to_be_visible()
    expect_evidence(proctor, "video => video.videoWidth > 0", "video")


def test_a_session_is_handed_over_bookmarked_and_ended_with_a_reason(cast: Cast, server_store: Store) -> None:
    add_proctor("bea@test.com", PASSWORD, None, store=server_store, passwords=Passwords(), now=utc_now())
    session_id = cast.session_of("Handed over")
    candidate, proctor, bea = cast.candidate(), cast.proctor(), ProctorSteps(cast.someone())
    candidate.sit(session_id)
    bea.sign_in("bea@test.com", PASSWORD)
    proctor.open(session_id)
    expect(proctor.page.locator("#watching")).to_have_text("Only you")

    proctor.open_menu()
    proctor.page.get_by_role("button", name="Hand over to a colleague").click()
    question = proctor.page.get_by_role("dialog", name="Hand over to a colleague")
    question.get_by_label("Who looks after it").select_option("bea@test.com")
    question.get_by_label("Words for them").fill("Mind the door.")
    question.get_by_role("button", name="Hand over").click()
    expect(proctor.page.locator("#assigned")).to_have_text("bea@test.com")
    notice = bea.page.locator("#handover-notices")
    expect(notice).to_contain_text("proctor@test.com handed Handed over over to you")
    expect(notice).to_contain_text("Mind the door.")
    notice.get_by_role("link", name="Open the session").click()
    expect(bea.page.locator("#assigned")).to_have_text("You")
    expect(bea.page.locator("#watching")).to_have_text("proctor@test.com")
    expect(proctor.page.locator("#watching")).to_have_text("bea@test.com")

    bea.page.keyboard.press("b")
    bea.page.get_by_label("What was it?").fill("Someone came in")
    bea.page.keyboard.press("Enter")
    expect(proctor.event("Bookmark")).to_contain_text("Someone came in")
    proctor.page.get_by_label("Why, for the candidate").fill("A technician looks at your network.")
    proctor.pause()
    expect(candidate.pause_cover).to_contain_text("A technician looks at your network.")
    bea.terminate("Another person answered for you.")
    candidate.expect_end("Your proctor ended this exam")
    expect(candidate.page.locator("#end-reason")).to_have_text("Another person answered for you.")
    expect(bea.event("Exam terminated")).to_contain_text("Another person answered for you.")
