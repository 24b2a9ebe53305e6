"""Which proctors may watch live, and that watching is written down; on a real server."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator

import pytest
import websocket

from proctor.audit_tags import AuditTag
from proctor.domain.accounts import add_proctor
from proctor.domain.exam_clock import utc_now
from proctor.domain.passwords import Passwords
from proctor.records import ProctorRole
from proctor.store import Store, open_store
from proctor.store.audit import AuditFilter
from tests.support import server as servers
from tests.support.live import CandidatePage, Console, ExamApp, Socket
from tests.support.people import PASSWORD
from tests.support.server import Server


@pytest.fixture(scope="module")
def server(mongodb_url: str) -> Iterator[Server]:
    with servers.running(mongodb_url, f"test_{uuid.uuid4().hex[:12]}") as running:
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()


@pytest.fixture
def server_store(server: Server, mongodb_url: str) -> Iterator[Store]:
    opened = open_store(mongodb_url, server.database)
    yield opened
    opened.close()


def connect(server: Server, store: Store, role: ProctorRole) -> tuple[str, Socket]:
    email = f"{role}-{uuid.uuid4().hex[:6]}@example.org"
    add_proctor(email, PASSWORD, None, role=role, store=store, passwords=Passwords(), now=utc_now())
    return email, Console(server.url, email, PASSWORD).connect()


def test_a_reviewer_watches_nobody_and_hears_nothing_live(
    server: Server, server_store: Store, sockets: list[Socket]
) -> None:
    session_id = ExamApp(server.url).join()
    _, reviewer = connect(server, server_store, ProctorRole.REVIEWER)
    _, proctor = connect(server, server_store, ProctorRole.PROCTOR)
    sockets += [reviewer, proctor]

    refused = reviewer.request("watch", {"session_id": session_id})
    assert (refused["ok"], refused["status"]) == (False, 403)
    assert proctor.request("watch", {"session_id": session_id})["ok"]

    sockets.append(CandidatePage(server.url, session_id).connect())
    assert proctor.next("session", lambda told: told["session"]["presence"]["online"])["session"]["id"] == session_id
    assert reviewer.hears_nothing_of("session")
    assert reviewer.request("heartbeat", {})["ok"]


def test_watching_is_written_down_each_time(server: Server, server_store: Store, sockets: list[Socket]) -> None:
    session_id = ExamApp(server.url).join()
    email, proctor = connect(server, server_store, ProctorRole.PROCTOR)
    sockets.append(proctor)

    for _ in range(2):
        viewer_id = proctor.request("watch", {"session_id": session_id})["viewer_id"]
        proctor.request("unwatch", {"viewer_id": viewer_id})

    written, _ = server_store.audit.page(AuditFilter(tag=AuditTag.WATCHED, session_id=session_id), 10)
    assert [(entry.by, entry.exam_code, entry.address) for entry in written] == [(email, "DEMO", "127.0.0.1")] * 2


def test_who_does_not_say_who_they_are_is_hung_up_and_who_does_stays(server: Server, candidate: Socket) -> None:
    address = f"{server.url.replace('http', 'ws', 1)}/socket.io/?EIO=4&transport=websocket"
    began = time.monotonic()
    stranger = websocket.create_connection(address, timeout=20, origin=server.url)
    with contextlib.ExitStack() as afterwards:
        afterwards.callback(stranger.shutdown)  # closing does nothing once the other side has hung up
        while message := stranger.recv():
            if message == "2":  # a ping, which keeps a connection open as long as it is answered
                stranger.send("3")
        assert 10 <= time.monotonic() - began < 20
    assert not candidate.disconnected
    assert candidate.request("heartbeat", {"sent_at_ms": 1})["ok"]
