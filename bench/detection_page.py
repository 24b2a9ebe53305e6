"""A candidate's page whose camera and microphone play what is labelled, and which keeps when it did."""

from __future__ import annotations

import array
import base64
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from bench.detection_clip import BIT_PX, BITS, Shot, write
from bench.detection_sounds import FULL, RATE, SECONDS, Sound, tone
from bench.rig import database_server, our_server
from proctor.records import SessionId
from proctor.store import Store, open_store
from tests.e2e.candidate_steps import CandidateSteps
from tests.support.browser import Faults, launched, new_context
from tests.support.exam_app import join

READY_MS = 25_000
LATE_MS = 1_200
"""What began to be noticed in one shot may be told in the beginning of the next."""
GAP_S = 4.0

INSTRUMENTS = """
globalThis.testPaces = [];
globalThis.testLong = [];
globalThis.testScripts = [];
globalThis.Worker = class extends Worker {
  constructor(...options) {
    super(...options);
    this.addEventListener("message", ({ data }) => data.kind === "pace" && testPaces.push(data));
  }
};
new PerformanceObserver((list) => testLong.push(...list.getEntries().map(({ duration }) => duration))).observe({
  type: "longtask",
});
new PerformanceObserver((list) => {
  for (const { duration, sourceURL } of list.getEntries().flatMap((frame) => frame.scripts)) {
    if (sourceURL.includes("/static/js/")) testScripts.push([new URL(sourceURL).pathname, duration]);
  }
}).observe({ type: "long-animation-frame" });

const ask = MediaDevices.prototype.getUserMedia;
let desk;
MediaDevices.prototype.getUserMedia = async function (wanted) {
  const stream = await ask.call(this, wanted);
  if (!wanted.audio) return stream;
  if (!desk) {
    const context = new AudioContext();
    desk = { context, out: context.createMediaStreamDestination() };
    globalThis.testPlay(globalThis.testTone, true);
  }
  for (const track of stream.getAudioTracks()) (stream.removeTrack(track), track.stop());
  stream.addTrack(desk.out.stream.getAudioTracks()[0].clone());
  return stream;
};
globalThis.testPlay = (packed, isLoop = false) => {
  const samples = new Int16Array(Uint8Array.from(atob(packed), (one) => one.charCodeAt(0)).buffer);
  const buffer = desk.context.createBuffer(1, samples.length, RATE);
  buffer.getChannelData(0).set(Float32Array.from(samples, (sample) => sample / 32768));
  const source = new AudioBufferSourceNode(desk.context, { buffer, loop: isLoop });
  desk.source?.stop();
  desk.source = source;
  source.connect(desk.out);
  source.start();
  return Date.now();
};
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
class Told:
    """An event that the page sent; ``at`` is in milliseconds of the page's clock."""

    event_type: str
    at: float


@dataclass(frozen=True)
class Seen:
    """What a whole run showed and gave: when each shot and each sound began, what was told, and what it cost."""

    shots: list[tuple[float, int]]
    sounds: list[tuple[float, Sound]]
    ended: float
    told: list[Told]
    flags: list[Told]
    paces: list[dict[str, Any]]
    long_tasks: list[float]
    slow_scripts: list[tuple[str, float]]


def play(shots: Sequence[Shot], sounds: Sequence[Sound]) -> Seen:
    """Sit an exam in front of this camera and this microphone, from the first shot to the last."""
    with tempfile.TemporaryDirectory(prefix="proctor-eval-") as folder:
        clip = write(Path(folder) / "camera.mjpeg", shots)
        with _exam(clip) as (page, store, session_id):
            played = _play_sounds(page, sounds)
            _wait_for_shot(page, len(shots) - 1, within_s=60 + sum(shot.seconds for shot in shots))
            page.wait_for_timeout(1_000 * shots[-1].seconds + LATE_MS)
            return _seen(page, played, store, session_id)


@contextmanager
def _exam(clip: Path) -> Iterator[tuple[Page, Store, SessionId]]:
    flags = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip}")
    with (
        database_server() as mongodb_url,
        our_server(mongodb_url, PROCTOR_DETECTION="true") as server,
        sync_playwright() as playwright,
        launched(playwright, *flags) as chromium,
    ):
        page = new_context(chromium, server.url, Faults()).new_page()
        page.add_init_script(INSTRUMENTS.replace("RATE", str(RATE)))
        page.add_init_script(f"globalThis.testTone = '{_packed(tone())}'")
        session_id = join(server.url, "DEMO", "Ann")
        assert session_id is not None
        _begin(CandidateSteps(page), session_id)
        store = open_store(mongodb_url, server.database)
        yield page, store, SessionId(session_id)
        store.close()


def _begin(candidate: CandidateSteps, session_id: str) -> None:
    candidate.open(session_id)
    candidate.agree()
    expect(candidate.check("watch")).to_contain_text("Ready", timeout=READY_MS)
    candidate.pass_check()
    candidate.start()
    candidate.page.evaluate("testLong.length = testScripts.length = 0")
    candidate.page.evaluate(READ_MARKERS, [BITS, BIT_PX])


def _packed(sound: Sound) -> str:
    samples = array.array("h", (round(max(-1.0, min(1.0, value)) * FULL) for value in sound.samples))
    return base64.b64encode(samples.tobytes()).decode()


def _play_sounds(page: Page, sounds: Sequence[Sound]) -> list[tuple[float, Sound]]:
    """Play one after the other, with silence in between."""
    page.evaluate("testPlay('AAA=')")
    page.wait_for_timeout(GAP_S * 1_000)
    played = []
    for sound in sounds:
        played.append((float(page.evaluate("testPlay", _packed(sound))), sound))
        page.wait_for_timeout(1_000 * (SECONDS + GAP_S))
    return played


def _wait_for_shot(page: Page, number: int, *, within_s: float) -> None:
    """Ask once a second only: the page's own thread is measured."""
    for _ in range(round(within_s)):
        if page.evaluate("(number) => testShots.some(([, shot]) => shot === number)", number):
            return
        page.wait_for_timeout(1_000)
    raise AssertionError(f"shot {number} was not seen within {within_s:.0f} s")


def _seen(page: Page, played: list[tuple[float, Sound]], store: Store, session_id: SessionId) -> Seen:
    found = store.database["events"].find({"session_id": session_id}).sort("timestamp", 1)
    told = [Told(str(event["event_type"]), event["timestamp"].timestamp() * 1_000) for event in found]
    return Seen(
        shots=[(at, number) for at, number in page.evaluate("testShots")],
        sounds=played,
        ended=page.evaluate("Date.now()"),
        told=told,
        flags=[Told(flag.rule_id, flag.start_at.timestamp() * 1_000) for flag in store.flags.of_session(session_id)],
        paces=page.evaluate("testPaces"),
        long_tasks=page.evaluate("testLong"),
        slow_scripts=page.evaluate("testScripts"),
    )
