"""A server as operators run it: gunicorn with our worker, on a free loopback port, with a database of its own."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdef" * 4
START_TIMEOUT_S = 30


@dataclass(frozen=True)
class Server:
    """A running server; ``url`` is where its pages and its API are."""

    url: str
    port: int
    database: str
    process: subprocess.Popen[bytes]
    log: Path

    def log_text(self) -> str:
        """Return what the server has logged so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def free_port() -> int:
    """Return a loopback port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    mongodb_url: str, database: str, *, port: int | None = None, app: str = "wsgi:app", **environ: str
) -> Iterator[Server]:
    """Run the demo server on a database of its own; ``environ`` adds to its environment or overrides it."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="proctor-server-") as folder:
        full = _environ(mongodb_url, database, port, folder) | environ
        subprocess.run(
            [sys.executable, "migrations_seed.py"], cwd=ROOT, env=full, check=True, stdout=subprocess.DEVNULL
        )
        log = Path(folder) / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(_command(port, app), cwd=ROOT, env=full, stdout=output, stderr=output)
        server = Server(f"http://localhost:{port}", port, database, process, log)
        try:
            _wait_until_it_answers(server)
            yield server
        finally:
            _stop(process)


def _command(port: int, app: str) -> list[str]:
    config = "python:proctor.runtime.gunicorn_config"
    bind = f"127.0.0.1:{port}"
    return [sys.executable, "-m", "gunicorn", "--config", config, "--log-level", "warning", "--bind", bind, app]


def _environ(mongodb_url: str, database: str, port: int, folder: str) -> dict[str, str]:
    kept: Mapping[str, str] = {key: value for key, value in os.environ.items() if not key.startswith("PROCTOR_")}
    return {
        **kept,
        "MONGODB_URL": mongodb_url,
        "PROCTOR_DATABASE": database,
        "PROCTOR_DATA_DIR": folder,
        "PROCTOR_MODE": "demo",
        "PROCTOR_API_ACCESS": "open",
        "PROCTOR_PUBLIC_URLS": f"http://localhost:{port},http://127.0.0.1:{port}",
        # Tests of other things need no models in every page; those of the detection switch it on.
        "PROCTOR_DETECTION": "false",
        "SECRET_KEY": SECRET,
    }


def _wait_until_it_answers(server: Server) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        if _is_healthy(server.port):
            return
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{server.log_text()}")


def _is_healthy(port: int) -> bool:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
