"""Two servers, one database, and a real Redis between them: the candidate is on the one, the proctor on the other."""

from __future__ import annotations

import base64
import contextlib
import uuid
from collections.abc import Iterator

import pytest

from tests.support import server as servers
from tests.support.evidence import small_jpeg
from tests.support.live import CandidatePage, Console, ExamApp, Socket, eventually
from tests.support.redis_server import RedisServer
from tests.support.server import Server

OFFER = {"type": "offer", "sdp": "v=0"}
IMAGE = base64.b64encode(small_jpeg(text="here")).decode()


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with RedisServer() as running:
        yield running


@pytest.fixture(scope="module")
def database() -> str:
    return f"test_{uuid.uuid4().hex[:12]}"


@contextlib.contextmanager
def running(mongodb_url: str, database: str, redis: RedisServer) -> Iterator[Server]:
    settings = {"PROCTOR_MESSAGE_QUEUE": redis.url, "STORAGE_BACKEND": "gridfs"}
    with servers.running(mongodb_url, database, port=None, app="wsgi:app", **settings) as server:
        yield server
        assert "Traceback" not in server.log_text(), server.log_text()


@pytest.fixture(scope="module")
def server(mongodb_url: str, database: str, redis: RedisServer) -> Iterator[Server]:
    """The candidate's server."""
    with running(mongodb_url, database, redis) as server:
        yield server


@pytest.fixture(scope="module")
def other_server(mongodb_url: str, database: str, redis: RedisServer) -> Iterator[Server]:
    """The proctor's server."""
    with running(mongodb_url, database, redis) as other:
        yield other


@pytest.fixture
def console(other_server: Server) -> Console:
    return Console(other_server.url)


def say(candidate: Socket, event_type: str, message: str | None = None) -> None:
    event = {"id": str(uuid.uuid4()), "event_type": event_type, "message": message}
    assert candidate.request("events", {"events": [event]})["ok"]


def test_video_is_arranged_both_ways(candidate: Socket, proctor: Socket, page: CandidatePage) -> None:
    viewer_id = proctor.request("watch", {"session_id": page.session_id})["viewer_id"]
    assert candidate.next("watch")["viewer_id"] == viewer_id
    offer = {"viewer_id": viewer_id, "description": OFFER, "streams": {"camera": "s1"}}
    assert candidate.request("signal", offer) == {"ok": True}
    assert proctor.next("signal") == offer
    answer = {"viewer_id": viewer_id, "description": {"type": "answer", "sdp": "v=0"}}
    assert proctor.request("signal", answer) == {"ok": True}
    assert candidate.next("signal")["description"]["type"] == "answer"

    proctor.request("unwatch", {"viewer_id": viewer_id})
    assert candidate.next("unwatch")["viewer_id"] == viewer_id


def test_chat_a_hand_and_a_warning_pass(
    candidate: Socket, proctor: Socket, page: CandidatePage, console: Console
) -> None:
    proctor.request("watch", {"session_id": page.session_id})
    say(candidate, "chat", "May I ask something?")
    assert proctor.next("event")["event"]["message"] == "May I ask something?"
    say(candidate, "hand_raised")
    assert proctor.next("session", lambda told: bool(told["session"]["hand_raised"]))

    console.act(page.session_id, "chat", message="Go on.")
    assert candidate.next("action")["message"] == "Go on."
    console.act(page.session_id, "warn", message="Look at the screen.")
    warned = candidate.next("action", lambda action: action["kind"] == "warn")
    candidate.request("action_received", {"id": warned["id"]})
    delivered = proctor.next("event", lambda told: bool((told["event"].get("delivery") or {}).get("delivered_at")))
    assert delivered["event"]["id"] == warned["id"]


def test_the_wall_shows_pictures(candidate: Socket, proctor: Socket, page: CandidatePage) -> None:
    proctor.request("wall", {"session_ids": [page.session_id]})
    assert candidate.next("snapshot_wanted") == {"flag_id": None}
    assert candidate.request("snapshot", {"image": IMAGE}) == {"ok": True}
    assert proctor.next("snapshot")["image"] == IMAGE


def test_a_flag_is_raised_once_whoever_judges(candidate: Socket, proctor: Socket, page: CandidatePage) -> None:
    candidate.request("begin")
    say(candidate, "phone_detected")
    mine = proctor.next("flag", lambda told: told["session_id"] == page.session_id)
    assert mine["flag"]["rule_id"] == "phone_detected"
    assert proctor.next("session", lambda told: told["session"]["id"] == page.session_id)["session"]["score"] < 100
    assert proctor.hears_nothing_of("flag", within_s=1.2)


def test_a_page_that_comes_back_by_the_other_server_takes_over(
    candidate: Socket, proctor: Socket, page: CandidatePage, other_server: Server, sockets: list[Socket]
) -> None:
    viewer_id = proctor.request("watch", {"session_id": page.session_id})["viewer_id"]
    candidate.next("watch")
    page.url = other_server.url
    sockets.append(page.connect())

    assert sockets[-1].next("watch")["viewer_id"] == viewer_id
    assert candidate.next("replaced") == {}


def test_the_exam_apps_end_reaches_everybody(
    candidate: Socket, proctor: Socket, page: CandidatePage, other_server: Server
) -> None:
    candidate.request("begin")
    proctor.request("watch", {"session_id": page.session_id})
    ExamApp(other_server.url).terminate(page.session_id)

    assert candidate.next("state", lambda state: state["status"] == "finished")
    assert proctor.next("unwatched")["reason"] == "session_ended"


def test_without_redis_everything_is_stored_and_reaches_the_candidate_with_their_next_sign_of_life(
    candidate: Socket, proctor: Socket, page: CandidatePage, console: Console, redis: RedisServer
) -> None:
    proctor.request("watch", {"session_id": page.session_id})
    redis.stop()
    say(candidate, "chat", "Is anybody there?")
    answer = console.act(page.session_id, "chat", message="One moment.")
    assert answer.status_code == 200, answer.text

    def comes_with_a_sign_of_life() -> bool:
        candidate.request("heartbeat", {"sent_at_ms": 0})
        return not candidate.hears_nothing_of("action", within_s=0.3)

    assert eventually(comes_with_a_sign_of_life, within_s=15)
    redis.start()

    def heard_again() -> bool:
        console.act(page.session_id, "chat", message="Here I am.")
        with contextlib.suppress(AssertionError):
            return bool(candidate.next("action", lambda action: action["message"] == "Here I am."))
        return False

    assert eventually(heard_again, within_s=30)
    said = [event["message"] for event in console.events(page.session_id) if event["event_type"] == "chat"]
    assert said[:2] == ["Is anybody there?", "One moment."]
