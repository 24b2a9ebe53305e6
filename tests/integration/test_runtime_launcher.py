"""The demo launcher, with a small project in place of ours: what it starts, it also ends."""

import contextlib
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from pymongo import MongoClient

from proctor.runtime.mongod import EmbeddedMongod
from proctor.runtime.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
LAUNCH = """
import os, pathlib, sys
from proctor.runtime import __main__ as command
command.ROOT = pathlib.Path(sys.argv[1])
sys.exit(command.main(sys.argv[2:]))
"""
SEED = """
import os
from pymongo import MongoClient
MongoClient(os.environ["MONGODB_URL"]).test.starts.insert_one({"mode": os.environ["PROCTOR_MODE"]})
"""
APPLICATION = """
import os
from pymongo import MongoClient
client = MongoClient(os.environ["MONGODB_URL"])

def app(environ, start_response):
    start_response("200 OK", [("X-Worker", str(os.getpid()))])
    origins = os.environ["PROCTOR_PUBLIC_URLS"]
    return [f"{client.test.starts.count_documents({})} {origins}".encode()]
"""


@dataclass
class Demo:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(self, host: str = "127.0.0.1") -> requests.Response:
        return requests.get(f"http://{host}:{self.port}/health", timeout=5)

    def says(self, words: str) -> bool:
        return words in self.log.read_text()

    def processes(self) -> list[int]:
        """The launcher's children and grandchildren: mongod, gunicorn, its worker."""
        found: list[int] = []
        parents = [self.process.pid]
        while parents:
            listed = Path(f"/proc/{parents[0]}/task/{parents.pop(0)}/children").read_text()
            parents += map(int, listed.split())
            found += map(int, listed.split())
        return found

    def pid_of(self, program: str) -> int:
        return next(pid for pid in self.processes() if program in Path(f"/proc/{pid}/cmdline").read_text())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "a project with spaces"
    folder.mkdir()
    (folder / "migrations_seed.py").write_text(SEED)
    (folder / "wsgi.py").write_text(APPLICATION)
    return folder


@contextlib.contextmanager
def launched(project: Path, environ: Mapping[str, str] | None = None) -> Iterator[Demo]:
    port, log = free_port(), project / "log"
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PORT": str(port), **(environ or {})}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, project], env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Demo(process, port, log)
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def running(project: Path, environ: Mapping[str, str] | None = None) -> Iterator[Demo]:
    with launched(project, environ) as demo:
        wait_until(lambda: demo.says("Proctor is running") or demo.process.poll() is not None)
        assert demo.process.poll() is None, demo.log.read_text()
        yield demo


