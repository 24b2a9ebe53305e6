"""An administrator sets up an exam and a colleague; the colleague comes in; a candidate's data goes, with a receipt."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.e2e.test_accessibility import expect_accessible
from tests.support.exam_app import terminate

PASSWORD = "long enough for anybody"


def go(page: Page, place: str) -> None:
    """Choose a part of the administration."""
    page.get_by_role("navigation", name="Console").get_by_role("link", name="Administration").click()
    page.get_by_role("navigation", name="Administration").get_by_role("link", name=place).click()
    expect(page.get_by_role("navigation", name="Administration").locator("[aria-current]")).to_have_text(place)


def test_an_administrator_sets_up_and_cleans_up(cast: Cast, tmp_path: Path) -> None:
    cast.faults.expect("status of 422", "status of 403")
    page = cast.proctor().page

    make_an_exam(page)
    link = invite_a_reviewer(page)
    reviewer = accept(cast, link)
    grant_more_time(page)
    session_id = cast.session_of("Dora Dean", exam_code="STORY")

    reviewer.page.goto(f"/proctor/session/{session_id}")
    expect(reviewer.page.get_by_role("heading", level=1)).to_have_text("You may not open this")
    page.goto(f"/proctor/session/{session_id}")
    expect(page.get_by_text("8 more minutes")).to_be_visible()
    terminate(cast.server.url, session_id)

    receipt = delete_the_candidate(page, tmp_path)
    assert receipt["sessions"][0]["session"] == session_id
    read_the_log(page)


def make_an_exam(page: Page) -> None:
    """Make an exam by keyboard alone, with a mistake on the way."""
    go(page, "Exams")
    page.get_by_role("link", name="New exam").press("Enter")
    page.get_by_role("textbox", name="Title").fill("A story")
    page.get_by_role("textbox", name="Code").fill("STORY")
    page.get_by_role("textbox", name="Minutes").fill("half an hour")
    page.get_by_role("textbox", name="Minutes").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("textbox", name="Minutes")).to_have_accessible_description(re.compile("A whole number"))
    expect_accessible(page)
    page.get_by_role("textbox", name="Minutes").fill("30")
    page.get_by_role("checkbox", name="Use: Voice heard").press("Space")
    page.get_by_role("button", name="Make this exam").press("Enter")
    expect(page.locator(".banner--ok")).to_contain_text("Candidates join it with STORY")
    page.get_by_role("link", name="A story").click()
    expect(page.get_by_role("checkbox", name="Use: Voice heard")).not_to_be_checked()


def invite_a_reviewer(page: Page) -> str:
    """Invite somebody and return the link."""
    go(page, "Proctors")
    expect_accessible(page)
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Email address").fill("rita@example.org")
    page.get_by_role("radio", name="Reviewer").check()
    page.get_by_role("button", name="Make the account and its link").click()
    return page.locator("#link").inner_text()


def accept(cast: Cast, link: str) -> ProctorSteps:
    """Come in by the link, which leads to what waits for review."""
    reviewer = ProctorSteps(cast.someone())
    reviewer.page.goto(link)
    expect_accessible(reviewer.page)
    reviewer.page.get_by_label("Password", exact=True).fill(PASSWORD)
    reviewer.page.get_by_label("The same again").fill(PASSWORD)
    reviewer.page.get_by_role("button", name="Set the password").click()
    reviewer.try_to_sign_in("rita@example.org", PASSWORD)
    expect(reviewer.page).to_have_url(re.compile(r"/proctor/review"))
    expect(reviewer.page.get_by_role("navigation", name="Console")).not_to_contain_text("Administration")
    reviewer.page.goto("/proctor/account")
    expect_accessible(reviewer.page)
    return reviewer


def grant_more_time(page: Page) -> None:
    """Give a candidate who is not there yet a quarter more time."""
    go(page, "Accommodations")
    page.get_by_label("Exam", exact=True).select_option("STORY")
    page.get_by_role("textbox", name="Candidate").fill("Dora Dean")
    page.get_by_role("textbox", name="More time, in percent").fill("25")
    page.get_by_role("button", name="Grant it").click()
    expect(page.get_by_role("row", name=re.compile("Dora Dean"))).to_contain_text("25 % more time")
    expect_accessible(page)


def delete_the_candidate(page: Page, folder: Path) -> dict[str, list[dict[str, str]]]:
    """Delete everything about the candidate, and return the receipt as it is downloaded."""
    go(page, "Privacy")
    page.get_by_role("textbox", name="Candidate").fill("Dora Dean")
    page.get_by_role("button", name="Look up").click()
    expect_accessible(page)
    page.get_by_label("Type “Dora Dean” to confirm").fill("dora dean")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was deleted")
    page.get_by_label("Type “Dora Dean” to confirm").fill("Dora Dean")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator(".banner--ok")).to_contain_text("1 session was deleted")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the receipt").click()
    download.value.save_as(folder / "receipt.json")
    found: dict[str, list[dict[str, str]]] = json.loads((folder / "receipt.json").read_text(encoding="utf-8"))
    return found


def read_the_log(page: Page) -> None:
    """Find what has just been done."""
    go(page, "Audit log")
    expect_accessible(page)
    page.get_by_label("What", exact=True).select_option("candidate_deleted")
    page.get_by_role("button", name="Show").click()
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("proctor@test.com")
    expect(row.get_by_role("link", name="Receipt")).to_be_visible()
