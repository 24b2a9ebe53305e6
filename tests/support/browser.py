"""Real Chromium for the tests: its camera and microphone play clips, and whatever goes wrong on a page is kept.

Devices are allowed or denied as a person would: by the permissions of a context, not by a flag for the whole browser.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, WebError

from tests.support import media

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
DEVICES = ("camera", "microphone")
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
WITHOUT_CAMERA = "--use-fake-device-for-media-stream=device-count=0"
SCREEN_IS_SHARED = "--use-fake-ui-for-media-stream"
"""Says yes whenever a page asks for the screen, for which there is no permission to give beforehand."""
POLL_MS = 50

# What the page's own scripts open, so that a test can ask each connection for its statistics.
KEEP_PEERS = """
const peers = (globalThis.testPeers = []);
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...options) {
    super(...options);
    peers.push(this);
  }
};
"""

NO_WEBSOCKETS = """
globalThis.WebSocket = class {
  constructor() {
    setTimeout(() => {
      this.onerror?.(new Event("error"));
      this.onclose?.(new CloseEvent("close", { code: 1006 }));
    });
  }
  close() {}
};
"""

READ_RECEIVED = """async (first) => {
  const sum = { frames: 0, sound_bytes: 0 };
  for (const peer of globalThis.testPeers.slice(first)) {
    for (const report of (await peer.getStats()).values()) {
      if (report.type !== "inbound-rtp") continue;
      if (report.kind === "video") sum.frames += report.framesDecoded ?? 0;
      if (report.kind === "audio") sum.sound_bytes += report.bytesReceived ?? 0;
    }
  }
  return sum;
}"""


@dataclass(frozen=True, slots=True)
class Received:
    """What a page's peer connections have received so far."""

    frames: int
    sound_bytes: int


# A page that is left closes its own socket, and Chromium warns where that was still connecting. A server that refuses
# or drops a socket is reported in other words, and a page that stayed and has none fails its story.
LEFT_WHILE_CONNECTING = "WebSocket is closed before the connection is established"


@dataclass
class Faults:
    """Errors and warnings on pages, CSP violations among them. ``expected`` are parts of those a test provokes."""

    seen: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: [LEFT_WHILE_CONNECTING])

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of ``context``."""
        context.on("console", self._said)
        context.on("weberror", self._thrown)

    def expect(self, *parts: str) -> None:
        """Accept faults whose text has one of these in it."""
        self.expected += parts

    @property
    def unexpected(self) -> list[str]:
        """The faults that nobody expected."""
        return [fault for fault in self.seen if not any(part in fault for part in self.expected)]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert", "warning"}:
            self.seen.append(f"{message.text} ({message.location['url']})")

    def _thrown(self, error: WebError) -> None:
        self.seen.append(f"uncaught: {error.error}")


def find_chromium() -> str:
    """Return the path of a Chromium on PATH; ``make test`` has made sure that there is one."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise AssertionError(f"no Chromium on PATH as {', '.join(NAMES)}: run scripts/ensure-chromium")


@contextmanager
def launched(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    """Run Chromium with ``flags``."""
    browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=[*FLAGS, *flags])
    try:
        yield browser
    finally:
        browser.close()


def with_devices(folder: Path) -> tuple[str, ...]:
    """Return the flags for a camera and a microphone that play clips, which are written to ``folder``."""
    return (
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={media.write_picture(folder / 'camera.y4m')}",
        f"--use-file-for-fake-audio-capture={media.write_sound(folder / 'microphone.wav')}",
    )


def new_context(browser: Browser, base_url: str, faults: Faults, **options: Any) -> BrowserContext:
    """Open a context, a browser of its own as far as cookies go; camera and microphone are allowed unless said."""
    options = {"permissions": list(DEVICES), "locale": "en-GB", "timezone_id": "Europe/Berlin"} | options
    context = browser.new_context(base_url=base_url, **options)
    context.set_default_timeout(10_000)
    context.add_init_script(KEEP_PEERS)
    faults.watch(context)
    return context


def received(page: Page, *, from_peer: int = 0) -> Received:
    """Return what the page's peer connections have received, leaving out those before number ``from_peer``."""
    return Received(**page.evaluate(READ_RECEIVED, from_peer))


def all_peers(page: Page) -> int:
    """Return how many peer connections the page has opened since it was loaded."""
    return int(page.evaluate("testPeers.length"))


def open_peers(page: Page) -> int:
    """Return how many of them are not closed."""
    return int(page.evaluate("testPeers.filter((peer) => peer.connectionState !== 'closed').length"))


def refuse_websockets(page: Page) -> None:
    """Let every websocket of ``page`` fail, as behind proxies that do not let them through."""
    page.add_init_script(NO_WEBSOCKETS)


def has_polled(page: Page) -> bool:
    """Whether the live channel of the page has fallen back to long polling."""
    polls = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('transport=polling'))"
    return bool(page.evaluate(f"{polls}.length > 0"))


def eventually(page: Page, holds: Callable[[], object], what: str, *, within_s: float = 10) -> float:
    """Wait until ``holds`` returns something true, while the browser goes on; return how many seconds that took."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > within_s:
            raise AssertionError(f"not within {within_s} s: {what}")
        page.wait_for_timeout(POLL_MS)
    return time.monotonic() - began
