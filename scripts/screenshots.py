"""Take the README's pictures: `make screenshots` runs a demo hall in Chromium and writes docs/screenshots/*.png.

Candidates are played by a drawing in front of Chromium's fake camera, so no person is shown.
"""

from __future__ import annotations

import secrets
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import APIRequestContext, Browser, Page, sync_playwright

from proctor.runtime.mongod import EmbeddedMongod
from tests.e2e.candidate_steps import CandidateSteps
from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.support import media
from tests.support.browser import launched
from tests.support.exam_app import ExamApp, terminate
from tests.support.server import Server, running

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
SIZE = {"width": 1280, "height": 800}
LARGE = {"width": 1440, "height": 900}
MAX_BYTES = 200_000
WIDTH, HEIGHT = 640, 480

AGENT_SECRET = secrets.token_hex(32)
EXAM_STYLE = """
body { max-width: 44rem; margin: 3rem auto; padding: 0 1.5rem; font: 18px/1.6 system-ui, sans-serif; color: #1d2733 }
input, button { font: inherit; padding: 0.4rem 0.8rem }
"""

# Colours as luma and the two chroma values of YUV (ITU-R BT.601).
Colour = tuple[int, int, int]
WALL: Colour = (186, 124, 126)
DESK: Colour = (150, 120, 132)
SHIRT: Colour = (96, 148, 112)
SKIN: Colour = (176, 108, 148)
LIPS: Colour = (128, 118, 156)
HAIR: Colour = (58, 120, 136)
EYES: Colour = (40, 128, 128)


