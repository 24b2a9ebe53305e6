"""The candidate's pages, as a candidate uses them."""

from __future__ import annotations

import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

MOST_TABS = 20
EXAM_ADDRESS = re.compile(r"/exam/[0-9a-f]+$")


class CandidateSteps:
    """One candidate in one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # Ways in

    def join_by_hand(self, name: str, exam_code: str = "DEMO") -> None:
        """Fill the join form."""
        self.page.goto("/join")
        self.page.get_by_label("Exam code").fill(exam_code)
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Continue").click()

    def start_in_exam_app(self, url: str, name: str) -> None:
        """Start the exam in the exam app, which sends the candidate on to us."""
        self.page.goto(url)
        self.page.get_by_label("Your name").fill(name)
        self.page.get_by_role("button", name="Start exam").click()

    # The steps before the exam

    def agree(self) -> None:
        """Read what is recorded, and agree."""
        self.page.get_by_role("checkbox", name=re.compile("I have read this")).check()
        self.consent.get_by_role("button", name="Continue").click()

    def pass_check(self) -> None:
        """Wait until the equipment works, and go on."""
        expect(self.equipment).to_contain_text("Everything works.")
        self.equipment.get_by_role("button", name="Continue").click()

    def start(self) -> None:
        """Press Start, and wait until the exam is open and connected."""
        self.page.get_by_role("button", name="Start the exam").click()
        self.expect_connected()

    def go_in(self) -> None:
        """All steps from the consent to the open exam."""
        self.agree()
        self.pass_check()
        self.start()

    def sit(self, session_id: str, return_url: str | None = None) -> None:
        """Open the session's link and go all the way into the exam."""
        self.open(session_id, return_url)
        self.go_in()

    def open(self, session_id: str, return_url: str | None = None) -> int:
        """Open the link an exam app sends candidates to; return the answer's status."""
        query = f"session_id={session_id}" + (f"&return_url={return_url}" if return_url else "")
        answer = self.page.goto(f"/entry?{query}")
        assert answer is not None
        return answer.status

    @property
    def consent(self) -> Locator:
        return self.page.locator("#step-consent")

    @property
    def equipment(self) -> Locator:
        return self.page.locator("#step-check")

    def check(self, name: str) -> Locator:
        """The row of one check: browser, camera, microphone, screen or network."""
        return self.page.locator(f'[data-check="{name}"]')

    # The exam

    @property
    def exam(self) -> FrameLocator:
        """The exam app's page inside ours."""
        return self.page.frame_locator("#frame-holder iframe")

    @property
    def content(self) -> Locator:
        """Whatever the exam is: the app's frame, the panel of its window, or the camera's picture."""
        return self.page.locator("#exam-content")

    @property
    def warning(self) -> Locator:
        return self.page.get_by_role("dialog", name="A message from your proctor")

    @property
    def request(self) -> Locator:
        """What the proctor asks to be shown."""
        return self.page.locator("dialog#request")

    @property
    def pause_cover(self) -> Locator:
        return self.page.locator("#pause-cover")

    @property
    def stopped_cover(self) -> Locator:
        return self.page.locator("#stopped-cover")

    @property
    def time_left(self) -> Locator:
        return self.page.get_by_role("timer")

    @property
    def notices(self) -> Locator:
        return self.page.get_by_role("region", name="Notices")

    def let_pass(self, seconds: float) -> None:
        """Do nothing for so long, to see that nothing happens meanwhile."""
        self.page.wait_for_timeout(seconds * 1_000)

    def lose_pretended_focus(self) -> None:
        """Playwright tells every page that it has the focus; from now on this one sees whether it does."""
        devtools = self.page.context.new_cdp_session(self.page)
        devtools.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
        self.page.bring_to_front()

    def leave_fullscreen(self) -> None:
        """Press the browser's own key for that."""
        assert self.page.evaluate("document.fullscreenElement !== null"), "Start has opened the exam in fullscreen"
        self.page.evaluate("document.exitFullscreen()")

    def press_on(self, control: Locator, key: str = "Enter") -> None:
        """Go to ``control`` with the Tab key alone, and press ``key`` there."""
        for _ in range(MOST_TABS):
            if control.evaluate("element => element === document.activeElement"):
                return self.page.keyboard.press(key)
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not lead to {control}")

    def expect_connected(self) -> None:
        """The exam is open, and its page is connected to the server."""
        expect(self.page).to_have_url(EXAM_ADDRESS)
        expect(self.page.locator("#link-state")).to_have_text("Connected")

    def expect_warning(self, words: str) -> None:
        """A warning with these words is in front of the exam."""
        expect(self.warning).to_be_visible()
        expect(self.warning).to_contain_text(words)

    def confirm_warning(self) -> None:
        """Say that the warning is read."""
        self.warning.get_by_role("button", name="I have read this").click()
        expect(self.warning).to_be_hidden()

    def open_chat(self) -> None:
        """Open the chat, which then waits for words."""
        self.page.locator("#chat-button").click()
        expect(self.page.get_by_label("Your message")).to_be_focused()

    def finish(self) -> None:
        """Finish an exam that is not held in an app."""
        self.page.get_by_role("button", name="Finish", exact=True).click()
        self.page.get_by_role("dialog", name="Finish the exam?").get_by_role("button", name="Finish now").click()

    def expect_end(self, title: str) -> None:
        """The finish page is shown under this title."""
        expect(self.page).to_have_url(re.compile(r"/finish/[0-9a-f]+$"))
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def expect_problem(self, kind: str, title: str) -> None:
        """A page says why the exam cannot be opened, and what to do."""
        problem = self.page.locator(f'[data-problem="{kind}"]')
        expect(problem.get_by_role("heading", level=1)).to_have_text(title)
        expect(problem.get_by_role("heading", name="What to do")).to_be_visible()
