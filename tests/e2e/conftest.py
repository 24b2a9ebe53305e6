"""One Chromium, one server and its database for all stories; in each story a browser of their own for everyone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from proctor.records import LIVE_STATUSES
from proctor.store import Store, open_store
from proctor.store.sessions import SessionFilter
from tests.e2e.cast import Cast, Stage
from tests.support.browser import launched, with_devices
from tests.support.exam_app import ExamApp, terminate
from tests.support.server import ROOT, Server, free_port, running

PATIENCE_MS = 10_000
PICTURES = ROOT / "test-results"
FAILED = pytest.StashKey[bool]()
TROUBLE = re.compile(r"Traceback|\b(?:ERROR|CRITICAL)\b")
SHOWN_CHARS = 3_000


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note for the fixtures whether the test failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Drive browsers, with patience for a machine that has other things to do."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Run the one Chromium that most stories share."""
    with launched(playwright, *with_devices(tmp_path_factory.mktemp("devices"))) as browser:
        yield browser


@pytest.fixture(scope="session")
def server_store(mongodb_url: str) -> Iterator[Store]:
    """Open the shared server's database, for what only time or an operator would bring about."""
    opened = open_store(mongodb_url, f"test_e2e_{uuid.uuid4().hex[:8]}")
    yield opened
    opened.database.client.drop_database(opened.database.name)
    opened.close()


@pytest.fixture(scope="session")
def server(mongodb_url: str, server_store: Store) -> Iterator[Server]:
    """Run the one demo server that most stories share. It has a name as well, which browsers hold to be insecure."""
    port = free_port()
    origins = ",".join(f"http://{host}:{port}" for host in ("localhost", "127.0.0.1", "exams.test"))
    with running(mongodb_url, server_store.database.name, port=port, PROCTOR_PUBLIC_URLS=origins) as server:
        yield server


@pytest.fixture
def cast(chromium: Browser, server: Server, server_store: Store, stage: Stage) -> Iterator[Cast]:
    """Give the people of one story, on the shared browser and server, in a hall that other stories have left."""
    left_over, _ = server_store.sessions.page(SessionFilter(statuses=LIVE_STATUSES), limit=200)
    for session in left_over:
        terminate(server.url, session.id)
    with stage(chromium, server) as cast:
        yield cast


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    """Give a function that lends a cast on any browser and any server, for the length of a ``with`` block."""
    return partial(_staged, request.node)


@pytest.fixture
def exam_app(server: Server) -> Iterator[ExamApp]:
    """Run an exam app that works with the shared server."""
    with ExamApp(backend_url=server.url, frontend_url=server.url) as app:
        yield app


@contextmanager
def _staged(test: pytest.Item, browser: Browser, server: Server) -> Iterator[Cast]:
    """Lend a cast to a test; whatever then went wrong on a page or in the server must have been expected by it."""
    cast, logged_before = Cast(browser, server), len(server.log_text())
    has_failed = True
    try:
        yield cast
        has_failed = test.stash.get(FAILED, False)
    finally:
        if has_failed:
            _keep_pictures(cast.pages, PICTURES / re.sub(r"[^\w-]+", "-", test.name))
        cast.close()
    logged = server.log_text()[logged_before:]
    if trouble := TROUBLE.search(logged):
        pytest.fail(f"the server's log shows trouble:\n{logged[trouble.start() :][:SHOWN_CHARS]}")
    assert not cast.faults.unexpected, "pages reported errors that the test did not expect"


def _keep_pictures(pages: list[Page], folder: Path) -> None:
    for number, page in enumerate(pages, start=1):
        page.screenshot(path=folder / f"{number}.png")
