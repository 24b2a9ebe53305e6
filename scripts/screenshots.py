"""Take the README's pictures: `make screenshots` runs a demo hall in Chromium and writes docs/screenshots/*.png.

Candidates are drawings in front of Chromium's fake camera, so no person is shown.
"""

from __future__ import annotations

import io
import secrets
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from PIL import Image
from playwright.sync_api import APIRequestContext, Browser, Page, sync_playwright

from proctor.runtime.mongod import EmbeddedMongod
from scripts.portraits import person, portrait, small_picture
from tests.e2e.candidate_steps import CandidateSteps
from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.support import media, pictures
from tests.support.browser import PHONE, launched
from tests.support.exam_app import ExamApp, terminate
from tests.support.hall import Hall
from tests.support.server import Server, running

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
SIZE = {"width": 1280, "height": 800}
LARGE = {"width": 1440, "height": 900}
MAX_BYTES = 200_000
SITTING = (
    *("Grace Hopper", "Alan Turing", "Emmy Noether", "Marie Curie", "Niels Bohr", "Lise Meitner", "Satyendra Bose"),
    *("Sofja Kowalewskaja", "Chien-Shiung Wu", "Edsger Dijkstra", "Mary Jackson", "Dorothy Vaughan", "Ida Noddack"),
    *("Abdus Salam", "Vera Rubin", "Amalie Dietrich", "Maria Mitchell", "Mary Somerville", "Caroline Herschel"),
    *("Ernest Just", "Percy Julian", "Maryam Mirzakhani", "Max Planck", "Hedy Lamarr", "Tadeusz Banachiewicz"),
)
AGENT_SECRET = secrets.token_hex(32)
EXAM_STYLE = """
body { max-width: 44rem; margin: 3rem auto; padding: 0 1.5rem; font: 18px/1.6 system-ui, sans-serif; color: #1d2733 }
input, button { font: inherit; padding: 0.4rem 0.8rem }
"""


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
        proctor = ProctorSteps(cast.someone(viewport=LARGE, color_scheme="light"))
        proctor.page.goto("/proctor/login")
        save(proctor.page, "proctor-login")
        hall = Hall(server.url, SITTING)
        try:
            _fill_the_hall(cast, hall)
            _watch(cast, proctor, candidate)
        finally:
            hall.close()
        session_id = proctor.page.url.rsplit("/", 1)[-1]
        _let_something_happen(proctor.page, session_id)
        candidate.exam.get_by_role("textbox").fill("42")
        candidate.exam.get_by_role("button").first.click()
        candidate.page.wait_for_url("**/finish/*")
        save(candidate.page, "finish")
        _on_a_phone(cast)
        _review(cast.proctor(viewport=LARGE, color_scheme="light").page, session_id, server)
        _administer(cast.proctor(viewport=LARGE, color_scheme="light").page)
    cast.close()


def save(page: Page, name: str) -> None:
    """Write one picture, and see that it stays small."""
    path = FOLDER / f"{name}.png"
    page.evaluate("scrollTo(0, 0)")
    taken = page.screenshot(animations="disabled", caret="hide")
    # Two hundred and fifty-six colours are enough for pages, and take a third of the room.
    Image.open(io.BytesIO(taken)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
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


def _fill_the_hall(cast: Cast, hall: Hall) -> None:
    for number, seat in enumerate(hall.seats, start=1):
        seat.send(small_picture(person(number)))
    for name in ("Katherine Johnson", "Srinivasa Ramanujan"):
        cast.session_of(name)
    hall["Alan Turing"].report("phone_detected", "looking_away")
    hall["Niels Bohr"].report("multiple_faces")
    hall["Marie Curie"].report("voice_detected")
    hall["Emmy Noether"].leave()
    proctor = cast.proctor()
    proctor.open(hall["Grace Hopper"].session_id)
    proctor.pause()
    # The longest of the conditions above becomes a flag after ten seconds.
    proctor.page.wait_for_timeout(11_000)
    proctor.page.context.close()


def _report(request: APIRequestContext, session_id: str, event_type: str) -> None:
    """Report an event as an agent does."""
    body = {"session_id": session_id, "event_type": event_type}
    request.post("/api/internal/agent-event", data=body, headers={"X-Agent-Secret": AGENT_SECRET})


def _watch(cast: Cast, proctor: ProctorSteps, candidate: CandidateSteps) -> None:
    proctor.sign_in()
    _settle(proctor.page)
    save(proctor.page, "proctor-sessions")
    night = cast.proctor(viewport=LARGE, color_scheme="dark")
    _settle(night.page)
    save(night.page, "proctor-sessions-dark")
    night.page.get_by_role("radio", name="List").check(force=True)
    _settle(night.page)
    save(night.page, "proctor-sessions-list")
    night.page.context.close()
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


def _on_a_phone(cast: Cast) -> None:
    """Show a candidate's pages where there is little room."""
    candidate = cast.candidate(**PHONE, color_scheme="light")
    candidate.join_by_hand("Rosalind Franklin")
    save(candidate.page, "consent-phone")
    candidate.go_in()
    _settle(candidate.page)
    save(candidate.page, "exam-phone")


ADMINISTRATION = {
    "admin-exams": "/proctor/admin/exams",
    "admin-proctors": "/proctor/admin/proctors",
    "admin-accommodations": "/proctor/admin/accommodations",
    "admin-privacy": "/proctor/admin/privacy",
    "admin-audit": "/proctor/admin/audit",
    "account": "/proctor/account",
}


def _administer(page: Page) -> None:
    """Show exams, people and what has been written down."""
    page.goto("/proctor/admin/proctors/invite")
    page.get_by_label("Email address").fill("rita@example.org")
    page.get_by_role("radio", name="Reviewer").check()
    page.get_by_role("button", name="Make the account and its link").click()
    _settle(page)
    save(page, "admin-invitation")
    for name, path in ADMINISTRATION.items():
        page.goto(path)
        _settle(page)
        save(page, name)
    page.goto("/proctor/admin/exams")
    page.get_by_role("link", name="Demo Exam").click()
    _settle(page)
    save(page, "admin-exam")


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
    clip = pictures.write_clip(folder / "camera.mjpeg", [pictures.Shot(portrait(person(0)), seconds=2)])
    return (
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
        f"--use-file-for-fake-audio-capture={media.write_sound(folder / 'microphone.wav')}",
    )


if __name__ == "__main__":
    sys.exit(main())
