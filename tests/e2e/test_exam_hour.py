"""While the exam runs: what the proctor does reaches the candidate, whatever the network and the exam app do."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import expect

from proctor.domain import sessions
from proctor.domain.exam_clock import utc_now
from proctor.records import Session
from proctor.store import Store
from tests.e2e.cast import Cast
from tests.support.browser import (
    all_peers,
    eventually,
    has_polled,
    open_peers,
    refuse_websockets,
)
from tests.support.exam_app import ExamApp

PICTURE_WITHIN_S = 2.0
ACTION_WITHIN_S = 1.0


def test_the_picture_is_there_within_two_seconds_of_the_click(cast: Cast) -> None:
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.sit(cast.session_of("Watched"))
    waited_s = []
    for _ in range(5):
        proctor.page.goto("/proctor/sessions")
        expect(proctor.row("Watched")).to_contain_text("In progress")
        began = time.monotonic()
        proctor.open_from_hall("Watched")
        proctor.expect_picture()
        waited_s.append(time.monotonic() - began)
    assert statistics.median(waited_s) < PICTURE_WITHIN_S, waited_s


def test_what_a_proctor_does_is_on_the_candidates_page_within_a_second(cast: Cast) -> None:
    session_id = cast.session_of("Quick")
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.sit(session_id)
    proctor.open(session_id)
    proctor.expect_live()
    took_s = []

    def timed(act: Callable[[], None], arrived: Callable[[], None]) -> None:
        began = time.monotonic()
        act()
        arrived()
        took_s.append(time.monotonic() - began)

    timed(lambda: proctor.warn("Quick"), lambda: candidate.expect_warning("Quick"))
    candidate.confirm_warning()
    timed(proctor.pause, lambda: expect(candidate.pause_cover).to_be_visible())
    timed(proctor.resume, lambda: expect(candidate.pause_cover).to_be_hidden())
    timed(lambda: proctor.extend(5), lambda: expect(candidate.notices).to_contain_text("You have more time"))
    timed(lambda: proctor.terminate("Quick"), lambda: expect(candidate.content).to_be_hidden())
    assert statistics.median(took_s) < ACTION_WITHIN_S, took_s


def test_a_warning_sent_while_the_candidate_is_offline_arrives_when_they_are_back(cast: Cast) -> None:
    session_id = cast.session_of("Offline")
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.sit(session_id)
    proctor.open(session_id)
    proctor.expect_live()

    cast.faults.expect("ERR_INTERNET_DISCONNECTED", "WebSocket connection to")
    candidate.page.context.set_offline(True)
    expect(candidate.notices).to_contain_text("Connection lost", timeout=30_000)
    expect(proctor.page.locator("#presence")).to_contain_text("Lost", timeout=30_000)
    proctor.warn("Are you still there?")
    proctor.expect_delivery("Are you still there?", "Sent")
    expect(candidate.warning).to_be_hidden()
    candidate.leave_fullscreen()

    candidate.page.context.set_offline(False)
    expect(candidate.warning).to_contain_text("Are you still there?", timeout=30_000)
    expect(candidate.notices).not_to_contain_text("Connection lost")
    proctor.expect_delivery("Are you still there?", "Delivered")
    candidate.confirm_warning()
    proctor.expect_delivery("Are you still there?", "Read by the candidate")
    expect(proctor.event("Connection restored")).to_be_visible()
    # What the candidate's page noticed meanwhile was kept, and is told once.
    expect(proctor.event("Left full screen")).to_have_count(1)
    proctor.expect_live()


def test_time_over_ends_the_exam(cast: Cast, server_store: Store) -> None:
    session_id = cast.session_of("Slow")
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.sit(session_id)
    proctor.open(session_id)

    def nearly_over(session: Session) -> Session:
        return replace(session, deadline=utc_now() + timedelta(seconds=2))

    sessions.change(session_id, nearly_over, store=server_store)
    candidate.expect_end("Time is over")
    expect(proctor.status).to_have_text("Finished")
    expect(proctor.event("Exam ended")).to_contain_text("The time was over")
    assert proctor.session(session_id)["ended_by"] == "time"


def test_terminating_asks_first_and_ends_on_the_finish_page(cast: Cast, exam_app: ExamApp) -> None:
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.start_in_exam_app(exam_app.url, "Terminated")
    candidate.go_in()
    proctor.open_from_hall("Terminated")
    proctor.expect_live()

    question = proctor.ask_to_terminate()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    expect(proctor.status).to_have_text("In progress")
    candidate.expect_connected()

    address = candidate.page.url
    proctor.terminate("Somebody else was in the room.")
    candidate.expect_end("Your proctor ended this exam")
    expect(candidate.page.locator("iframe")).to_have_count(0)
    expect(proctor.status).to_have_text("Terminated")
    expect(proctor.event("Exam terminated")).to_contain_text("Somebody else was in the room.")
    expect(proctor.page.get_by_role("button", name="Terminate")).to_be_hidden()

    # Over is over: the address of the exam leads to its end, and the console keeps the record.
    candidate.page.goto(address)
    candidate.expect_end("Your proctor ended this exam")
    proctor.page.reload()
    expect(proctor.status).to_have_text("Terminated")
    expect(proctor.stage).to_be_hidden()
    expect(proctor.event("Exam terminated")).to_contain_text("Somebody else was in the room.")


def test_five_proctors_watch_at_once_and_a_sixth_is_told_to_wait(cast: Cast) -> None:
    session_id = cast.session_of("Popular")
    candidate, colleague = cast.candidate(), cast.proctor()
    candidate.sit(session_id)
    watching = [cast.another_tab(colleague) for _ in range(5)]
    for proctor in watching:
        proctor.open(session_id)
    for proctor in watching:
        proctor.expect_live()
    assert open_peers(candidate.page) == 5

    sixth = cast.another_tab(colleague)
    sixth.open(session_id)
    expect(sixth.stage).to_contain_text("Five people are watching already")
    assert open_peers(candidate.page) == 5

    # A proctor who leaves frees the candidate's upload, and the place.
    watching[1].page.close()
    eventually(candidate.page, lambda: open_peers(candidate.page) == 4, "the upload is freed")
    sixth.expect_live(within_s=20)
    for proctor in (watching[0], *watching[2:]):
        proctor.expect_live()


def test_nothing_is_uploaded_while_nobody_watches(cast: Cast) -> None:
    session_id = cast.session_of("Alone")
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.sit(session_id)
    assert open_peers(candidate.page) == 0
    proctor.open(session_id)
    proctor.expect_live()
    proctor.page.get_by_role("link", name="All sessions").click()
    eventually(candidate.page, lambda: open_peers(candidate.page) == 0, "the upload is freed")
    proctor.open_from_hall("Alone")
    proctor.expect_live()
    assert all_peers(candidate.page) == 2


def test_live_watching_works_where_websockets_do_not_get_through(cast: Cast) -> None:
    session_id = cast.session_of("Behind a proxy")
    candidate, proctor = cast.candidate(), cast.proctor()
    pages = (candidate.page, proctor.page)
    for page in pages:
        refuse_websockets(page)
    candidate.sit(session_id)
    proctor.open(session_id)
    proctor.expect_live()
    assert all(has_polled(page) for page in pages)
    proctor.warn("By long polling")
    candidate.expect_warning("By long polling")
    candidate.confirm_warning()
    proctor.expect_delivery("By long polling", "Read by the candidate")


def test_the_exam_goes_on_in_one_tab_only_and_the_candidate_chooses_which(cast: Cast) -> None:
    session_id = cast.session_of("Two tabs")
    first, proctor = cast.candidate(), cast.proctor()
    first.sit(session_id)
    proctor.open(session_id)
    proctor.expect_live()

    second = cast.another_tab_of(first)
    second.page.goto(first.page.url)
    second.expect_connected()
    expect(first.stopped_cover).to_contain_text("opened in another tab")
    eventually(first.page, lambda: open_peers(first.page) == 0, "the first tab stops sending")
    proctor.expect_live()

    first.stopped_cover.get_by_role("button", name="Continue in this tab instead").click()
    first.expect_connected()
    expect(second.stopped_cover).to_contain_text("opened in another tab")
    proctor.expect_live()
    expect(proctor.status).to_have_text("In progress")


def test_a_click_into_the_exam_is_not_reported_as_leaving(cast: Cast, exam_app: ExamApp) -> None:
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.start_in_exam_app(exam_app.url, "Typing")
    candidate.go_in()
    proctor.open_from_hall("Typing")

    # Playwright pretends that every page has the focus; here the page must see what a real one would.
    candidate.lose_pretended_focus()
    candidate.exam.get_by_label("What is 6 times 7?").click()
    candidate.page.keyboard.type("42")
    assert candidate.page.evaluate("document.activeElement.tagName") == "IFRAME"
    candidate.let_pass(1.5)
    expect(proctor.event("Went to another window")).to_have_count(0)

    # Going to another tab is.
    elsewhere = candidate.page.context.new_page()
    elsewhere.bring_to_front()
    expect(proctor.event("Went to another window")).to_have_count(1)
    elsewhere.close()
    candidate.page.bring_to_front()
    expect(proctor.event("Back in the exam window")).to_have_count(1)


def test_an_exam_that_refuses_frames_opens_in_a_window_of_its_own(cast: Cast, exam_app: ExamApp) -> None:
    exam_app.refuses_frames = True
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.start_in_exam_app(exam_app.url, "Two windows")
    candidate.go_in()
    expect(candidate.page.locator("iframe")).to_have_count(0)
    expect(candidate.page.get_by_role("heading", name="Your exam is in its own window")).to_be_visible()
    with candidate.page.expect_popup() as opening:
        candidate.page.get_by_role("button", name="Open the exam window").click()
    exam = opening.value
    expect(exam.locator("#who")).to_have_text("You are Two windows")

    proctor.open_from_hall("Two windows")
    proctor.expect_live()
    exam.get_by_label("What is 6 times 7?").fill("42")
    exam.get_by_role("button", name="Submit").click()
    candidate.expect_end("Your exam is finished")
    eventually(candidate.page, exam.is_closed, "the exam's window is closed")
    expect(proctor.status).to_have_text("Finished")
