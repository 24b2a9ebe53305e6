"""Who meets on the live channel of a test module's ``server``: a candidate's page and a proctor's console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.live import CandidatePage, Console, ExamApp, Socket
from tests.support.server import Server


@pytest.fixture
def sockets() -> Iterator[list[Socket]]:
    """Give a list of connections that are closed after the test."""
    opened: list[Socket] = []
    yield opened
    for socket in opened:
        socket.close()


@pytest.fixture
def page(server: Server) -> CandidatePage:
    """Give the page of a candidate who has just joined."""
    return CandidatePage(server.url, ExamApp(server.url).join())


@pytest.fixture
def candidate(page: CandidatePage, sockets: list[Socket]) -> Socket:
    """Give that page's connection."""
    sockets.append(page.connect())
    return sockets[-1]


@pytest.fixture
def console(server: Server) -> Console:
    """Give the demo's proctor, signed in."""
    return Console(server.url)


@pytest.fixture
def proctor(console: Console, sockets: list[Socket]) -> Socket:
    """Give that console's connection."""
    sockets.append(console.connect())
    return sockets[-1]
