"""How well the detection sees: `make eval`, or `python -m bench.detection --calm-minutes 5`.

The labelled pictures of `detection_scenes` are played as one camera clip through the real page in Chromium, each
between two shots of a calm face. A marker in the picture's corner tells when which shot was on; the rest is compared
with the events that reached the database. About six minutes, longer on a busy machine only if it loses frames.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect, sync_playwright

from bench.detection_scenes import Scene, calm, scenes
from bench.rig import database_server, our_server
from proctor.store import Store, open_store
from tests.e2e.candidate_steps import CandidateSteps
from tests.support.browser import Faults, launched, new_context
from tests.support.exam_app import join
from tests.support.media import write_sound
from tests.support.pictures import Shot, write_clip

JUDGED = ("no_face", "multiple_faces", "phone_detected")
OTHERS = ("looking_away", "notes_detected", "device_detected", "camera_covered", "camera_frozen")
START_S, SCENE_S, BETWEEN_S = 25.0, 4.5, 2.5
LATE_MS = 1_200
"""What began to be seen in one shot may be told in the beginning of the next."""
BITS, BIT_PX = 8, 16

KEEP_WORKERS_AND_SLOW_SCRIPTS = """
globalThis.testPaces = [];
globalThis.testSlow = [];
globalThis.Worker = class extends Worker {
  constructor(...options) {
    super(...options);
    this.addEventListener("message", ({ data }) => data.kind === "pace" && testPaces.push(data));
  }
};
new PerformanceObserver((list) => {
  const scripts = list.getEntries().flatMap((frame) => frame.scripts);
  const ours = scripts.filter((script) => script.sourceURL.includes("/js/detect/"));
  testSlow.push(...ours.map(({ duration }) => duration));
}).observe({ type: "long-animation-frame", buffered: true });
"""
READ_MARKERS = """([bits, size]) => {
  const context = new OffscreenCanvas(bits * size, size).getContext("2d", { willReadFrequently: true });
  globalThis.testShots = [];
  setInterval(() => {
    context.drawImage(document.getElementById("self-view"), 0, 0);
    let shot = 0;
    for (let bit = 0; bit < bits; bit += 1) {
      shot += context.getImageData((bit + 0.5) * size, size / 2, 1, 1).data[1] > 127 ? 2 ** bit : 0;
    }
    if (shot !== testShots.at(-1)?.[1]) testShots.push([Date.now(), shot]);
  }, 40);
}"""


@dataclass(frozen=True)
class Shown:
    """A shot of the clip and when it was seen, in milliseconds of the page's clock."""

    scene: Scene
    began: float
    ended: float


@dataclass(frozen=True)
class Told:
    """An event that a browser sent."""

    event_type: str
    at: float


def main() -> None:
    """Play, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calm-minutes", type=float, default=1, help="of one calm face, after the pictures")
    minutes: float = parser.parse_args().calm_minutes
    shots = _shots(minutes)
    seconds = sum(shot.seconds for _, shot in shots)
    print(f"Playing {len(scenes())} pictures and {minutes:g} min of a calm face: {seconds:.0f} s")
    with tempfile.TemporaryDirectory(prefix="proctor-eval-") as folder, _page(Path(folder), shots) as (page, told):
        seen = _shown(page, [scene for scene, _ in shots])
        _print_signals(seen, told())
        _print_machine(page)


def _shots(calm_minutes: float) -> list[tuple[Scene, Shot]]:
    face = calm()
    timeline = [(face, START_S)]
    for scene in scenes():
        timeline += [(scene, SCENE_S), (face, BETWEEN_S)]
    timeline.append((face, calm_minutes * 60))
    return [(scene, Shot(_marked(scene.picture, number), s)) for number, (scene, s) in enumerate(timeline)]


def _marked(picture: Image.Image, number: int) -> Image.Image:
    """Write ``number`` in the corner, a white or black square for each bit."""
    marked = picture.copy()
    draw = ImageDraw.Draw(marked)
    for bit in range(BITS):
        corners = (bit * BIT_PX, 0, (bit + 1) * BIT_PX - 1, BIT_PX - 1)
        draw.rectangle(corners, fill="white" if number >> bit & 1 else "black")
    return marked


@contextmanager
def _page(folder: Path, shots: Sequence[tuple[Scene, Shot]]) -> Iterator[tuple[Page, Any]]:
    """Open an exam whose camera plays the clip; yield its page at the clip's end, and what reads its events."""
    clip = write_clip(folder / "camera.mjpeg", [shot for _, shot in shots])
    sound = write_sound(folder / "microphone.wav")
    flags = (
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
        f"--use-file-for-fake-audio-capture={sound}",
    )
    with (
        database_server() as mongodb_url,
        our_server(mongodb_url, PROCTOR_DETECTION="true") as server,
        sync_playwright() as playwright,
        launched(playwright, *flags) as chromium,
    ):
        page = new_context(chromium, server.url, Faults()).new_page()
        page.add_init_script(KEEP_WORKERS_AND_SLOW_SCRIPTS)
        session_id = join(server.url, "DEMO", "Ann")
        assert session_id is not None
        _begin(CandidateSteps(page), session_id)
        page.wait_for_timeout(1_000 * sum(shot.seconds for _, shot in shots[1:]))
        page.wait_for_function(f"testShots.some(([, shot]) => shot === {len(shots) - 1})")
        page.wait_for_timeout(LATE_MS)
        store = open_store(mongodb_url, server.database)
        yield page, lambda: _told(store, session_id)
        store.close()


