"""The wall: a hall of simulated candidates at a glance, one real one live, and an exam paused as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, expect

from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.e2e.test_accessibility import expect_accessible
from tests.support.browser import eventually
from tests.support.hall import Hall

NAMES = [f"Candidate {number:02}" for number in range(30)]


@contextmanager
def seated(cast: Cast, names: list[str]) -> Iterator[Hall]:
    """Seat simulated candidates for as long as the story needs them."""
    hall = Hall(cast.server.url, names)
    try:
        hall.show()
        yield hall
    finally:
        hall.close()


def tiles(proctor: ProctorSteps) -> Locator:
    return proctor.page.locator("#wall > li")


def first_names(proctor: ProctorSteps, count: int) -> list[str]:
    return [link.inner_text() for link in tiles(proctor).get_by_role("link").all()[:count]]


def shows_picture(tile: Locator) -> bool:
    return bool(tile.locator("img").evaluate("image => !image.hidden && image.src.startsWith('data:image/jpeg')"))


def test_a_hall_of_thirty_shows_the_riskiest_first_and_leads_to_them(cast: Cast) -> None:
    with seated(cast, NAMES) as hall:
        hall["Candidate 17"].report("phone_detected")
        proctor = cast.proctor()
        page = proctor.page
        expect(tiles(proctor)).to_have_count(30)
        expect(tiles(proctor).first).to_contain_text("Candidate 17")
        expect(tiles(proctor).first).to_contain_text("High · 1")
        eventually(page, lambda: shows_picture(proctor.row("Candidate 00")), "the latest picture is shown at once")

        feed = page.get_by_role("complementary", name="Open flags")
        expect(feed.get_by_role("listitem")).to_have_count(1)
        hall["Candidate 23"].report("phone_detected", "multiple_faces")
        expect(tiles(proctor).first).to_contain_text("Candidate 23")
        expect(feed).to_contain_text("Go to Candidate 23")

        page.get_by_label("Flags", exact=True).select_option("any")
        expect(tiles(proctor)).to_have_count(2)
        expect(page).to_have_url(re.compile("flag=any"))
        page.get_by_role("searchbox", name="Search by candidate").fill("17")
        expect(tiles(proctor)).to_have_count(1)
        page.reload()
        expect(tiles(proctor)).to_have_count(1)
        item = feed.get_by_role("listitem").filter(has_text="Go to Candidate 17")
        item.get_by_role("button", name="Acknowledge").click()
        expect(item).to_have_count(0)
        expect(page.get_by_role("heading", name="No session matches")).to_be_visible()
        feed.get_by_role("link", name="Go to Candidate 23").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Candidate 23")


def test_tiles_stand_still_while_somebody_points_at_them_and_are_walked_through_by_keyboard(cast: Cast) -> None:
    with seated(cast, ["Ann", "Ben", "Cem"]) as hall:
        proctor = cast.proctor()
        page = proctor.page
        expect(tiles(proctor)).to_have_count(3)
        expect(page.get_by_role("button", name="Whole exam")).to_be_enabled()
        tiles(proctor).nth(0).hover()
        hall["Cem"].report("phone_detected")
        expect(proctor.row("Cem")).to_contain_text("High · 1")
        assert first_names(proctor, 3) == ["Ann", "Ben", "Cem"]
        page.get_by_role("heading", level=1).hover()
        expect(tiles(proctor).first).to_contain_text("Cem")

        tiles(proctor).first.get_by_role("link").focus()
        page.keyboard.press("ArrowRight")
        expect(proctor.row("Ann").get_by_role("link")).to_be_focused()
        page.keyboard.press("p")
        expect(page.get_by_role("region", name="Pinned candidates")).to_contain_text("Ann")
        expect_accessible(page)
        page.keyboard.press("End")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Ben")


def test_a_candidate_is_seen_live_in_their_tile_and_a_whole_exam_is_paused_and_told_something(cast: Cast) -> None:
    with seated(cast, ["Simulated"]):
        candidate, proctor = cast.candidate(), cast.proctor()
        candidate.sit(cast.session_of("Real"))
        page, tile = proctor.page, proctor.row("Real")
        eventually(page, lambda: shows_picture(tile), "the browser sends pictures by itself", within_s=15)
        tile.hover()
        expect(tile).to_have_attribute("data-live", "live")
        moves = (
            "video => !video.hidden && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0"
        )
        eventually(page, lambda: tile.locator("video").evaluate(moves), "live video plays in the tile")
        page.get_by_role("heading", level=1).hover()
        expect(candidate.page.locator("html")).to_have_attribute("data-viewers", "0")

        tile.hover()
        page.get_by_role("button", name="Pin Real").click()
        page.get_by_role("button", name="Sound of Real").click()
        heard = "video => !video.muted && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA"
        pinned = page.get_by_role("region", name="Pinned candidates").locator("video")
        eventually(page, lambda: pinned.evaluate(heard), "the pinned candidate is seen and heard")

        act_on_exam(proctor, "Pause", "A fire drill.", "Pause the exam", "for 2 candidates")
        expect(candidate.pause_cover).to_contain_text("A fire drill.")
        expect(proctor.row("Simulated")).to_contain_text("Paused")
        act_on_exam(proctor, "Resume", None, "Resume the exam", "for 2 candidates")
        expect(candidate.pause_cover).to_be_hidden()
        act_on_exam(proctor, "Send a message", "Read 40 for 4.", "Send message", "to 2 candidates")
        expect(candidate.page.get_by_role("region", name="Notices")).to_contain_text("Read 40 for 4.")


def act_on_exam(proctor: ProctorSteps, what: str, message: str | None, sure: str, question: str) -> None:
    """Do something to everyone in the demo exam, after the question how many that are."""
    proctor.page.get_by_role("button", name="Whole exam").click()
    dialog = proctor.page.get_by_role("dialog", name="Whole exam")
    dialog.get_by_label("Exam", exact=True).select_option("DEMO")
    dialog.get_by_label(what, exact=True).check()
    if message is not None:
        dialog.get_by_label("Message to the candidates").fill(message)
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog).to_contain_text(question)
    if message is not None:
        expect_accessible(proctor.page)
    dialog.get_by_role("button", name=sure).click()
    expect(dialog).to_contain_text("Done for 2 candidates.")
    dialog.get_by_role("button", name="Close").click()
