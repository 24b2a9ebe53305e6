"""The gunicorn worker, driven over real sockets as clients do, friendly and otherwise."""

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import websocket

from proctor.runtime.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
HALF_OPEN_CLIENTS = 200


@dataclass
class Server:
    process: subprocess.Popen[bytes]
    ports: list[int]
    journal: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports[0]}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.ports[0]), timeout=20)

    def facts(self, url: str | None = None) -> dict[str, str]:
        text = requests.get(url or self.url, timeout=5).text
        return dict(line.split("=", 1) for line in text.splitlines())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("worker")) as started:
        yield started


@pytest.fixture(scope="module")
def impatient_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that waits one second for more of a body, and two for all of it."""
    with running(tmp_path_factory.mktemp("impatient"), environ={"RUNTIME_TEST_IMPATIENT": "1"}) as started:
        yield started


@contextlib.contextmanager
def running(folder: Path, *, connections: int = 8000, environ: Mapping[str, str] | None = None) -> Iterator[Server]:
    ports = [free_port(), free_port("::1")]
    journal, log = folder / "journal", folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--config", "python:proctor.runtime.gunicorn_config"),
                *("--bind", f"127.0.0.1:{ports[0]}", "--bind", f"[::1]:{ports[1]}"),
                *("--worker-connections", str(connections), "tests.integration.runtime_app:app"),
            ],
            cwd=ROOT,
            env={**os.environ, **(environ or {}), "RUNTIME_TEST_JOURNAL": str(journal)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: answers(ports[0]))
        yield Server(process, ports, journal, log)
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/", timeout=1).ok
    except (requests.ConnectionError, requests.Timeout):
        return False


def wait_until(is_true: Callable[[], bool], *, within_s: float = 15) -> None:
    deadline = time.monotonic() + within_s
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def answer_to(server: Server, request: bytes) -> bytes:
    """Send raw bytes and return everything up to the end of the connection."""
    with server.connect() as client:
        client.sendall(request)
        received = b""
        while chunk := client.recv(65_536):
            received += chunk
        return received


def test_the_client_address_is_that_of_the_peer(server: Server) -> None:
    assert server.facts()["REMOTE_ADDR"] == "127.0.0.1"


def test_a_forwarded_header_does_not_change_the_client_address(server: Server) -> None:
    text = requests.get(server.url, headers={"X-Forwarded-For": "192.0.2.1"}, timeout=5).text

    assert "REMOTE_ADDR=127.0.0.1" in text


def test_each_listener_serves_and_names_its_own_port(server: Server) -> None:
    over_ipv6 = server.facts(f"http://[::1]:{server.ports[1]}/")

    assert server.facts()["SERVER_PORT"] == str(server.ports[0])
    assert over_ipv6["SERVER_PORT"] == str(server.ports[1])
    assert over_ipv6["REMOTE_ADDR"] == "::1"


def test_the_application_is_told_when_its_worker_starts(server: Server) -> None:
    assert server.journal.read_text().splitlines() == ["started"]


def test_a_connection_serves_several_requests(server: Server) -> None:
    with requests.Session() as session:
        first = session.get(server.url, timeout=5)
        second = session.get(server.url, timeout=5)

    assert first.ok
    assert second.ok


@pytest.mark.parametrize("cut", [0, 1, 20, 60, 90])
def test_requests_that_are_sent_before_the_answers_come_are_answered_in_turn(server: Server, cut: int) -> None:
    posted = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"
    asked = posted + b"one" + b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + posted + b"two"
    last = b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nthree"
    with server.connect() as connection:
        connection.sendall((asked + last)[:cut])
        time.sleep(0.05)
        connection.sendall((asked + last)[cut:])
        told = b"".join(iter(lambda: connection.recv(65_536), b""))

    places = [told.find(word) for word in (b"one", b"SERVER_PORT", b"two", b"three")]
    assert -1 not in places
    assert places == sorted(places)
    assert told.count(b"HTTP/1.1 200") == 4


def test_a_body_is_read_whether_its_length_is_known_or_not(server: Server) -> None:
    assert requests.post(server.url, data=b"known", timeout=5).content == b"known"
    assert requests.post(server.url, data=iter([b"un", b"known"]), timeout=5).content == b"unknown"


def test_websocket_messages_of_every_size_come_back_unchanged(server: Server) -> None:
    client = websocket.create_connection(f"ws://127.0.0.1:{server.ports[0]}/websocket", timeout=5)
    try:
        for size in (0, 1, 2, 3, 4, 5, 125, 126, 1000, 60_000):
            message = bytes(range(256)) * (size // 256 + 1)
            client.send_binary(message[:size])
            assert client.recv() == message[:size]
    finally:
        client.close()


def test_an_error_in_the_application_is_logged_but_not_shown(server: Server) -> None:
    answer = requests.get(f"{server.url}/broken", timeout=5)

    assert answer.status_code == 500
    assert "broken on purpose" not in answer.text
    assert "ValueError: broken on purpose" in server.log.read_text()


def test_a_client_that_leaves_before_its_answer_is_not_logged_as_a_failure(server: Server) -> None:
    logged_before = len(server.log.read_text())
    with server.connect() as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    requests.get(f"{server.url}/slow", timeout=5)

    assert "Traceback" not in server.log.read_text()[logged_before:]


def test_a_client_that_leaves_in_the_middle_of_a_header_is_not_logged_as_a_failure(server: Server) -> None:
    logged_before = len(server.log.read_text())
    with server.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost:")
        time.sleep(0.2)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    requests.get(f"{server.url}/slow", timeout=5)

    assert "Traceback" not in server.log.read_text()[logged_before:]


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET /" + b"a" * 4096 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"a" * 9000 + b"\r\n\r\n", 400),
        (
            b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: %s\r\n" % (n, b"a" * 400) for n in range(60)) + b"\r\n",
            400,
        ),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 1\r\n\r\nx", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n", 400),
        (b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"GET /\r\nHost: x\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_an_unclear_or_oversized_request_is_refused(server: Server, request_head: bytes, status: int) -> None:
    assert answer_to(server, request_head).split()[1] == str(status).encode()


def test_a_chunk_size_line_without_end_hangs_up(server: Server) -> None:
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    assert b"200 OK" not in answer_to(server, head + b"1" * 5000)


def test_half_open_clients_do_not_keep_others_waiting(server: Server) -> None:
    clients = [server.connect() for _ in range(HALF_OPEN_CLIENTS)]
    try:
        for client in clients:
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        began = time.monotonic()
        assert server.facts()
        assert time.monotonic() - began < 1
    finally:
        for client in clients:
            client.close()


def test_a_header_that_does_not_end_is_hung_up_after_ten_seconds(server: Server) -> None:
    with server.connect() as client:
        began = time.monotonic()
        client.settimeout(0.5)
        is_open = True
        while is_open and time.monotonic() - began < 20:
            is_open = trickle(client)

    assert 9 < time.monotonic() - began < 12


def trickle(client: socket.socket) -> bool:
    """Send one more byte; return whether the server still waits for more."""
    try:
        client.sendall(b"G")
        client.recv(100)
    except TimeoutError:
        return True
    except OSError:
        return False
    return False


def test_a_body_that_stops_coming_is_given_up(impatient_server: Server) -> None:
    began = time.monotonic()
    answer = answer_to(impatient_server, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")

    assert answer.split()[1] == b"408"
    assert 0.9 < time.monotonic() - began < 1.9


def test_a_body_that_trickles_is_given_up(impatient_server: Server) -> None:
    with impatient_server.connect() as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
        client.settimeout(0.3)
        began = time.monotonic()
        while time.monotonic() - began < 10 and trickle(client):
            pass

    assert 1.5 < time.monotonic() - began < 4


@pytest.mark.parametrize("fields", [b"", b"Connection: Upgrade\r\nUpgrade: websocket\r\n"])
def test_a_client_that_does_not_take_its_answer_is_given_up(impatient_server: Server, fields: bytes) -> None:
    body, taken = b"x" * 20_000_000, 0
    with impatient_server.connect() as client:
        head = b"POST / HTTP/1.1\r\nHost: x\r\n%bContent-Length: %d\r\n\r\n" % (fields, len(body))
        client.sendall(head + body)
        time.sleep(3)
        with contextlib.suppress(ConnectionError):
            while part := client.recv(1_000_000):
                taken += len(part)

    assert taken < len(body)


def test_a_long_body_that_nobody_wants_ends_the_connection(server: Server) -> None:
    with server.connect() as client:
        client.sendall(b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99000000\r\n\r\n")
        with pytest.raises(ConnectionError):
            client.sendall(b"x" * 99_000_000)


def test_a_full_house_serves_again_when_someone_leaves(tmp_path: Path) -> None:
    with running(tmp_path, connections=10) as server:
        crowd = [server.connect() for _ in range(10)]
        assert not answers(server.ports[0])
        for client in crowd:
            client.close()
        assert server.facts()


def test_sigterm_lets_a_request_finish_and_tells_the_application(tmp_path: Path) -> None:
    with running(tmp_path) as server, server.connect() as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)

        assert b"200 OK" in client.recv(1000)
        assert server.process.wait(10) == 0
        assert server.journal.read_text().splitlines() == ["started", "stopping", "exiting"]


def test_sigterm_hangs_up_websockets_and_ends_soon(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        client = websocket.create_connection(f"ws://127.0.0.1:{server.ports[0]}/websocket", timeout=5)
        client.send("hello")
        assert client.recv() == "hello"
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(10) == 0
        assert time.monotonic() - began < 5
        client.close()


def test_no_new_connection_is_taken_while_draining(tmp_path: Path) -> None:
    with running(tmp_path) as server, server.connect() as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)

        with pytest.raises(ConnectionRefusedError):
            server.connect()


def test_sigquit_does_not_wait_for_requests(tmp_path: Path) -> None:
    with running(tmp_path) as server, server.connect() as client:
        client.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.3)
        server.process.send_signal(signal.SIGQUIT)

        assert server.process.wait(1.5) == 0


def test_a_worker_whose_master_was_killed_ends(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        worker_pid = int(server.facts()["PID"])
        server.process.kill()

        wait_until(lambda: not is_alive(worker_pid))


def test_the_threaded_worker_tells_the_application_the_same(tmp_path: Path) -> None:
    with running(tmp_path, environ={"PROCTOR_ASYNC_MODE": "threading"}) as server:
        assert server.facts()["REMOTE_ADDR"] == "127.0.0.1"
        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(15) == 0
        assert sorted(server.journal.read_text().split()) == ["exiting", "started", "stopping"]
