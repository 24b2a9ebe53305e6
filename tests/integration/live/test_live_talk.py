"""Chat, calls and handing over as open pages hear of them; on a real server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import groupby

import pytest

from proctor.domain.accounts import add_proctor
from proctor.domain.exam_clock import utc_now
from proctor.domain.passwords import Passwords
from proctor.store import open_store
from tests.support import server as servers
from tests.support.live import CandidatePage, Console, Socket
from tests.support.people import PASSWORD
from tests.support.server import Server

BEA = "bea@example.org"


@pytest.fixture(scope="module")
def server(mongodb_url: str) -> Iterator[Server]:
    with servers.running(mongodb_url, f"test_{uuid.uuid4().hex[:12]}") as running:
        store = open_store(mongodb_url, running.database)
        add_proctor(BEA, PASSWORD, ["DEMO"], store=store, passwords=Passwords(), now=utc_now())
        store.close()
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()


@pytest.fixture
def bea(server: Server, sockets: list[Socket]) -> Socket:
    sockets.append(Console(server.url, BEA, PASSWORD).connect())
    return sockets[-1]


def say(candidate: Socket, event_type: str, message: str | None = None) -> None:
    event = {"id": str(uuid.uuid4()), "event_type": event_type, "message": message}
    assert candidate.request("events", {"events": [event]})["ok"]


def test_a_message_reaches_the_candidate_until_their_page_has_it_and_no_longer(
    candidate: Socket, page: CandidatePage, console: Console, sockets: list[Socket]
) -> None:
    console.act(page.session_id, "chat", message="You may use paper.")
    told = candidate.next("action")
    assert (told["kind"], told["message"], "by" in told) == ("chat", "You may use paper.", False)

    sockets.append(page.connect())
    assert sockets[-1].next("action")["id"] == told["id"], "it was not confirmed yet"
    sockets[-1].request("action_received", {"id": told["id"]})
    sockets.append(page.connect())
    assert sockets[-1].hears_nothing_of("action")


def test_what_a_candidate_says_is_seen_by_all_consoles_and_read_by_those_who_watch(
    candidate: Socket, proctor: Socket, bea: Socket, page: CandidatePage
) -> None:
    proctor.request("watch", {"session_id": page.session_id})
    say(candidate, "chat", "May I ask something?")

    assert proctor.next("event")["event"]["message"] == "May I ask something?"
    assert bea.next("session", lambda told: bool(told["session"]["unread_chat"]))


def test_a_hand_goes_up_on_the_consoles_and_down_on_the_candidates_page(
    candidate: Socket, proctor: Socket, page: CandidatePage, console: Console
) -> None:
    say(candidate, "hand_raised")
    assert candidate.next("state", lambda state: bool(state["hand_raised"]))
    assert proctor.next("session", lambda told: bool(told["session"]["hand_raised"]))

    assert console.act(page.session_id, "hand/lower").status_code == 200
    assert candidate.next("action")["kind"] == "hand_lowered"
    assert proctor.next("session", lambda told: not told["session"]["hand_raised"])


def test_a_hand_that_is_raised_again_and_again_is_told_once(
    candidate: Socket, proctor: Socket, page: CandidatePage
) -> None:
    for event_type in ["hand_raised"] * 5 + ["hand_lowered"]:
        say(candidate, event_type)

    told: list[bool] = []
    while True not in told or told[-1]:
        message = proctor.next("session", lambda message: message["session"]["id"] == page.session_id)
        told.append(message["session"]["hand_raised"])
    assert [raised for raised, _ in groupby(told)].count(True) == 1


def test_those_who_watch_a_session_know_of_each_other(
    candidate: Socket, proctor: Socket, bea: Socket, page: CandidatePage
) -> None:
    viewer = proctor.request("watch", {"session_id": page.session_id})["viewer_id"]
    assert proctor.next("watching")["watching"] == [{"email": "proctor@test.com"}]
    bea.request("watch", {"session_id": page.session_id})
    both = [{"email": BEA}, {"email": "proctor@test.com"}]
    assert proctor.next("watching")["watching"] == both
    assert bea.request("heartbeat")["watching"] == {page.session_id: both}

    proctor.request("unwatch", {"viewer_id": viewer})
    assert bea.next("watching", lambda told: len(told["watching"]) == 1)["watching"] == [{"email": BEA}]
    assert candidate.hears_nothing_of("watching"), "candidates do not learn who watches them"


def test_a_handover_is_told_to_the_colleague_and_to_nobody_else(
    proctor: Socket, bea: Socket, page: CandidatePage, console: Console
) -> None:
    assert console.act(page.session_id, "handover", to=BEA, message="Mind the door.").status_code == 200

    told = bea.next("handed_over")
    assert (told["session_id"], told["by"], told["message"]) == (page.session_id, "proctor@test.com", "Mind the door.")
    assert proctor.next("session", lambda message: message["session"]["assigned_to"] == BEA)
    assert proctor.hears_nothing_of("handed_over")


def test_a_request_comes_until_it_is_declined(
    candidate: Socket, page: CandidatePage, console: Console, sockets: list[Socket]
) -> None:
    console.act(page.session_id, "room_scan", message="Please.")
    asked = candidate.next("action")
    candidate.request("action_received", {"id": asked["id"]})
    sockets.append(page.connect())
    assert sockets[-1].next("action")["id"] == asked["id"], "having it is not answering it"

    say(sockets[-1], "room_scan_declined")
    sockets[-1].request("action_acknowledged", {"id": asked["id"]})
    assert console.act(page.session_id, "room_scan").status_code == 200, "it may be asked for again"
