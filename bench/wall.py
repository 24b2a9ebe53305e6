"""The wall's pictures with a full hall on one worker, beside the same bytes over plain HTTP; and the page of the wall.

    .venv/bin/python -m bench.wall

Simulated candidates send a picture of real size every five seconds, spread evenly, and a heartbeat; one console shows
all of them. A picture's delay counts from the moment it is sent until the console has it. Over HTTP the same pictures
are posted as bytes, and the console gets each tile's every five seconds: what it costs without a live channel. The page
is the real one, in Chromium, with 200 tiles or fewer.
"""

from __future__ import annotations

import argparse
import io
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median

from PIL import Image
from playwright.sync_api import sync_playwright

from bench import rig
from bench.wall_clients import HttpHall, SocketHall, answer_pings
from tests.support.browser import launched
from tests.support.hall import Seat
from tests.support.live import Console
from tests.support.server import Server

EVERY_S = 5.0
PICTURE_BYTES = 10_000
SCREEN = {"width": 2_560, "height": 1_600}
MOST_TILES = 200
AT_A_TIME = 40
SCRIPT = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration")


@dataclass
class Row:
    """What one way came to with so many candidates."""

    way: str
    candidates: int
    pictures_per_s: float
    core: float
    cpu_ms: float
    memory_mib: float
    delays_ms: list[float] = field(default_factory=list)


def main() -> None:
    """Measure both ways with each number of candidates, then the page, and print."""
    arguments = _parse_arguments()
    with rig.database_server() as url, rig.our_server(url, app="bench.wall_over_http:app") as server:
        console, seats = Console(server.url), list[Seat]()
        picture = a_picture()
        rows = []
        for number in arguments.candidates:
            seat_more(server, seats, number)
            for way in (SocketHall, HttpHall):
                hall = way(server, console, seats, picture, every_s=EVERY_S)
                rows.append(measure(server, hall.name, len(seats), hall.run, arguments.seconds))
                hall.close()
            _print_row_pair(*rows[-2:])
            if len(seats) <= MOST_TILES:
                _print_page(page_times(server, seats, picture, arguments.seconds))


def measure(server: Server, way: str, candidates: int, run: Callable[[float], list[float]], seconds: float) -> Row:
    """Run one way for so long, after one round that does not count."""
    pid = rig.worker_pid(server)
    run(EVERY_S)
    cpu_before, began = rig.cpu_seconds(pid), time.perf_counter()
    delays = run(seconds)
    took, cpu = time.perf_counter() - began, rig.cpu_seconds(pid) - cpu_before
    return Row(way, candidates, len(delays) / took, cpu / took, cpu / len(delays) * 1_000, rig.memory_mib(pid), delays)


def seat_more(server: Server, seats: list[Seat], number: int) -> None:
    """Bring candidates into the hall until there are so many; those who sit there already answer pings meanwhile."""
    while len(seats) < number:
        some = range(len(seats), min(number, len(seats) + AT_A_TIME))
        with ThreadPoolExecutor(4) as pool:
            seats += pool.map(lambda at: Seat(server.url, f"Candidate {at:04}"), some)
        answer_pings(seats)


def a_picture() -> bytes:
    """Return a JPEG picture of the size that a camera's have: noise, as much of it as fits."""
    noise = random.Random(7)
    best = b""
    for side in range(24, 320, 8):
        image = Image.frombytes("L", (side, side * 3 // 4), noise.randbytes(side * (side * 3 // 4)))
        file = io.BytesIO()
        image.resize((320, 240)).save(file, "JPEG", quality=60)
        if file.tell() > PICTURE_BYTES:
            break
        best = file.getvalue()
    return best


def page_times(server: Server, seats: list[Seat], picture: bytes, seconds: float) -> dict[str, float]:
    """Return the milliseconds a second that the console's page spends on what, with all tiles in view."""
    with sync_playwright() as playwright, launched(playwright) as browser:
        page = browser.new_page(viewport=SCREEN, base_url=server.url)  # type: ignore[arg-type] # a TypedDict
        page.add_init_script("localStorage.setItem('proctor.tile-size', 'small')")
        page.goto("/proctor/login")
        page.get_by_label("Email address").fill("proctor@test.com")
        page.get_by_label("Password").fill("proctor123")
        page.get_by_role("button", name="Sign in").click()
        page.locator(f"#wall > li:nth-child({len(seats)})").wait_for()
        hall = SocketHall(server, None, seats, picture, every_s=EVERY_S)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        hall.run(2 * EVERY_S)
        before, began = _metrics(devtools), time.perf_counter()
        hall.run(seconds)
        took, after = time.perf_counter() - began, _metrics(devtools)
        in_view = page.locator("#wall > li:not([data-old])").count()
        times = {name: (after[name] - before[name]) / took * 1_000 for name in SCRIPT}
        return times | {"tiles with a fresh picture": float(in_view)}


def _metrics(devtools: object) -> dict[str, float]:
    found = devtools.send("Performance.getMetrics")["metrics"]  # type: ignore[attr-defined]
    return {one["name"]: one["value"] for one in found}


def _print_row_pair(ours: Row, theirs: Row) -> None:
    print(f"\n{ours.candidates} candidates, a picture every {EVERY_S:.0f} s")
    for row in (ours, theirs):
        print(
            f"  {row.way:<14} {row.pictures_per_s:6.1f} pictures/s  {row.core:6.1%} of a core  "
            f"{row.cpu_ms:5.2f} ms each  {row.memory_mib:5.0f} MiB  delay p50 {median(row.delays_ms):7.1f} ms  "
            f"p99 {rig.percentile(row.delays_ms, 0.99):7.1f} ms"
        )
    print(f"  processor time: {theirs.cpu_ms / ours.cpu_ms:.1f} times as much over HTTP", flush=True)


def _print_page(times: dict[str, float]) -> None:
    print(f"\nthe page in Chromium, {SCREEN['width']} by {SCREEN['height']} pixels")
    for name, value in times.items():
        unit = "" if name.startswith("tiles") else " ms a second"
        print(f"  {name:<28} {value:6.1f}{unit}")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--candidates", type=int, nargs="+", default=[200, 1_000])
    parser.add_argument("--seconds", type=float, default=30)
    return parser.parse_args()


if __name__ == "__main__":
    main()
