"""Applications in this process, on a real database, for tests that need no browser and no open sockets."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from migrations_seed import seed_demo
from proctor import create_app
from proctor.domain.passwords import Passwords
from proctor.settings import Settings
from proctor.web.services import EXTENSION
from tests.support import s3_server
from tests.support.actors import Caller
from tests.support.deta_drive import DetaDrive

SECRET = "0123456789abcdef" * 4
AppFactory = Callable[..., Flask]


@pytest.fixture(scope="session")
def s3_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run a server that speaks S3, and give its port."""
    with s3_server.running(tmp_path_factory.mktemp("s3") / "moto.log") as port:
        yield port


@pytest.fixture(scope="session")
def deta_drive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DetaDrive]:
    """Run a server that speaks Deta Drive's API."""
    with DetaDrive(tmp_path_factory.mktemp("drive")) as drive:
        yield drive


class RememberedPasswords(Passwords):
    """Passwords that are hashed once for all tests; each login still verifies."""

    hash = functools.cache(Passwords.hash)


DEMO_PASSWORDS = RememberedPasswords()


def build_app(mongodb_url: str, database: str, **overrides: Any) -> Flask:
    """Return an application, seeded as the demo; ``overrides`` are settings."""
    settings: dict[str, Any] = {
        "mode": "demo",
        "api_access": "protected",
        "mongodb_url": mongodb_url,
        "database": database,
        "async_mode": "threading",
        "public_urls": ("http://localhost",),
        "secret_key": SECRET,
        "log_level": "ERROR",
    }
    app = create_app(Settings.model_validate(settings | overrides))
    services = app.extensions[EXTENSION]
    services.store.ensure_indexes()
    seed_demo(services.store, DEMO_PASSWORDS)
    return app


@pytest.fixture
def make_app(mongodb_url: str, database: str) -> Iterator[AppFactory]:
    """Give a function that builds an application, seeded as the demo; its arguments are settings."""
    built: list[Flask] = []

    def make(**overrides: Any) -> Flask:
        built.append(build_app(mongodb_url, database, **overrides))
        return built[-1]

    yield make
    for app in built:
        app.extensions[EXTENSION].store.close()


@pytest.fixture
def app(make_app: AppFactory) -> Flask:
    """Give the demo as ``make run`` serves it: calls from loopback need no credentials."""
    return make_app(api_access="open")


@pytest.fixture
def exam_app(app: Flask) -> Caller:
    """Give an exam app: it sends JSON and nothing else."""
    return Caller(app)


@pytest.fixture
def proctor(app: Flask) -> Caller:
    """Give the demo's proctor, with a bearer token."""
    return Caller(app).with_token()


@pytest.fixture
def session_id(exam_app: Caller) -> str:
    """Give the id of a session that the exam app has just made."""
    answer = exam_app.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Ann"})
    return str(answer.json["session_id"])
