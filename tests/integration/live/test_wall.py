"""The wall's pictures on a real server: who may send them, who sees them, and which are kept."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from proctor.records import Policy, ProctorId, ProctorRole, SessionId, Snapshots
from proctor.store import Store, open_store
from tests.support import server as servers
from tests.support.evidence import small_jpeg
from tests.support.live import CandidatePage, Console, ExamApp, Socket, eventually
from tests.support.server import Server


def as_text(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


IMAGE = as_text(small_jpeg(text="first"))


@pytest.fixture(scope="module")
def database() -> str:
    return f"test_{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def server(mongodb_url: str, database: str) -> Iterator[Server]:
    with servers.running(mongodb_url, database) as running:
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()


@pytest.fixture(scope="module")
def store(mongodb_url: str, database: str) -> Iterator[Store]:
    opened = open_store(mongodb_url, database)
    yield opened
    opened.close()


def set_policy(store: Store, session_id: str, snapshots: Snapshots) -> None:
    change = {"$set": {"policy.snapshots": str(snapshots)}}
    store.database["sessions"].update_one({"_id": session_id}, change)


def raise_flag(candidate: Socket) -> str:
    candidate.request("begin")
    phone = {"id": str(uuid.uuid4()), "event_type": "phone_detected"}
    assert candidate.request("events", {"events": [phone]})["ok"]
    wanted = candidate.next("snapshot_wanted", lambda asked: asked["flag_id"] is not None)
    return str(wanted["flag_id"])


def test_a_picture_reaches_the_consoles_that_show_the_tile_and_no_others(
    candidate: Socket, proctor: Socket, console: Console, page: CandidatePage, sockets: list[Socket]
) -> None:
    sockets.append(console.connect())
    assert proctor.request("wall", {"session_ids": [page.session_id]})["session_ids"] == [page.session_id]

    assert candidate.request("snapshot", {"image": IMAGE}) == {"ok": True}

    shown = proctor.next("snapshot")
    assert (shown["session_id"], shown["image"]) == (page.session_id, IMAGE)
    assert sockets[-1].hears_nothing_of("snapshot")


def test_a_wall_that_opens_late_is_shown_the_latest_picture_at_once(
    candidate: Socket, proctor: Socket, page: CandidatePage, store: Store
) -> None:
    latest = as_text(small_jpeg(text="second"))
    for image in (IMAGE, latest):
        assert candidate.request("snapshot", {"image": image})["ok"]
    kept = [SessionId(page.session_id)]
    assert eventually(lambda: [as_text(one.image) for one in store.snapshots.latest(kept)] == [latest])

    proctor.request("wall", {"session_ids": [page.session_id]})

    assert proctor.next("snapshot")["image"] == latest
    assert candidate.hears_nothing_of("snapshot_wanted"), "the latest picture is fresh: no other is asked for"


def test_a_wall_that_opens_asks_for_the_pictures_that_it_does_not_have(
    candidate: Socket, proctor: Socket, page: CandidatePage
) -> None:
    proctor.request("wall", {"session_ids": [page.session_id]})

    assert candidate.next("snapshot_wanted") == {"flag_id": None}


def test_a_tile_that_is_out_of_sight_costs_nothing(candidate: Socket, proctor: Socket, page: CandidatePage) -> None:
    proctor.request("wall", {"session_ids": [page.session_id]})
    proctor.request("wall", {"session_ids": []})

    candidate.request("snapshot", {"image": IMAGE})

    assert proctor.hears_nothing_of("snapshot")


def test_a_proctor_sees_no_pictures_of_exams_that_are_not_theirs(
    server: Server, store: Store, candidate: Socket, page: CandidatePage, sockets: list[Socket]
) -> None:
    demo = store.proctors.get_by_email("proctor@test.com")
    assert demo
    for email, role, codes in (
        ("other@test.com", ProctorRole.PROCTOR, frozenset({"OTHER"})),
        ("reviewer@test.com", ProctorRole.REVIEWER, None),
    ):
        own_id = ProctorId(str(uuid.uuid4()))
        person = replace(demo, id=own_id, email=email, role=role, exam_codes=codes)
        assert store.proctors.add_if_new(person)
    other, reviewer = (Console(server.url, email).connect() for email in ("other@test.com", "reviewer@test.com"))
    sockets += [other, reviewer]

    assert other.request("wall", {"session_ids": [page.session_id]}) == {"ok": True, "session_ids": []}
    assert reviewer.request("wall", {"session_ids": [page.session_id]})["status"] == 403
    candidate.request("snapshot", {"image": IMAGE})
    assert other.hears_nothing_of("snapshot")
    assert reviewer.hears_nothing_of("snapshot", within_s=0.1)


def test_a_candidate_can_neither_see_a_wall_nor_send_a_picture_for_another(
    candidate: Socket, proctor: Socket, page: CandidatePage
) -> None:
    assert candidate.request("wall", {"session_ids": [page.session_id]})["status"] == 404
    assert candidate.request("snapshot", {"image": IMAGE, "session_id": "another"})["status"] == 422
    assert proctor.request("snapshot", {"image": IMAGE})["status"] == 404


@pytest.mark.parametrize(
    ("image", "status"),
    [
        ("not base64!", 422),
        (as_text(b"GIF89a" + bytes(100)), 422),
        (as_text(small_jpeg()[:-2]), 422),
        (as_text(small_jpeg(width=4_000)), 422),
        (as_text(small_jpeg(height=0)), 422),
        (as_text(small_jpeg(size=12_289)), 413),
        ("", 422),
        (7, 422),
    ],
)
def test_what_is_no_small_picture_is_refused(candidate: Socket, image: object, status: int) -> None:
    assert candidate.request("snapshot", {"image": image})["status"] == status


def test_pictures_come_no_faster_than_allowed(candidate: Socket) -> None:
    answers = [candidate.request("snapshot", {"image": IMAGE}) for _ in range(14)]

    assert [answer["ok"] for answer in answers[:10]] == [True] * 10
    assert answers[-1]["status"] == 429


def test_a_flag_asks_for_a_picture_and_keeps_the_first_as_its_evidence(
    candidate: Socket, console: Console, page: CandidatePage, store: Store
) -> None:
    flag_id = raise_flag(candidate)

    for text in ("of the flag", "later"):
        answer = candidate.request("snapshot", {"image": as_text(small_jpeg(text=text)), "flag_id": flag_id})
        assert answer == {"ok": True}

    [flag] = console.flags(page.session_id)
    [kept] = store.evidence.of_session(SessionId(page.session_id))
    assert (flag["evidence"]["snapshot"], kept.flag_id) == (f"/evidence/{kept.name}", flag_id)


def test_a_picture_that_waited_for_its_connection_is_evidence_of_when_it_was_taken_and_not_shown_as_live(
    candidate: Socket, proctor: Socket, page: CandidatePage, store: Store
) -> None:
    flag_id = raise_flag(candidate)
    created = store.sessions.get(page.session_id)
    assert created
    proctor.request("wall", {"session_ids": [page.session_id]})
    sent = {"image": IMAGE, "flag_id": flag_id, "age_ms": 600_000}

    assert candidate.request("snapshot", sent) == {"ok": True}

    [kept] = store.evidence.of_session(SessionId(page.session_id))
    assert kept.taken_at == created.created_at, "nothing is older than the session"
    proctor.hears_nothing_of("snapshot", within_s=0.1)


def test_a_flag_of_somebody_else_takes_no_picture(candidate: Socket, server: Server, sockets: list[Socket]) -> None:
    flag_id = raise_flag(candidate)
    sockets.append(CandidatePage(server.url, ExamApp(server.url).join("Bob")).connect())

    assert sockets[-1].request("snapshot", {"image": IMAGE, "flag_id": flag_id})["status"] == 404


@pytest.mark.parametrize(("snapshots", "kept"), [(Snapshots.NONE, 0), (Snapshots.ON_FLAGS, 0), (Snapshots.ALL, 2)])
def test_the_exams_policy_says_which_pictures_are_kept(
    server: Server, store: Store, sockets: list[Socket], snapshots: Snapshots, kept: int
) -> None:
    session_id = ExamApp(server.url).join()
    set_policy(store, session_id, snapshots)
    sockets.append(CandidatePage(server.url, session_id).connect())

    for _ in range(2):
        assert sockets[-1].request("snapshot", {"image": IMAGE})["ok"]

    assert len(store.evidence.of_session(SessionId(session_id))) == kept


def test_nothing_is_kept_of_what_a_page_shows_after_the_end(
    server: Server, store: Store, console: Console, sockets: list[Socket]
) -> None:
    session_id = ExamApp(server.url).join()
    set_policy(store, session_id, Snapshots.ALL)
    sockets.append(CandidatePage(server.url, session_id).connect())
    console.act(session_id, "terminate")

    assert sockets[-1].request("snapshot", {"image": IMAGE})["status"] == 409
    assert store.evidence.of_session(SessionId(session_id)) == []


def test_nothing_is_kept_of_a_flag_where_the_exam_wants_no_pictures(
    server: Server, store: Store, sockets: list[Socket]
) -> None:
    assert Policy().snapshots is Snapshots.ON_FLAGS
    session_id = ExamApp(server.url).join()
    set_policy(store, session_id, Snapshots.NONE)
    sockets.append(CandidatePage(server.url, session_id).connect())
    sockets[-1].request("begin")
    event = {"id": str(uuid.uuid4()), "event_type": "phone_detected"}
    sockets[-1].request("events", {"events": [event]})

    assert eventually(lambda: bool(store.flags.of_session(SessionId(session_id))))
    [flag] = store.flags.of_session(SessionId(session_id))
    assert sockets[-1].request("snapshot", {"image": IMAGE, "flag_id": flag.id})["ok"]
    assert store.evidence.of_session(SessionId(session_id)) == []
    assert sockets[-1].hears_nothing_of("snapshot_wanted", within_s=0.1)


def test_with_the_end_of_the_session_its_latest_picture_is_gone(
    candidate: Socket, console: Console, page: CandidatePage, store: Store
) -> None:
    ids = [SessionId(page.session_id)]
    candidate.request("snapshot", {"image": IMAGE})
    assert eventually(lambda: len(store.snapshots.latest(ids)) == 1)

    console.act(page.session_id, "terminate")

    assert eventually(lambda: store.snapshots.latest(ids) == [])
