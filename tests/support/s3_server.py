"""A server that speaks S3, in a process of its own, for tests."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from proctor.storage import S3Config
from proctor.storage.s3 import S3Storage
from tests.support.server import free_port

BUCKET = "proctor-tests"
KEY = "test"
START_TIMEOUT_S = 60


@contextlib.contextmanager
def running(log: Path) -> Iterator[int]:
    """Run moto's server with one bucket and give its port."""
    port = free_port()
    with log.open("wb") as output:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        with subprocess.Popen(command, stdout=output, stderr=output) as server:
            try:
                _wait_until_listening(port, server)
                client = connect(port)._client
                client.create_bucket(Bucket=BUCKET)
                client.close()
                yield port
            finally:
                server.terminate()


def connect(port: int, *, timeout_s: float = 10) -> S3Storage:
    """Return a client of the server, or of a proxy before it, with a folder of its own in the bucket."""
    return S3Storage(
        S3Config(
            bucket=BUCKET,
            endpoint_url=f"http://127.0.0.1:{port}",
            prefix=f"{uuid4().hex}/",
            access_key_id=KEY,
            secret_access_key=KEY,
            timeout_s=timeout_s,
        )
    )


def _wait_until_listening(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("moto's server did not start")
