"""Uploads over real connections, to a server as operators run it: those that break off, and those that are refused."""

from __future__ import annotations

import hashlib
import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.clips import clip
from tests.support.server import Server, running
from tests.support.sessions_api import FORM_TYPE, form

MB = 1024 * 1024
WAIT_S = 30


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def server(mongodb_url: str, data_dir: Path) -> Iterator[Server]:
    with running(mongodb_url, f"test_{uuid.uuid4().hex[:12]}", PROCTOR_DATA_DIR=str(data_dir)) as server:
        yield server


@pytest.fixture
def session_url(server: Server) -> str:
    answer = requests.post(f"{server.url}/sessions", json={"candidate_name": "Ann"}, timeout=WAIT_S)
    return f"{server.url}/sessions/{answer.json()['id']}"


def upload(url: str, data: bytes) -> requests.Response:
    return requests.post(f"{url}/video", data=form(data), headers={"Content-Type": FORM_TYPE}, timeout=WAIT_S)


def begin_upload(server: Server, session_url: str, body: bytes, *, declared: int) -> socket.socket:
    """Send a header that declares so many bytes, and as many of them as ``body`` has."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_S)
    path = session_url.removeprefix(server.url)
    head = f"POST {path}/video HTTP/1.1\r\nHost: localhost:{server.port}\r\nContent-Type: {FORM_TYPE}\r\n"
    connection.sendall(f"{head}Content-Length: {declared}\r\n\r\n".encode() + body)
    return connection


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def wait_until(is_so: object) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        assert callable(is_so)
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come true in time")


def test_an_upload_that_breaks_off_is_never_listed_and_leaves_nothing(
    server: Server, session_url: str, data_dir: Path
) -> None:
    upload(session_url, clip(size=50_000))
    before = files_in(data_dir / "videos")
    whole = form(clip(size=4 * MB))

    connection = begin_upload(server, session_url, whole[: 2 * MB], declared=len(whole))
    wait_until(lambda: any(name.startswith(".partial-") for name in files_in(data_dir / "videos")))
    during = requests.get(session_url, timeout=WAIT_S).json()["video_path"]
    connection.close()
    wait_until(lambda: files_in(data_dir / "videos") == before)

    assert requests.get(session_url, timeout=WAIT_S).json()["video_path"] == during
    assert requests.get(server.url + during, timeout=WAIT_S).content == clip(size=50_000)


@pytest.mark.parametrize("size", [20_000, 5 * MB])
def test_the_answer_to_a_refused_upload_arrives_though_more_is_on_its_way(session_url: str, size: int) -> None:
    answer = upload(session_url, b"<html>" + bytes(size))

    assert answer.status_code == 415
    assert answer.json()["detail"]


def test_an_upload_that_is_declared_too_large_is_refused_before_it_is_sent(server: Server, session_url: str) -> None:
    with begin_upload(server, session_url, b"", declared=3 * 1024**3) as connection:
        answer = connection.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 413")


def test_an_upload_without_a_length_is_taken_as_it_comes(server: Server, session_url: str) -> None:
    whole = form(clip(size=3 * MB))
    pieces = (whole[at : at + 100_000] for at in range(0, len(whole), 100_000))

    answer = requests.post(
        f"{session_url}/video", data=pieces, headers={"Content-Type": FORM_TYPE}, timeout=WAIT_S
    ).json()
    fetched = requests.get(server.url + answer["video_path"], timeout=WAIT_S).content

    assert hashlib.sha256(fetched).digest() == hashlib.sha256(clip(size=3 * MB)).digest()


def test_a_slow_upload_holds_up_nobody(server: Server, session_url: str) -> None:
    whole = form(clip(size=MB))
    with begin_upload(server, session_url, whole[: MB // 2], declared=len(whole)) as connection:
        began = time.monotonic()
        assert requests.get(session_url, timeout=WAIT_S).status_code == 200
        took_s = time.monotonic() - began
        connection.sendall(whole[MB // 2 :])
        answer = connection.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 200")
    assert took_s < 5


def test_a_video_can_be_played_from_the_middle(server: Server, session_url: str) -> None:
    path = upload(session_url, clip(size=MB)).json()["video_path"]

    with requests.Session() as player:
        for first in (0, 500_000, MB - 1):
            answer = player.get(server.url + path, headers={"Range": f"bytes={first}-"}, timeout=WAIT_S)
            assert (answer.status_code, answer.content) == (206, clip(size=MB)[first:])
        head = player.head(server.url + path, timeout=WAIT_S)
        assert (head.status_code, head.headers["Content-Length"], head.content) == (200, str(MB), b"")
        assert player.get(session_url, timeout=WAIT_S).status_code == 200


def test_json_without_a_length_is_read_as_well(server: Server) -> None:
    pieces = iter([b'{"candidate_', b'name": "Ann"}'])

    answer = requests.post(
        f"{server.url}/sessions", data=pieces, headers={"Content-Type": "application/json"}, timeout=WAIT_S
    )

    assert (answer.status_code, answer.json()["candidate_name"]) == (200, "Ann")


def test_json_without_a_length_has_its_limit_too(server: Server) -> None:
    pieces = iter([b'{"candidate_name": "', *[b"x" * 10_000] * 10, b'"}'])

    answer = requests.post(
        f"{server.url}/sessions", data=pieces, headers={"Content-Type": "application/json"}, timeout=WAIT_S
    )

    assert answer.status_code == 413