def main() -> int:
    """Run the hall and take every picture; returns the exit status."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="screenshots-")))
        mongod = stack.enter_context(EmbeddedMongod(folder))
        hall = running(mongod.url, "screenshots", PROCTOR_INSTITUTION="Example University", AGENT_SECRET=AGENT_SECRET)
        server = stack.enter_context(hall)
        playwright = stack.enter_context(sync_playwright())
        browser = stack.enter_context(launched(playwright, *_devices(folder)))
        take_all(browser, server)
    return 0


def take_all(browser: Browser, server: Server) -> None:
    """Play the scenes in order: before the exam, in it, watching it, after it."""
    cast = Cast(browser, server)
    with ExamApp(server.url, server.url) as exam_app:
        candidate = cast.candidate(viewport=SIZE, color_scheme="light")
        _before_the_exam(candidate, exam_app)
        _fill_the_hall(cast, exam_app)
        proctor = ProctorSteps(cast.someone(viewport=SIZE, color_scheme="light"))
        proctor.page.goto("/proctor/login")
        save(proctor.page, "proctor-login")
        _watch(proctor, candidate)
        night = cast.proctor(viewport=SIZE, color_scheme="dark")
        _settle(night.page)
        save(night.page, "proctor-sessions-dark")
        session_id = proctor.page.url.rsplit("/", 1)[-1]
        _let_something_happen(proctor.page, session_id)
        candidate.exam.get_by_role("textbox").fill("42")
        candidate.exam.get_by_role("button").first.click()
        candidate.page.wait_for_url("**/finish/*")
        save(candidate.page, "finish")
        _review(cast.proctor(viewport=LARGE, color_scheme="light").page, session_id, server)
        _administer(cast.proctor(viewport=SIZE, color_scheme="light").page)
    cast.close()


def save(page: Page, name: str) -> None:
    """Write one picture, and see that it stays small."""
    path = FOLDER / f"{name}.png"
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    sys.stdout.write(f"{path.relative_to(FOLDER.parents[1])}  {size // 1_000} kB\n")
    if size > MAX_BYTES:
        raise SystemExit(f"{path.name} is larger than {MAX_BYTES} bytes.")


def _before_the_exam(candidate: CandidateSteps, exam_app: ExamApp) -> None:
    candidate.page.goto("/join")
    save(candidate.page, "join")
    candidate.start_in_exam_app(exam_app.url, "Ada Lovelace")
    save(candidate.page, "consent")
    candidate.agree()
    candidate.equipment.get_by_text("Everything works.").wait_for()
    _settle(candidate.page)
    save(candidate.page, "system-check")
    candidate.pass_check()
    candidate.start()
    candidate.exam.get_by_role("button").first.wait_for()
    candidate.page.frames[-1].add_style_tag(content=EXAM_STYLE)
    _settle(candidate.page)
    save(candidate.page, "exam")


def _fill_the_hall(cast: Cast, exam_app: ExamApp) -> None:
    sitting = {name: cast.session_of(name) for name in ("Grace Hopper", "Alan Turing", "Emmy Noether")}
    pages = {name: cast.candidate(viewport=SIZE) for name in sitting}
    for name, session_id in sitting.items():
        pages[name].sit(session_id, exam_app.return_url)
    for name in ("Katherine Johnson", "Srinivasa Ramanujan"):
        cast.session_of(name)
    pages["Emmy Noether"].page.close()
    proctor = cast.proctor()
    for event_type in ("phone_detected", "looking_away", "looking_away"):
        _report(proctor.page.request, sitting["Alan Turing"], event_type)
    proctor.open(sitting["Grace Hopper"])
    proctor.pause()
    proctor.page.context.close()


def _report(request: APIRequestContext, session_id: str, event_type: str) -> None:
    """Report an event as an agent does."""
    body = {"session_id": session_id, "event_type": event_type}
    request.post("/api/internal/agent-event", data=body, headers={"X-Agent-Secret": AGENT_SECRET})


def _watch(proctor: ProctorSteps, candidate: CandidateSteps) -> None:
    proctor.sign_in()
    _settle(proctor.page)
    save(proctor.page, "proctor-sessions")
    proctor.open_from_hall("Ada Lovelace")
    proctor.expect_live()
    words = "Please keep your face in the picture."
    proctor.warn(words)
    candidate.expect_warning(words)
    save(candidate.page, "warning")
    candidate.confirm_warning()
    proctor.event(words).locator("[data-stage=acknowledged]").wait_for()
    proctor.note("Looked away for a while, then went on.")
    proctor.event("Looked away for a while").first.wait_for()
    _settle(proctor.page)
    save(proctor.page, "proctor-session")


def _administer(page: Page) -> None:
    """Show an exam, a colleague and what has been written down."""
    page.goto("/proctor/admin/proctors/invite")
    page.get_by_label("Email address").fill("rita@example.org")
    page.get_by_role("radio", name="Reviewer").check()
    page.get_by_role("button", name="Make the account and its link").click()
    page.goto("/proctor/admin/exams")
    page.get_by_role("link", name="Demo Exam").click()
    _settle(page)
    save(page, "admin-exam")
    page.goto("/proctor/admin/audit")
    _settle(page)
    save(page, "admin-audit")


def _let_something_happen(page: Page, session_id: str) -> None:
    """Have an agent see what a review is about."""
    for event_type, seconds in (("looking_away", 6), ("looking_back", 2), ("phone_detected", 3), ("phone_gone", 2)):
        _report(page.request, session_id, event_type)
        page.wait_for_timeout(1_000 * seconds)


def _review(page: Page, session_id: str, server: Server) -> None:
    """Wait until every exam is over and the recording can be played, and look at the phone in it."""
    for session in page.request.get("/api/proctor/sessions?status=live").json()["sessions"]:
        terminate(server.url, session["id"])
    path = f"/api/proctor/sessions/{session_id}/recordings"
    while page.request.get(path).json()["recordings"][0]["state"] != "ready":
        page.wait_for_timeout(500)
    _settle(page)
    page.goto("/proctor/review")
    save(page, "proctor-review-queue")
    page.goto(f"/proctor/review/{session_id}")
    page.locator("#marks").get_by_role("button").filter(has_text="Phone in view").click()
    _settle(page)
    save(page, "proctor-review")


def _settle(page: Page) -> None:
    """Let pictures come in and counters run for a moment."""
    page.wait_for_timeout(1_500)


def _devices(folder: Path) -> tuple[str, ...]:
    return (
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={_write_portrait(folder / 'camera.y4m')}",
        f"--use-file-for-fake-audio-capture={media.write_sound(folder / 'microphone.wav')}",
    )


def _write_portrait(path: Path) -> Path:
    """Write a still picture of somebody at a desk as YUV4MPEG2, which Chromium plays as a camera."""
    pixels = [[_colour(x, y) for x in range(WIDTH)] for y in range(HEIGHT)]
    luma = b"".join(bytes(pixel[0] for pixel in row) for row in pixels)
    blue, red = (b"".join(bytes(pixel[plane] for pixel in row[::2]) for row in pixels[::2]) for plane in (1, 2))
    header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420mpeg2\n".encode()
    path.write_bytes(header + (b"FRAME\n" + luma + blue + red) * 2)
    return path


def _colour(x: int, y: int) -> Colour:
    """Return the colour of the topmost shape at a place of the picture."""
    found = next((colour for covers, colour in SHAPES if covers(x, y)), None)
    return found or (WALL if y < 400 else DESK)


def _ellipse(x0: int, y0: int, width: int, height: int) -> Callable[[int, int], bool]:
    return lambda x, y: ((x - x0) / width) ** 2 + ((y - y0) / height) ** 2 <= 1


SHAPES: list[tuple[Callable[[int, int], bool], Colour]] = [
    (_ellipse(290, 230, 7, 6), EYES),
    (_ellipse(350, 230, 7, 6), EYES),
    (_ellipse(320, 294, 22, 4), LIPS),
    (lambda x, y: y < 180 and _ellipse(320, 214, 92, 104)(x, y), HAIR),
    (_ellipse(320, 234, 78, 96), SKIN),
    (_ellipse(320, 210, 94, 106), HAIR),
    (lambda x, y: abs(x - 320) < 34 and 300 < y < 384, SKIN),
    (_ellipse(320, 500, 190, 140), SHIRT),
]


if __name__ == "__main__":
    sys.exit(main())
