"""How long a proctor waits for the candidate's picture, in real Chromium with a camera that plays a clip.

    .venv/bin/python -m bench.first_frame

The candidate's page is open. The console's page is opened, again and again; it asks to watch, and notes how long after
the server's consent the first decoded frame is there. Beside that: the whole way, from opening the console's page.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from bench import rig
from tests.e2e.cast import Cast
from tests.support.browser import launched, with_devices
from tests.support.server import Server

NOTED = "data-first-frame-ms"


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds to the first frame, each time: from the consent to watch, and from opening the page."""

    watching: list[float]
    opening: list[float]


def measure(server: Server, times: int) -> Waits:
    """Open the console's page so many times beside a candidate who sits an exam."""
    waits = Waits([], [])
    with contextlib.ExitStack() as stack:
        devices = with_devices(Path(stack.enter_context(tempfile.TemporaryDirectory())))
        browser = stack.enter_context(launched(stack.enter_context(sync_playwright()), *devices))
        with contextlib.closing(Cast(browser, server)) as cast:
            session_id = cast.session_of("Ada Lovelace")
            candidate, proctor = cast.candidate(), cast.proctor()
            candidate.sit(session_id)
            for _ in range(times):
                began = time.perf_counter()
                proctor.open(session_id)
                noted = proctor.page.wait_for_selector(f"[{NOTED}]")
                waits.opening.append((time.perf_counter() - began) * 1_000)
                assert noted is not None
                waits.watching.append(float(noted.get_attribute(NOTED) or ""))
    return waits


def report(waits: Waits) -> str:
    """Return the result in words."""
    watching, opening = waits.watching, waits.opening
    return (
        f"first frame: median {median(watching):.0f} ms after the console was let in to watch "
        f"({len(watching)} times, {min(watching):.0f} to {max(watching):.0f} ms), "
        f"{median(opening):.0f} ms after its page was opened"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--times", type=int, default=12)
    arguments = parser.parse_args()
    with rig.database_server() as url, rig.our_server(url) as server:
        print(report(measure(server, arguments.times)))


if __name__ == "__main__":
    main()
