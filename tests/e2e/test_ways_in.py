"""The candidate's way to the exam: by hand, without devices, by broken links, and from more than one browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Playwright, expect

from proctor.records import EndedBy
from proctor.store import Store
from tests.e2e.cast import Cast, Stage
from tests.support.browser import PHONE, WITHOUT_CAMERA, launched
from tests.support.exam_app import ExamApp, join
from tests.support.server import Server

NO_DEVICES_GRANTED = ["geolocation"]
"""A context that grants anything denies everything else, as a person does who presses Block."""


def test_a_candidate_joins_by_hand_on_a_phone_and_finishes(cast: Cast, server_store: Store) -> None:
    candidate = cast.candidate(**PHONE)
    cast.faults.expect("status of 422")

    candidate.join_by_hand("Grace Hopper", exam_code="NOSUCH")
    expect(candidate.page.get_by_text("There is no exam with this code")).to_be_visible()
    _fits_its_screen(candidate.page)

    candidate.page.get_by_label("Exam code").fill("DEMO")
    candidate.page.get_by_role("button", name="Continue").click()
    expect(candidate.consent).to_be_visible()
    session_id = candidate.page.url.rsplit("=", 1)[1]
    _fits_its_screen(candidate.page)
    candidate.agree()
    expect(candidate.equipment).to_contain_text("Everything works.")
    _fits_its_screen(candidate.page)
    candidate.pass_check()
    _fits_its_screen(candidate.page)
    candidate.start()
    _fits_its_screen(candidate.page)

    candidate.finish()
    candidate.expect_end("Your exam is finished")
    _fits_its_screen(candidate.page)
    session = server_store.sessions.get(session_id)
    assert session is not None
    assert session.ended_by is EndedBy.CANDIDATE


def _fits_its_screen(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= screen, page.url


def test_a_denied_camera_is_explained_and_can_be_allowed_after_all(cast: Cast) -> None:
    candidate = cast.candidate(permissions=NO_DEVICES_GRANTED)
    candidate.open(cast.session_of("Denied"))
    candidate.agree()

    camera = candidate.check("camera")
    expect(camera).to_contain_text("The browser was told not to share your camera.")
    expect(camera).to_contain_text("allow the camera and the microphone, then try again")
    candidate.equipment.get_by_role("button", name="Continue").click(force=True)
    expect(candidate.equipment).to_be_visible()

    candidate.page.context.grant_permissions(["camera", "microphone"])
    camera.get_by_role("button", name="Try again").click()
    candidate.pass_check()
    candidate.start()


def test_pressing_twice_after_a_reload_opens_the_exam_once(cast: Cast) -> None:
    candidate, opened = cast.candidate(), list[str]()
    candidate.sit(cast.session_of("Impatient"))
    candidate.page.context.clear_permissions()
    candidate.page.on("websocket", lambda socket: opened.append(socket.url))
    candidate.page.reload()
    expect(candidate.check("camera")).to_contain_text("The browser was told not to share your camera.")
    candidate.page.context.grant_permissions(["camera", "microphone"])
    candidate.check("camera").get_by_role("button", name="Try again").click()
    expect(candidate.equipment).to_contain_text("Everything works.")
    candidate.page.locator("#check-next").evaluate("button => [button, button].forEach((one) => one.click())")
    candidate.expect_connected()
    assert len(opened) == 1


def test_an_allowed_microphone_does_not_stand_in_for_a_denied_camera(cast: Cast) -> None:
    candidate = cast.candidate(permissions=["microphone"])
    candidate.open(cast.session_of("Half denied"))
    candidate.agree()
    expect(candidate.check("camera")).to_contain_text("The browser was told not to share your camera.")
    expect(candidate.check("microphone")).to_contain_text("We hear you.")
    expect(candidate.equipment).to_contain_text("Still open: Camera.")


def test_a_missing_camera_is_explained(playwright: Playwright, server: Server, stage: Stage) -> None:
    with launched(playwright, WITHOUT_CAMERA) as browser, stage(browser, server) as cast:
        candidate = cast.candidate()
        candidate.open(cast.session_of("No camera"))
        candidate.agree()
        expect(candidate.check("camera")).to_contain_text("No camera was found.")
        expect(candidate.check("camera")).to_contain_text("Plug one in or open its cover")
        expect(candidate.equipment).to_contain_text("Still open: Camera.")


def test_a_browser_without_webrtc_is_told_which_to_use(cast: Cast) -> None:
    candidate = cast.candidate()
    candidate.page.add_init_script("delete globalThis.RTCPeerConnection;")
    candidate.open(cast.session_of("Old browser"))
    candidate.agree()
    expect(candidate.check("browser")).to_contain_text("This browser cannot be used for the exam.")
    expect(candidate.check("browser")).to_contain_text("latest Chrome, Edge, Firefox or Safari")
    expect(candidate.check("camera")).to_contain_text("Comes after the browser.")


def test_an_insecure_address_is_named_as_the_reason(playwright: Playwright, server: Server, stage: Stage) -> None:
    with (
        launched(playwright, "--host-resolver-rules=MAP exams.test 127.0.0.1") as browser,
        stage(browser, server) as cast,
    ):
        cast.faults.expect("Cross-Origin-Opener-Policy header has been ignored")
        candidate = cast.candidate()
        session_id = cast.session_of("Insecure")
        candidate.page.goto(f"http://exams.test:{server.port}/entry?session_id={session_id}")
        candidate.agree()
        expect(candidate.check("browser")).to_contain_text("This page is not on a secure connection")
        expect(candidate.check("browser")).to_contain_text("starts with https://")


@pytest.mark.parametrize(
    ("query", "status", "kind", "title"),
    [
        ("", 400, "missing", "This link is not complete"),
        ("?session_id=nobody-knows-this", 404, "unknown", "We do not know this exam session"),
        ("?session_id={ended}", 410, "ended", "This exam session is over"),
        ("?session_id={open}&return_url=https://evil.example/", 400, "return_url", "This link leads somewhere unknown"),
        ("?session_id={open}&return_url=javascript:alert(1)", 400, "return_url", "This link leads somewhere unknown"),
    ],
)
def test_a_link_that_cannot_work_has_a_page_that_says_why(
    cast: Cast, exam_app: ExamApp, query: str, status: int, kind: str, title: str
) -> None:
    candidate = cast.candidate()
    cast.faults.expect(f"status of {status}")
    _, ended = _handed_in(exam_app)
    answer = candidate.page.goto("/entry" + query.format(ended=ended, open=cast.session_of("Link")))
    assert answer is not None
    assert answer.status == status
    candidate.expect_problem(kind, title)


def _handed_in(exam_app: ExamApp) -> tuple[str, str]:
    cookie, _ = exam_app.begin("Ended")
    sitting = exam_app.sittings[cookie]
    exam_app.hand_in(sitting, "42")
    assert sitting.session_id is not None
    return cookie, sitting.session_id


def test_a_second_browser_cannot_open_a_running_exam_and_does_not_disturb_it(cast: Cast) -> None:
    session_id = cast.session_of("Twice")
    first, second = cast.candidate(), cast.candidate()
    cast.faults.expect("status of 409")
    # The second browser has read the consent before the first one started: only Start finds out.
    second.open(session_id)
    second.agree()
    second.pass_check()
    first.sit(session_id)
    proctor = cast.proctor()
    proctor.open(session_id)
    proctor.expect_live()

    second.page.get_by_role("button", name="Start the exam").click()
    expect(second.page.locator("#start-problem")).to_contain_text("already open in another browser")
    expect(proctor.event("Someone tried to open this exam on another device")).to_be_visible()

    assert second.open(session_id) == 409
    second.expect_problem("opened_elsewhere", "This exam is open somewhere else")
    proctor.expect_live()
    first.expect_connected()


def test_a_proctor_lets_a_candidate_continue_in_another_browser(cast: Cast, server_store: Store) -> None:
    session_id = cast.session_of("Moving")
    first, second = cast.candidate(), cast.candidate()
    first.sit(session_id)
    proctor = cast.proctor()
    proctor.open(session_id)
    proctor.expect_live()

    proctor.release()
    expect(first.stopped_cover).to_be_visible()
    second.sit(session_id)
    proctor.expect_live()
    expect(proctor.event("Candidate may continue on another device")).to_be_visible()

    # The first browser is out for good, and is told so.
    cast.faults.expect("status of 409")
    first.stopped_cover.get_by_role("button").click()
    first.expect_problem("opened_elsewhere", "This exam is open somewhere else")
    second.expect_connected()
    session = server_store.sessions.get(session_id)
    assert session is not None
    assert session.presence.online


def test_a_released_browser_is_told_so_before_another_one_has_come(cast: Cast) -> None:
    session_id = cast.session_of("Moving slowly")
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.sit(session_id)
    proctor.open(session_id)
    proctor.release()
    expect(candidate.stopped_cover).to_contain_text("your proctor let you continue on another device")

    # Nobody has opened it elsewhere, so its link opens it once more, here as well as there.
    cast.faults.expect("status of 409")
    candidate.stopped_cover.get_by_role("button").click()
    candidate.expect_problem("released", "This browser no longer holds your exam")
    candidate.sit(session_id)
    proctor.expect_live()


def test_a_name_full_of_markup_is_shown_as_it_is_typed(cast: Cast, exam_app: ExamApp) -> None:
    name = "<img src=x onerror=alert(document.domain)>{{ 7 * 7 }}'\"&amp;"
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.start_in_exam_app(exam_app.url, name)
    expect(candidate.page.get_by_role("banner")).to_contain_text(name)
    expect(proctor.row(name)).to_be_visible()
    proctor.page.reload()
    proctor.open_from_hall(name)
    candidate.go_in()
    expect(candidate.exam.locator("#who")).to_have_text(f"You are {name}")
    expect(proctor.ask_to_terminate()).to_contain_text(name)
    proctor.page.keyboard.press("Escape")

    proctor.warn(name)
    candidate.expect_warning(name)
    candidate.confirm_warning()
    proctor.note(name)
    expect(proctor.event(name)).to_have_count(2)
    for page in (candidate.page, proctor.page):
        expect(page.locator("img")).to_have_count(0)


def test_a_candidate_whose_exam_does_not_exist_is_refused_to_the_exam_app(cast: Cast) -> None:
    assert join(cast.server.url, "NOSUCH", "Nobody") is None
