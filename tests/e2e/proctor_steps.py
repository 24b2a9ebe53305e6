"""The console, as a proctor uses it."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from migrations_seed import DEMO_EMAIL, DEMO_PASSWORD
from tests.support.browser import eventually, received

PICTURE_WITHIN_S = 10


class ProctorSteps:
    """One proctor in one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # Signing in and out

    def sign_in(self, email: str = DEMO_EMAIL, password: str = DEMO_PASSWORD) -> None:
        """Sign in, which leads to the hall."""
        self.try_to_sign_in(email, password)
        expect(self.page).to_have_url(re.compile(r"/proctor/sessions"))

    def try_to_sign_in(self, email: str, password: str) -> None:
        """Fill and send the login form."""
        self.page.goto("/proctor/login")
        self.page.get_by_label("Email address").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def sign_out(self) -> None:
        """Leave the console."""
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page).to_have_url(re.compile(r"/proctor/login"))

    # The hall

    def row(self, candidate: str) -> Locator:
        """The candidate's tile on the wall, or their line in the list."""
        link = self.page.get_by_role("link", name=candidate, exact=True)
        return self.page.locator("#wall > li, #sessions tbody > tr").filter(has=link)

    def open_from_hall(self, candidate: str) -> None:
        """Go to the candidate's session by their name in the list."""
        self.row(candidate).get_by_role("link").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(candidate)

    def open(self, session_id: str) -> None:
        """Go to a session by its address."""
        self.page.goto(f"/proctor/session/{session_id}")

    # One session

    @property
    def stage(self) -> Locator:
        return self.page.get_by_role("region", name="Live view")

    @property
    def status(self) -> Locator:
        return self.page.locator("#status")

    @property
    def record(self) -> Locator:
        return self.page.locator("#record")

    def event(self, words: str) -> Locator:
        """The lines of the record that have these words in them, newest first."""
        return self.record.get_by_role("listitem").filter(has_text=words)

    def expect_live(self, *, within_s: float = PICTURE_WITHIN_S) -> None:
        """Picture and sound arrive, and go on arriving."""
        expect(self.stage).to_have_attribute("data-state", "live", timeout=within_s * 1_000)
        before = received(self.page)

        def has_grown() -> bool:
            now = received(self.page)
            return now.frames >= before.frames + 3 and now.sound_bytes > before.sound_bytes

        eventually(self.page, has_grown, "picture and sound grow", within_s=PICTURE_WITHIN_S)

    def expect_new_picture(self, from_peer: int) -> None:
        """Picture and sound arrive over a connection opened after the first ``from_peer`` ones."""

        def has_arrived() -> bool:
            now = received(self.page, from_peer=from_peer)
            return now.frames > 0 and now.sound_bytes > 0

        eventually(self.page, has_arrived, "the picture comes back", within_s=PICTURE_WITHIN_S)

    def expect_screen(self) -> None:
        """The candidate's screen is shown beside the camera's picture."""
        screen = self.page.locator("video#screen")
        expect(screen).to_be_visible()
        begun = "video => video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && video.videoWidth > 0"
        eventually(self.page, lambda: screen.evaluate(begun), "the screen is shown", within_s=PICTURE_WITHIN_S)

    def expect_picture(self) -> None:
        """The first frame of the camera is painted."""
        expect(self.stage).to_have_attribute("data-picture", "", timeout=PICTURE_WITHIN_S * 1_000)

    def warn(self, words: str) -> None:
        """Send a warning."""
        self.page.get_by_label("Warn the candidate").fill(words)
        self.page.get_by_role("button", name="Send warning").click()

    def expect_delivery(self, words: str, stage: str) -> None:
        """The record says of the action with these words how far it has come: Sent, Delivered or Read."""
        expect(self.event(words).locator("[data-field=delivery]")).to_have_text(stage)

    def pause(self) -> None:
        """Pause the exam."""
        self.page.get_by_role("button", name="Pause").click()

    def resume(self) -> None:
        """Let it go on."""
        self.page.get_by_role("button", name="Resume").click()

    def extend(self, minutes: int) -> None:
        """Give more time."""
        self.page.get_by_label("Minutes to add").fill(str(minutes))
        self.page.get_by_role("button", name="Add minutes").click()

    def note(self, words: str) -> None:
        """Write a note."""
        self.page.get_by_label("Note for the record").fill(words)
        self.page.get_by_role("button", name="Save note").click()

    def ask_to_terminate(self) -> Locator:
        """Press Terminate; return the question it asks first."""
        self.page.get_by_role("button", name="Terminate").click()
        question = self.page.get_by_role("dialog", name=re.compile("End the exam of"))
        expect(question).to_be_visible()
        return question

    def terminate(self, reason: str) -> None:
        """End the exam."""
        question = self.ask_to_terminate()
        question.get_by_label("Reason").fill(reason)
        question.get_by_role("button", name="End the exam").click()

    def tab(self, name: str) -> Locator:
        """One of the tabs beside the picture: Record, Chat, Evidence, Score."""
        return self.page.get_by_role("tab", name=name)

    def write(self, words: str) -> None:
        """Write to the candidate, whose chat then stays open."""
        self.tab("Chat").click()
        self.page.get_by_label("Write to the candidate").fill(words)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#chat")).to_contain_text(words)

    def ask(self, what: str, words: str = "") -> None:
        """Ask the candidate to show something: an identity photo, or a room scan."""
        self.open_menu()
        self.page.get_by_role("button", name=re.compile(f"Ask for an? {what}")).click()
        question = self.page.get_by_role("dialog", name=re.compile(what))
        question.get_by_label("Your words").fill(words)
        question.get_by_role("button", name="Ask for the").click()
        expect(question).to_be_hidden()

    def open_menu(self) -> None:
        """Open the menu of what is done more seldom."""
        self.page.locator("#more summary").click()

    def release(self) -> None:
        """Let the candidate go on with another device."""
        self.open_menu()
        self.page.get_by_role("button", name="Move to another device").click()
        question = self.page.get_by_role("dialog", name=re.compile("another device"))
        question.get_by_role("button", name="Allow another device").click()
        expect(question).to_be_hidden()

    def session(self, session_id: str) -> dict[str, Any]:
        """Ask the JSON API for the session, as this proctor."""
        answer = self.page.request.get(f"/api/proctor/sessions/{session_id}")
        assert answer.ok, answer.status_text
        found: dict[str, Any] = answer.json()
        return found
