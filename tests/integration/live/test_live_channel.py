"""The live channel on a real server, under eventlet and again under threads."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from proctor.domain import sessions
from proctor.domain.exam_clock import utc_now
from proctor.records import EndedBy
from proctor.store import open_store
from tests.support import server as servers
from tests.support.live import CandidatePage, Console, ConsoleBrowser, ExamApp, Refused, Socket, eventually
from tests.support.server import Server
from tests.support.silent_live import silent_live

OFFER = {"type": "offer", "sdp": "v=0"}


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def server(request: pytest.FixtureRequest, mongodb_url: str) -> Iterator[Server]:
    database = f"test_{uuid.uuid4().hex[:12]}"
    with servers.running(mongodb_url, database, PROCTOR_ASYNC_MODE=request.param) as running:
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()


def test_a_candidate_gets_the_state_on_connecting(candidate: Socket, page: CandidatePage) -> None:
    state = candidate.next("state")

    assert (state["handle"], state["status"]) == (page.handle, "joined")
    assert state["clock"] == {"remaining_ms": 3_600_000, "running": False}


def test_begin_starts_the_clock_once(candidate: Socket) -> None:
    first, second = candidate.request("begin"), candidate.request("begin")

    assert first["ok"]
    assert first["state"]["status"] == second["state"]["status"] == "in_progress"
    assert first["state"]["started_at"] == second["state"]["started_at"]


def test_a_connection_without_claim_is_refused(server: Server, page: CandidatePage) -> None:
    with pytest.raises(Refused, match="opened_elsewhere"):
        Socket("/candidate").connect(server.url, auth={"handle": page.handle}, Origin=server.url)
    with pytest.raises(Refused, match="unauthenticated"):
        Socket("/candidate").connect(server.url, Origin=server.url)
    with pytest.raises(Refused, match="unauthenticated"):
        Socket("/candidate").connect(server.url, auth={"handle": "nope"}, Origin=server.url)


def test_a_candidate_cannot_open_another_candidates_channel(server: Server, page: CandidatePage) -> None:
    other = CandidatePage(server.url, ExamApp(server.url).join("Bob"))

    with pytest.raises(Refused):
        page.connect(handle=other.handle)


def test_a_console_needs_a_login(server: Server, page: CandidatePage) -> None:
    for auth in (None, {}, {"token": ""}, {"token": "x.y.z"}):
        with pytest.raises(Refused, match="unauthenticated"):
            Socket("/proctor").connect(server.url, auth=auth, Origin=server.url)
    with pytest.raises(Refused, match="unauthenticated"):
        Socket("/proctor").connect(server.url, auth={"handle": page.handle}, Cookie=page.cookies(), Origin=server.url)


def test_a_foreign_origin_is_refused_even_with_credentials(server: Server, console: Console) -> None:
    with pytest.raises(Refused):
        Socket("/proctor").connect(server.url, auth={"token": console.token}, Origin="https://evil.example")


def test_there_is_no_other_namespace(server: Server) -> None:
    with pytest.raises(Refused):
        Socket("/").connect(server.url, Origin=server.url)


def test_a_console_signed_in_by_cookie_may_watch(server: Server, page: CandidatePage, sockets: list[Socket]) -> None:
    sockets.append(ConsoleBrowser(server.url).connect())

    assert sockets[-1].request("watch", {"session_id": page.session_id})["ok"]


def test_signals_pass_between_viewer_and_candidate_both_ways(
    candidate: Socket, proctor: Socket, page: CandidatePage
) -> None:
    watching = proctor.request("watch", {"session_id": page.session_id})
    asked = candidate.next("watch")
    assert asked["viewer_id"] == watching["viewer_id"]

    offer = {"viewer_id": asked["viewer_id"], "description": OFFER, "streams": {"camera": "s1"}}
    assert candidate.request("signal", offer) == {"ok": True}
    assert proctor.next("signal") == offer
    answer = {"viewer_id": asked["viewer_id"], "description": {"type": "answer", "sdp": "v=0"}}
    assert proctor.request("signal", answer) == {"ok": True}
    assert candidate.next("signal") == answer
    last = {"viewer_id": asked["viewer_id"], "candidate": None}
    assert proctor.request("signal", last)["ok"]
    assert candidate.next("signal") == last


def test_a_proctor_who_was_there_first_is_introduced_when_the_candidate_comes(
    proctor: Socket, page: CandidatePage, sockets: list[Socket]
) -> None:
    watching = proctor.request("watch", {"session_id": page.session_id})
    assert watching["online"] is False

    sockets.append(page.connect())

    assert sockets[-1].next("watch")["viewer_id"] == watching["viewer_id"]
    assert proctor.next("candidate_online")["viewer_id"] == watching["viewer_id"]


def test_a_reloaded_page_takes_over_and_the_old_one_is_told(
    candidate: Socket, proctor: Socket, page: CandidatePage, console: Console, sockets: list[Socket]
) -> None:
    watching = proctor.request("watch", {"session_id": page.session_id})
    sockets.append(page.connect())
    reloaded = sockets[-1]

    assert reloaded.next("watch")["viewer_id"] == watching["viewer_id"]
    candidate.next("replaced")
    assert candidate.request("heartbeat")["status"] == 409
    candidate.close()
    assert reloaded.request("heartbeat", {"sent_at_ms": 1})["sent_at_ms"] == 1
    assert console.session(page.session_id)["presence"]["online"] is True


def test_the_sixth_viewer_is_refused_in_words_and_a_leaver_makes_room(
    server: Server, candidate: Socket, page: CandidatePage, sockets: list[Socket]
) -> None:
    viewers = [Console(server.url).connect() for _ in range(6)]
    sockets.extend(viewers)
    watches = [viewer.request("watch", {"session_id": page.session_id}) for viewer in viewers]

    assert [answer["ok"] for answer in watches] == [True] * 5 + [False]
    assert watches[5]["status"] == 429

    viewers[0].close()
    gone = candidate.next("unwatch")
    assert gone["viewer_id"] == watches[0]["viewer_id"]
    assert eventually(lambda: bool(viewers[5].request("watch", {"session_id": page.session_id})["ok"]))


def test_nobody_signals_through_a_view_that_is_not_theirs(
    server: Server, candidate: Socket, proctor: Socket, page: CandidatePage, sockets: list[Socket]
) -> None:
    viewer_id = proctor.request("watch", {"session_id": page.session_id})["viewer_id"]
    sockets.append(Console(server.url).connect())
    other = CandidatePage(server.url, ExamApp(server.url).join("Bob"))
    sockets.append(other.connect())
    signal_ = {"viewer_id": viewer_id, "description": OFFER}

    assert sockets[-2].request("signal", signal_)["status"] == 404
    assert sockets[-2].request("unwatch", {"viewer_id": viewer_id})["status"] == 404
    sockets[-1].request("signal", signal_)
    assert proctor.hears_nothing_of("signal")
    assert candidate.hears_nothing_of("signal")


def test_watching_an_unknown_session_is_404(proctor: Socket) -> None:
    assert proctor.request("watch", {"session_id": str(uuid.uuid4())})["status"] == 404


@pytest.mark.parametrize(
    ("event", "payload", "status"),
    [
        ("watch", {}, 422),
        ("watch", {"session_id": {"$gt": ""}}, 422),
        ("watch", [], 400),
        ("watch", "text", 400),
        ("watch", {"session_id": "x", "from": "me"}, 422),
        ("signal", {"viewer_id": "x", "description": {"type": "offer", "sdp": "x" * 33_000}}, 422),
        ("signal", {"viewer_id": "x"}, 422),
        ("trigger_event", {}, 404),
        ("connect_error", {}, 404),
        ("nope", {}, 404),
    ],
)
def test_odd_messages_are_refused_in_words(proctor: Socket, event: str, payload: Any, status: int) -> None:
    answer = proctor.request(event, payload)

    assert (answer["ok"], answer["status"]) == (False, status)
    assert answer["detail"]


@pytest.mark.parametrize("events", [5, True, "text", {"id": "x"}])
def test_events_that_are_no_list_are_refused_in_words(candidate: Socket, events: object) -> None:
    assert candidate.request("events", {"events": events})["status"] == 422


def test_a_candidate_has_no_proctors_messages(candidate: Socket, page: CandidatePage) -> None:
    assert candidate.request("watch", {"session_id": page.session_id})["status"] == 404


def test_a_flood_is_answered_429(proctor: Socket) -> None:
    statuses = [proctor.request("heartbeat").get("status") for _ in range(60)]

    assert 429 in statuses


def test_events_are_stored_once_however_often_they_come(
    candidate: Socket, page: CandidatePage, console: Console
) -> None:
    candidate.request("begin")
    event = {"id": str(uuid.uuid4()), "event_type": "tab_hidden", "payload": {"ms": 12}}
    other = {"id": str(uuid.uuid4()), "event_type": "tab_visible"}

    first = candidate.request("events", {"events": [event]})
    again = candidate.request("events", {"events": [event, other, other]})

    assert first["accepted"] == [event["id"]]
    assert set(again["accepted"]) == {event["id"], other["id"]}
    stored = [found["event_type"] for found in console.events(page.session_id)]
    assert (stored.count("tab_hidden"), stored.count("tab_visible")) == (1, 1)


def test_an_event_needs_an_id_and_a_plausible_type(candidate: Socket) -> None:
    for event in ({"event_type": "x"}, {"id": "x", "event_type": "x"}, {"id": str(uuid.uuid4()), "event_type": "A b"}):
        assert candidate.request("events", {"events": [event]})["status"] == 422


def test_a_warning_arrives_is_confirmed_and_the_console_sees_both(
    candidate: Socket, proctor: Socket, page: CandidatePage, console: Console
) -> None:
    proctor.request("watch", {"session_id": page.session_id})
    assert console.act(page.session_id, "warn", message="Eyes on the screen, please").status_code == 200

    action = candidate.next("action")
    assert (action["kind"], action["message"]) == ("warn", "Eyes on the screen, please")
    assert "by" not in action
    candidate.request("action_received", {"id": action["id"]})
    candidate.request("action_acknowledged", {"id": action["id"]})

    acknowledged = proctor.next(
        "event", lambda told: bool((told["event"].get("delivery") or {}).get("acknowledged_at"))
    )
    assert acknowledged["event"]["id"] == action["id"]


def test_an_action_waits_for_a_candidate_who_is_away_and_comes_until_confirmed(
    page: CandidatePage, console: Console, sockets: list[Socket]
) -> None:
    console.act(page.session_id, "warn", message="Are you there?")

    for _ in range(2):
        sockets.append(page.connect())
        action = sockets[-1].next("action")
        assert action["message"] == "Are you there?"
        sockets[-1].request("action_received", {"id": action["id"]})
        sockets[-1].close()

    sockets.append(page.connect())
    sockets[-1].request("action_acknowledged", {"id": action["id"]})
    sockets[-1].close()
    sockets.append(page.connect())
    assert sockets[-1].hears_nothing_of("action")


def test_pause_and_resume_reach_the_candidates_page(candidate: Socket, page: CandidatePage, console: Console) -> None:
    candidate.request("begin")
    console.act(page.session_id, "pause")
    assert candidate.next("state", lambda state: state["status"] == "paused")["clock"]["running"] is False

    console.act(page.session_id, "resume")
    assert candidate.next("state", lambda state: state["status"] == "in_progress")["clock"]["running"] is True


def test_the_exam_apps_terminate_ends_it_for_everybody(
    server: Server, candidate: Socket, proctor: Socket, page: CandidatePage
) -> None:
    candidate.request("begin")
    viewer_id = proctor.request("watch", {"session_id": page.session_id})["viewer_id"]

    ExamApp(server.url).terminate(page.session_id)

    assert candidate.next("state", lambda state: state["status"] == "finished")["ended_by"] == "exam_app"
    assert hears_of(proctor, page, lambda session: session["status"] == "finished")
    assert proctor.next("unwatched") == {"viewer_id": viewer_id, "reason": "session_ended"}
    assert proctor.request("watch", {"session_id": page.session_id})["status"] == 409
    event = {"id": str(uuid.uuid4()), "event_type": "tab_hidden"}
    assert candidate.request("events", {"events": [event]})["ok"], "what was on its way still counts"


def test_a_page_to_which_nobody_told_the_end_hears_of_it_with_its_next_heartbeat(
    server: Server, candidate: Socket, page: CandidatePage, mongodb_url: str
) -> None:
    candidate.request("begin")
    store = open_store(mongodb_url, server.database)
    sessions.finish(page.session_id, EndedBy.EXAM_APP, store=store, live=silent_live(), now=utc_now())
    store.close()

    candidate.request("heartbeat")

    assert candidate.next("state", lambda state: state["status"] == "finished")["ended_by"] == "exam_app"


def test_an_ended_exam_lets_no_page_in(server: Server, page: CandidatePage) -> None:
    ExamApp(server.url).terminate(page.session_id)

    with pytest.raises(Refused, match="session_ended"):
        page.connect()


def test_a_termination_reaches_a_candidate_who_comes_back(
    page: CandidatePage, console: Console, sockets: list[Socket]
) -> None:
    console.act(page.session_id, "terminate", message="You left the room")

    sockets.append(page.connect())
    action = sockets[-1].next("action")

    assert (action["kind"], action["message"]) == ("terminate", "You left the room")


def test_the_hall_hears_of_every_new_session(server: Server, proctor: Socket) -> None:
    session_id = ExamApp(server.url).join("Newcomer")

    assert proctor.next("session", lambda told: told["session"]["id"] == session_id)


def test_losing_the_connection_shows_in_seconds_and_is_on_record(
    candidate: Socket, proctor: Socket, page: CandidatePage, console: Console, sockets: list[Socket]
) -> None:
    candidate.close()

    lost = hears_of(proctor, page, lambda session: session["presence"]["lost_since"] is not None)
    assert lost["presence"]["online"] is False
    sockets.append(page.connect())
    assert eventually(lambda: "connection_restored" in [e["event_type"] for e in console.events(page.session_id)])
    assert "connection_lost" in [e["event_type"] for e in console.events(page.session_id)]


def test_time_over_ends_the_exam(server: Server, candidate: Socket, page: CandidatePage, mongodb_url: str) -> None:
    candidate.request("begin")
    change_session(mongodb_url, server, page, {"deadline": utc_now() + timedelta(seconds=1)})

    ended = candidate.next("state", lambda state: state["status"] == "finished")

    assert ended["ended_by"] == "time"
    assert ended["clock"] == {"remaining_ms": 0, "running": False}


def test_silence_of_fifteen_seconds_is_a_lost_connection(
    server: Server, candidate: Socket, proctor: Socket, page: CandidatePage, mongodb_url: str
) -> None:
    candidate.request("heartbeat")
    change_session(mongodb_url, server, page, {"presence.seen_at": utc_now() - timedelta(seconds=16)})

    assert hears_of(proctor, page, lambda session: session["presence"]["lost_since"] is not None)
    assert candidate.request("heartbeat")["ok"], "the page speaks again and is back"
    assert hears_of(proctor, page, lambda session: session["presence"]["online"])


def test_logging_out_closes_the_consoles_connections(server: Server, sockets: list[Socket]) -> None:
    browser = ConsoleBrowser(server.url)
    sockets.append(browser.connect())

    browser.sign_out()

    sockets[-1].next("signed_out")
    assert eventually(lambda: sockets[-1].disconnected)


def test_a_worker_that_is_told_to_stop_hangs_up(mongodb_url: str) -> None:
    with servers.running(mongodb_url, f"test_{uuid.uuid4().hex[:12]}") as running:
        socket = CandidatePage(running.url, ExamApp(running.url).join()).connect()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(timeout=10) == 0
        socket.close()


def hears_of(proctor: Socket, page: CandidatePage, matching: Callable[[Any], bool]) -> Any:
    """Return this candidate's session as the hall is next told it and as it matches; others are in the hall too."""
    told = proctor.next("session", lambda told: told["session"]["id"] == page.session_id and matching(told["session"]))
    return told["session"]


def change_session(mongodb_url: str, server: Server, page: CandidatePage, fields: dict[str, Any]) -> None:
    store = open_store(mongodb_url, server.database)
    store.database["sessions"].update_one({"_id": page.session_id}, {"$set": fields})
    store.close()