def run_command(folder: Path, word: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LAUNCH, folder, word],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@contextlib.contextmanager
def our_own_demo(folder: Path) -> Iterator[Demo]:
    """This project itself, as `make run` starts it, with its data in ``folder``."""
    port, log = free_port(), folder / "log"
    variables = {**os.environ, "PORT": str(port), "PROCTOR_DATA_DIR": str(folder / "data")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "proctor.runtime"], cwd=ROOT, env=variables, stdout=output, stderr=subprocess.STDOUT
        )
    demo = Demo(process, port, log)
    try:
        wait_until(lambda: demo.says("Proctor is running") or process.poll() is not None)
        yield demo
    finally:
        process.kill()
        process.wait()


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def wait_until(is_true: Callable[[], bool], *, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_the_demo_prints_what_to_open_and_that_it_is_open(project: Path) -> None:
    with running(project) as demo:
        for words in (
            f"http://localhost:{demo.port}/join",
            f"http://localhost:{demo.port}/proctor/login",
            f"http://localhost:{demo.port}/openapi.json",
            "proctor@test.com",
            "proctor123",
            "api_access=open, loopback only",
        ):
            assert demo.says(words)


def test_the_application_runs_as_a_demo_on_loopback_with_seeded_data(project: Path) -> None:
    with running(project) as demo:
        count, origins = demo.get().text.split(" ")

        assert count == "1"
        assert f"http://localhost:{demo.port}" in origins.split(",")
        assert demo.get("[::1]").ok
        assert (project / "data" / "secrets.json").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_with_exit_code_0(project: Path, number: int) -> None:
    with running(project) as demo:
        children = demo.processes()
        assert len(children) >= 3
        demo.process.send_signal(number)

        assert demo.process.wait(20) == 0
        assert not any(is_alive(pid) for pid in children)


def test_killing_the_launcher_leaves_no_orphan(project: Path) -> None:
    with running(project) as demo:
        children = demo.processes()
        demo.process.kill()

        wait_until(lambda: not any(is_alive(pid) for pid in children))


def test_data_is_still_there_after_a_second_start(project: Path) -> None:
    for start in ("1", "2"):
        with running(project) as demo:
            assert demo.get().text.startswith(start)
            demo.process.terminate()
            demo.process.wait(20)


def test_a_fallen_database_is_started_again_without_losing_data(project: Path) -> None:
    with running(project) as demo:
        os.kill(demo.pid_of("mongod"), signal.SIGKILL)
        wait_until(lambda: demo.says("starting it again"))

        wait_until(lambda: demo.get().text.startswith("1"))


def test_a_database_of_the_operators_own_is_used_and_none_started(project: Path, tmp_path: Path) -> None:
    with EmbeddedMongod(tmp_path / "own") as own, running(project, {"MONGODB_URL": own.url}) as demo:
        assert not demo.says("Starting MongoDB")
        assert not (project / "data" / "mongodb").exists()
        with MongoClient[dict[str, object]](own.url) as client:
            assert client.test.starts.count_documents({"mode": "demo"}) == 1


def test_an_address_that_others_can_reach_is_refused(project: Path) -> None:
    with launched(project, {"HOST": "0.0.0.0"}) as demo:
        assert demo.process.wait(10) == 1
        assert demo.says("listens on this machine only")


def test_a_taken_port_is_named_with_the_command_for_another(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with launched(project, {"PORT": str(port)}) as demo:
            assert demo.process.wait(10) == 1
            assert demo.says(f"Port {port} is in use by another program")
            assert demo.says(f"PORT={port + 1} make run")


def test_an_application_that_cannot_start_ends_the_demo_and_its_database(project: Path) -> None:
    (project / "wsgi.py").write_text("import sys\nsys.exit(4)\n")
    with launched(project) as demo:
        assert demo.process.wait(30) == 1
        assert demo.says("The server did not start; see above.")
    with EmbeddedMongod(project / "data") as free_again:
        assert free_again.pid


def test_a_database_that_cannot_be_prepared_ends_the_demo(project: Path) -> None:
    (project / "migrations_seed.py").write_text("raise SystemExit('no indexes')\n")
    with launched(project) as demo:
        assert demo.process.wait(30) == 1
        assert demo.says("no indexes")
        assert demo.says("The database could not be prepared; see above.")


def test_our_own_demo_shows_its_pages_and_stops_without_a_word_of_complaint(tmp_path: Path) -> None:
    paths = ("/health", "/join", "/proctor/login", "/openapi.json", "/static/vendor/socket.io/socket.io.esm.min.js")
    with our_own_demo(tmp_path) as demo:
        answers = {path: requests.get(f"http://localhost:{demo.port}{path}", timeout=5).status_code for path in paths}
        login = {"email": "proctor@test.com", "password": "proctor123"}
        signed_in = requests.post(f"http://localhost:{demo.port}/api/proctor/login", json=login, timeout=5)
        demo.process.terminate()

        assert demo.process.wait(20) == 0
        assert answers == dict.fromkeys(paths, 200)
        assert signed_in.ok, signed_in.text
        assert not re.search("Traceback|Exception|Warning", demo.log.read_text())


def test_a_wrong_setting_is_reported_in_words_before_anything_starts(project: Path) -> None:
    (project / "config.json").write_text('{"no_such_setting": 1}')
    with launched(project) as demo:
        assert demo.process.wait(10) == 1
        assert demo.says("no_such_setting is not a setting")
        assert not re.search("Traceback|Starting", demo.log.read_text())


def test_the_secrets_command_makes_the_file_where_the_settings_say(project: Path) -> None:
    answer = run_command(project, "secrets", {"PROCTOR_DATA_DIR": "elsewhere"})

    assert answer.returncode == 0, answer.stderr
    assert (project / "elsewhere" / "secrets.json").exists()


def test_the_health_command_asks_the_server_under_its_public_name(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        bind = f"127.0.0.1:{server.getsockname()[1]}"
        asked = answer_once(server, "200 OK")
        answer = run_command(
            project, "health", {"PROCTOR_BIND": bind, "PROCTOR_PUBLIC_URLS": "https://proctor.example.org"}
        )

    assert answer.returncode == 0, answer.stderr
    assert b"Host: proctor.example.org\r\n" in asked.get(timeout=5)


@pytest.mark.parametrize(("host", "bind"), [("127.0.0.2", "127.0.0.2"), ("127.0.0.1", "0.0.0.0"), ("127.0.0.1", "")])
def test_the_health_command_asks_where_the_server_listens(project: Path, host: str, bind: str) -> None:
    with socket.create_server((host, 0)) as server:
        asked = answer_once(server, "200 OK")
        answer = run_command(project, "health", {"PROCTOR_BIND": f"{bind}:{server.getsockname()[1]}"})

    assert answer.returncode == 0, answer.stderr
    assert asked.get(timeout=5)


def test_the_health_command_fails_where_the_database_is_away_or_nobody_listens(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        environ = {"PROCTOR_BIND": f"127.0.0.1:{server.getsockname()[1]}"}
        answer_once(server, "503 Service Unavailable")

        assert run_command(project, "health", environ).returncode == 1
    assert run_command(project, "health", environ).stderr == "The server is not well.\n"


def test_an_unknown_command_is_answered_with_those_there_are(project: Path) -> None:
    answer = run_command(project, "helth", {})

    assert answer.returncode == 2
    assert "secrets | health" in answer.stderr


def answer_once(server: socket.socket, status: str) -> queue.Queue[bytes]:
    """Answer one request in a thread of its own, and hand out what was asked."""
    asked: queue.Queue[bytes] = queue.Queue()

    def serve() -> None:
        client, _ = server.accept()
        with client:
            asked.put(client.recv(10_000))
            client.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    threading.Thread(target=serve, daemon=True).start()
    return asked
