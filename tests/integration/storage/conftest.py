"""The four backends, each against a real server: mongod, moto's S3 server in a process, and our own Drive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from pymongo import MongoClient

from proctor.storage import Backend, DetaConfig, Storage
from proctor.storage.deta import DetaStorage
from proctor.storage.gridfs import GridFSStorage
from proctor.storage.local import LocalStorage
from tests.support import s3_server
from tests.support.deta_drive import DetaDrive
from tests.support.faulty_proxy import FaultyProxy

REMOTE = [Backend.GRIDFS, Backend.S3, Backend.DETA]


@dataclass
class Remote:
    """A backend reached through a proxy that a test may break."""

    storage: Storage
    proxy: FaultyProxy


@pytest.fixture(scope="session")
def mongo_port(mongodb_url: str) -> int:
    return urlsplit(mongodb_url).port or 0


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
        s3 = s3_server.connect(port, timeout_s=timeout_s)
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
