"""A candidate's page in a tab that another one really covers: Playwright keeps its own pages visible for ever.

The tab is opened and spoken to over the browser's debugging protocol alone, so that nothing pretends anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser

from tests.support.browser import POLL_MS
from tests.support.exam_app import join

STEP_MS = 25_000
CLICK = """(() => {
  const button = [...document.querySelectorAll(%s)].find((each) => each.offsetParent && each.ariaDisabled !== "true");
  button?.click();
  return Boolean(button);
})()"""


class HiddenTab:
    """One tab of a browser, visible until ``hide``."""

    def __init__(self, browser: Browser, server_url: str) -> None:
        self._browser = browser.new_browser_cdp_session()
        self._page = browser.new_page()
        self._url = server_url
        self._answers: dict[int, Any] = {}
        self._asked = 0
        self._session = ""
        self._browser.on("Target.receivedMessageFromTarget", self._heard)

    def sit(self, exam_code: str, candidate: str) -> str:
        """Take a candidate from the link into the exam; return the session's id."""
        session_id = join(self._url, exam_code, candidate)
        assert session_id
        permissions = {"origin": self._url, "permissions": ["videoCapture", "audioCapture"]}
        self._browser.send("Browser.grantPermissions", permissions)
        target = self._open(f"{self._url}/entry?session_id={session_id}")
        attached = self._browser.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        self._session = attached["sessionId"]
        for button in ("#consent-box", "#consent-next"):
            self._click(button)
        self.wait_until(lambda: "Ready" in str(self.read("document.querySelector('[data-check=watch]')?.textContent")))
        for button in ("#check-next", "#start-button"):
            self._click(button)
        self.wait_until(lambda: self.read("document.getElementById('link-state')?.textContent") == "Connected")
        return session_id

    def hide(self) -> None:
        """Open another tab in front."""
        self._open("about:blank")
        self.wait_until(lambda: self.read("document.visibilityState") == "hidden")

    def read(self, expression: str) -> Any:
        """Return what a JavaScript expression gives in the tab, None while it is on its way to another page."""
        message = {"expression": expression, "returnByValue": True, "userGesture": True}
        return self._ask("Runtime.evaluate", message).get("result", {}).get("value")

    def wait_until(self, holds: Callable[[], object], *, within_s: float = STEP_MS / 1_000) -> None:
        """Wait until ``holds`` returns something true, while the browser goes on."""
        for _ in range(round(within_s * 1_000 / POLL_MS)):
            if holds():
                return
            self._page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"not within {within_s:g} s")

    def _open(self, url: str) -> str:
        return str(self._browser.send("Target.createTarget", {"url": url})["targetId"])

    def _click(self, selector: str) -> None:
        self.wait_until(lambda: self.read(CLICK % json.dumps(selector)))

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._asked += 1
        number = self._asked
        message = json.dumps({"id": number, "method": method, "params": params})
        self._browser.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})
        for _ in range(STEP_MS // POLL_MS):
            if number in self._answers:
                return self._answers.pop(number)
            self._page.wait_for_timeout(POLL_MS)
        raise AssertionError(f"{method} was not answered")

    def _heard(self, params: dict[str, Any]) -> None:
        answer = json.loads(params["message"])
        if "id" in answer:
            self._answers[answer["id"]] = answer.get("result", {})
