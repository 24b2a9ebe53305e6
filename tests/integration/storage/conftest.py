"""The four backends, each against a real server: mongod, moto's S3 server in a process, and our own Drive."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pymongo import MongoClient

from proctor.storage import Backend, DetaConfig, S3Config, Storage
from proctor.storage.deta import DetaStorage
from proctor.storage.gridfs import GridFSStorage
from proctor.storage.local import LocalStorage
from proctor.storage.s3 import S3Storage
from tests.support.deta_drive import DetaDrive
from tests.support.faulty_proxy import FaultyProxy

S3_BUCKET = "proctor-tests"
REMOTE = [Backend.GRIDFS, Backend.S3, Backend.DETA]


@dataclass
class Remote:
    """A backend reached through a proxy that a test may break."""

    storage: Storage
    proxy: FaultyProxy


@pytest.fixture(scope="session")
def mongo_port(mongodb_url: str) -> int:
    return urlsplit(mongodb_url).port or 0


@pytest.fixture(scope="session")
def s3_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port = _free_port()
    log = tmp_path_factory.mktemp("s3") / "moto.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        with subprocess.Popen(command, stdout=output, stderr=output) as server:
            try:
                _wait_until_listening(port, server)
                _s3(port, timeout_s=10)._client.create_bucket(Bucket=S3_BUCKET)
                yield port
            finally:
                server.terminate()


@pytest.fixture(scope="session")
def deta_drive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DetaDrive]:
    with DetaDrive(tmp_path_factory.mktemp("drive")) as drive:
        yield drive


@pytest.fixture(params=list(Backend))
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    """Each backend in turn, empty."""
    if request.param is Backend.LOCAL:
        yield LocalStorage(tmp_path / "data")
        return
    port = _upstream_port(request, request.param)
    with ExitStack() as cleanup:
        yield _make_remote(request.param, port, timeout_s=30, cleanup=cleanup)


@pytest.fixture(params=REMOTE)
def remote(request: pytest.FixtureRequest) -> Iterator[Remote]:
    """Each backend that a network separates from us, empty, impatient, behind a proxy."""
    with ExitStack() as cleanup:
        proxy = cleanup.enter_context(FaultyProxy(_upstream_port(request, request.param)))
        yield Remote(_make_remote(request.param, proxy.port, timeout_s=1, cleanup=cleanup), proxy)


def _upstream_port(request: pytest.FixtureRequest, backend: Backend) -> int:
    if backend is Backend.DETA:
        drive: DetaDrive = request.getfixturevalue("deta_drive")
        return drive.port
    port: int = request.getfixturevalue("s3_port" if backend is Backend.S3 else "mongo_port")
    return port


def _make_remote(backend: Backend, port: int, *, timeout_s: float, cleanup: ExitStack) -> Storage:
    if backend is Backend.S3:
        s3 = _s3(port, timeout_s=timeout_s)
        cleanup.callback(s3._client.close)
        return s3
    if backend is Backend.DETA:
        config = DetaConfig(f"{uuid4().hex}_secret", f"http://127.0.0.1:{port}", timeout_s)
        return DetaStorage(config)
    client: MongoClient[dict[str, Any]] = cleanup.enter_context(
        MongoClient(
            "127.0.0.1",
            port,
            directConnection=True,
            tz_aware=True,
            # A driver that has seen the server fail looks again after this.
            heartbeatFrequencyMS=500,
        )
    )
    return GridFSStorage(client[f"test_{uuid4().hex}"], timeout_s=timeout_s * 1.5)


def _s3(port: int, *, timeout_s: float) -> S3Storage:
    return S3Storage(
        S3Config(
            bucket=S3_BUCKET,
            endpoint_url=f"http://127.0.0.1:{port}",
            prefix=f"{uuid4().hex}/",
            access_key_id="test",
            secret_access_key="test",
            timeout_s=timeout_s,
        )
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_until_listening(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("moto's server did not start")
