"""The people of a story: each has a browser context, and so cookies, of their own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from playwright.sync_api import Browser, Page

from tests.e2e.candidate_steps import CandidateSteps
from tests.e2e.proctor_steps import ProctorSteps
from tests.support.browser import Faults, new_context
from tests.support.exam_app import join
from tests.support.server import Server


class Cast:
    """Makes people on one browser and one server, and keeps what goes wrong on their pages."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.server = server
        self.faults = Faults()
        self._browser = browser
        self._contexts: list[Any] = []

    def someone(self, **options: Any) -> Page:
        """Open an empty page in a context of its own."""
        context = new_context(self._browser, self.server.url, self.faults, **options)
        self._contexts.append(context)
        return context.new_page()

    def candidate(self, **options: Any) -> CandidateSteps:
        """Bring in a candidate."""
        return CandidateSteps(self.someone(**options))

    def proctor(self, **options: Any) -> ProctorSteps:
        """Bring in a proctor, who is signed in."""
        steps = ProctorSteps(self.someone(**options))
        steps.sign_in()
        return steps

    def another_tab(self, proctor: ProctorSteps) -> ProctorSteps:
        """Open one more console in the browser of a proctor who is signed in."""
        return ProctorSteps(proctor.page.context.new_page())

    def another_tab_of(self, candidate: CandidateSteps) -> CandidateSteps:
        """Open one more page in the candidate's browser."""
        return CandidateSteps(candidate.page.context.new_page())

    def session_of(self, candidate: str, exam_code: str = "DEMO") -> str:
        """Make a session as an exam app does, and return its id."""
        session_id = join(self.server.url, exam_code, candidate)
        assert session_id is not None, f"the server made no session of {exam_code}"
        return session_id

    @property
    def pages(self) -> list[Page]:
        """Every page that is open."""
        return [page for context in self._contexts for page in context.pages]

    def close(self) -> None:
        """Send everyone home."""
        for context in self._contexts:
            context.close()


Stage = Callable[[Browser, Server], AbstractContextManager[Cast]]
"""Lends a cast on this browser and this server; afterwards nothing unexpected may have gone wrong there."""
