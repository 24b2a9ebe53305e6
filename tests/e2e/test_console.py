"""The proctor's console around the live picture: signing in and out, the hall, the connection."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Route, WebSocketRoute, expect

from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.support.browser import eventually
from tests.support.exam_app import note


def test_a_wrong_password_is_refused_in_words(cast: Cast) -> None:
    proctor = ProctorSteps(cast.someone())
    cast.faults.expect("status of 401")
    proctor.try_to_sign_in("stranger@test.com", "wrong")
    expect(proctor.page.get_by_role("alert")).to_have_text("The email address or the password is wrong.")
    expect(proctor.page.get_by_label("Password")).to_have_value("")
    proctor.page.goto("/proctor/sessions")
    expect(proctor.page.get_by_role("heading", name="Sign in to proctor")).to_be_visible()


def test_signing_in_leads_on_to_the_page_that_was_asked_for(cast: Cast) -> None:
    proctor = ProctorSteps(cast.someone())
    session_id = cast.session_of("Asked for")
    proctor.open(session_id)
    proctor.page.get_by_label("Email address").fill("proctor@test.com")
    proctor.page.get_by_label("Password").fill("proctor123")
    proctor.page.get_by_role("button", name="Sign in").click()
    expect(proctor.page.get_by_role("heading", level=1)).to_have_text("Asked for")


def test_signing_out_disconnects_every_page_of_that_login_and_no_other(cast: Cast) -> None:
    session_id = cast.session_of("Still watched")
    candidate, leaving, staying = cast.candidate(), cast.proctor(), cast.proctor()
    candidate.sit(session_id)
    other_tab = cast.another_tab(leaving)
    for proctor in (other_tab, staying):
        proctor.open(session_id)
        proctor.expect_live()

    cast.faults.expect("status of 401")
    leaving.sign_out()
    expect(other_tab.page.get_by_role("alert")).to_contain_text("You are signed out")
    expect(other_tab.stage).not_to_have_attribute("data-state", "live")
    other_tab.warn("Am I still here?")
    expect(other_tab.page.get_by_text("Not sent: you are signed out.")).to_be_visible()
    expect(candidate.warning).to_be_hidden()

    staying.expect_live()
    other_tab.page.reload()
    expect(other_tab.page.get_by_role("heading", name="Sign in to proctor")).to_be_visible()


def test_the_hall_follows_what_happens_and_can_be_searched(cast: Cast) -> None:
    candidate, proctor = cast.candidate(), cast.proctor()
    session_id = cast.session_of("Zuse, Konrad")
    row = proctor.row("Zuse, Konrad")
    expect(row).to_contain_text("Not started")
    expect(row).to_contain_text("Demo Exam")

    candidate.sit(session_id)
    expect(row).to_contain_text("In progress")
    expect(row).to_contain_text("Online")
    expect(row).to_contain_text("59:")

    search = proctor.page.get_by_role("searchbox", name="Search by candidate")
    search.fill("nobody of this name")
    expect(proctor.page.get_by_role("heading", name="No session matches")).to_be_visible()
    search.fill("zuse")
    expect(row).to_be_visible()
    proctor.page.get_by_label("State", exact=True).select_option("finished")
    expect(row).to_be_hidden()
    candidate.finish()
    candidate.expect_end("Your exam is finished")
    expect(row).to_contain_text("Finished")
    expect(row).to_contain_text("Left")


def test_an_empty_hall_says_how_candidates_come(cast: Cast) -> None:
    proctor = cast.proctor()
    expect(proctor.page.get_by_role("heading", name="Nobody is taking an exam right now")).to_be_visible()
    expect(proctor.page.get_by_role("link", name="Open the join page")).to_have_attribute("href", "/join")

    cast.session_of("First")
    expect(proctor.row("First")).to_be_visible()
    expect(proctor.page.get_by_role("heading", name="Nobody is taking an exam right now")).to_be_hidden()

    proctor.page.goto("/proctor/sessions?exam_code=DEMO&q=nobody-at-all")
    expect(proctor.page.get_by_role("heading", name="No session matches")).to_be_visible()
    proctor.page.get_by_role("button", name="Clear the search and filters").click()
    expect(proctor.row("First")).to_be_visible()


def test_a_candidate_who_vanishes_is_seen_as_lost(cast: Cast) -> None:
    session_id = cast.session_of("Vanishing")
    candidate, proctor, hall = cast.candidate(), cast.proctor(), cast.proctor()
    candidate.sit(session_id)
    proctor.open(session_id)
    proctor.expect_live()
    candidate.page.close()
    expect(hall.row("Vanishing")).to_contain_text("Lost")
    expect(proctor.stage).to_contain_text("page is gone", timeout=20_000)
    expect(proctor.event("Connection lost")).to_be_visible()
    expect(proctor.status).to_have_text("In progress")


def test_a_warning_written_before_the_scripts_have_come_is_not_lost(cast: Cast) -> None:
    proctor = cast.proctor()
    waiting: list[Route] = []

    def hold(request: Route) -> None:
        waiting.append(request)

    proctor.page.route("**/js/pages/session.js*", hold)
    proctor.page.goto(f"/proctor/session/{cast.session_of('Slow line')}", wait_until="commit")
    proctor.page.get_by_label("Warn the candidate").fill("In a hurry")
    expect(proctor.page.get_by_role("button", name="Send warning")).to_be_disabled()
    expect(proctor.page.get_by_role("button", name="Terminate")).to_be_disabled()
    proctor.page.get_by_label("Minutes to add").press("Enter")

    waiting[0].continue_()
    proctor.page.get_by_role("button", name="Send warning").click()
    expect(proctor.event("In a hurry")).to_be_visible()


def test_what_happens_just_before_a_console_has_its_place_is_in_its_record(cast: Cast) -> None:
    session_id, proctor = cast.session_of("Early"), cast.proctor()
    held: list[Callable[[], None]] = []

    def hold_back_the_wish_to_watch(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if '"watch"' in str(message):
                held.append(lambda: server.send(message))
            else:
                server.send(message)

        socket.on_message(pass_on)

    proctor.page.route_web_socket(re.compile("/socket.io/"), hold_back_the_wish_to_watch)
    with proctor.page.expect_response(re.compile("/events")):
        proctor.open(session_id)
    eventually(proctor.page, lambda: held, "the console asks to watch")
    note(cast.server.url, session_id, "Just before", 1.0)
    held[0]()
    expect(proctor.stage).to_contain_text("Waiting for the candidate")
    expect(proctor.event("Just before")).to_be_visible()


def test_notes_are_kept_with_their_author_and_not_shown_to_the_candidate(cast: Cast) -> None:
    session_id = cast.session_of("Noted")
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.sit(session_id)
    proctor.open(session_id)
    proctor.note("Looked to the left several times.")
    expect(proctor.event("Looked to the left several times.")).to_contain_text("proctor@test.com")
    expect(proctor.page.get_by_label("Note for the record")).to_have_value("")
    assert "Looked to the left" not in candidate.page.content()


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_times_are_shown_in_the_readers_zone(cast: Cast, zone: str) -> None:
    proctor = cast.proctor(timezone_id=zone)
    proctor.open(cast.session_of("Timed"))
    proctor.note("What time is it?")
    shown = proctor.event("What time is it?").locator("time")
    moment = datetime.fromisoformat(shown.get_attribute("datetime") or "").astimezone(ZoneInfo(zone))
    expect(shown).to_have_text(re.compile(rf"\b{moment:%H:%M:%S}\b"))