def _begin(candidate: CandidateSteps, session_id: str) -> None:
    candidate.open(session_id)
    candidate.agree()
    expect(candidate.check("watch")).to_contain_text("Ready", timeout=START_S * 1_000)
    candidate.pass_check()
    candidate.start()
    candidate.page.evaluate(READ_MARKERS, [BITS, BIT_PX])


def _told(store: Store, session_id: str) -> list[Told]:
    found = store.database["events"].find({"session_id": session_id}).sort("timestamp", 1)
    return [Told(str(event["event_type"]), event["timestamp"].timestamp() * 1_000) for event in found]


def _shown(page: Page, timeline: Sequence[Scene]) -> list[Shown]:
    changes: list[tuple[float, int]] = [(at, number) for at, number in page.evaluate("testShots")]
    changes.append((page.evaluate("Date.now()"), -1))
    pairs = pairwise(changes)
    return [Shown(timeline[number], began, ended) for (began, number), (ended, _) in pairs if number < len(timeline)]


def _shot_of(told: Told, seen: Sequence[Shown]) -> Shown | None:
    """Return the shot that an event is about: the one that shows it, be it over for a moment, or the one on screen."""
    near = [shown for shown in seen if shown.began <= told.at <= shown.ended + LATE_MS]
    return next((shown for shown in near if told.event_type in shown.scene.shows), near[-1] if near else None)


def _print_signals(seen: Sequence[Shown], told: Sequence[Told]) -> None:
    print(f"\n{'signal':16} {'shown':>5} {'found':>5} {'false':>5}  precision recall  time to detect (median, most)")
    for signal in JUDGED:
        events = [(event, _shot_of(event, seen)) for event in told if event.event_type == signal]
        right = {shot.began: event.at - shot.began for event, shot in events if shot and signal in shot.scene.shows}
        wrong = [shot.scene.name for _, shot in events if shot and signal not in shot.scene.shows]
        wanted = [shown for shown in seen if signal in shown.scene.shows]
        missed = [shown.scene.name for shown in wanted if shown.began not in right]
        precision = len(right) / (len(right) + len(wrong)) if right or wrong else 0
        times = [ms / 1_000 for ms in right.values()] or [0]
        counts = f"{signal:16} {len(wanted):5} {len(right):5} {len(wrong):5}"
        rates = f"{precision:9.2f} {len(right) / len(wanted):6.2f}"
        print(f"{counts}  {rates}  {median(times):.1f} s, {max(times):.1f} s")
        for word, names in (("missed", missed), ("wrong", wrong)):
            print("".join(f"    {word}: {name}\n" for name in names), end="")
    _print_calm(seen, told)


def _print_calm(seen: Sequence[Shown], told: Sequence[Told]) -> None:
    quiet = [shown for shown in seen if shown.scene.name == calm().name]
    seconds = sum(shown.ended - shown.began for shown in quiet) / 1_000
    about = [(event, _shot_of(event, seen)) for event in told if event.event_type in (*JUDGED, *OTHERS)]
    false = [event.event_type for event, shot in about if shot in quiet]
    print(f"\ncalm face: {seconds:.0f} s in {len(quiet)} shots, {len(false)} events {' '.join(false)}")
    others = [(event.event_type, shot.scene.name) for event, shot in about if shot and event.event_type in OTHERS]
    print("other signals, not judged here:", *(f"\n    {signal} in {name}" for signal, name in others))


def _print_machine(page: Page) -> None:
    paces: list[dict[str, Any]] = page.evaluate("testPaces")
    for key, what in (("facesMs", "both face models"), ("objectsMs", "object model, whole picture and halves")):
        values = [pace[key] for pace in paces if pace[key] is not None]
        print(f"{what}: {median(values):.0f} ms a look (median of {len(values)} windows of 10 s)")
    print(f"steps of slowness: {[pace['step'] for pace in paces]}")
    slow = page.evaluate("testSlow")
    print(f"the detection's scripts on the page's thread: {max(slow, default=0):.0f} ms at most in slow frames")


if __name__ == "__main__":
    main()
