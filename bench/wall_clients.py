"""A hall full of clients in one thread: each sends at its own moment of every five seconds, and nobody waits."""

from __future__ import annotations

import base64
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from bench import http_load
from bench.raw_socket import RawSocket
from tests.support.hall import Seat
from tests.support.live import Console
from tests.support.server import Server

RECEIVE_BYTES = 262_144
TILE_GETTERS = 6
"""As many connections as a browser opens to one server."""
SHOWN = b'42/proctor,["snapshot",{"session_id":"'
ID_CHARS = 36


class SocketHall:
    """Pictures over the live channel: each candidate's socket sends, the console's hears."""

    name = "live channel"

    def __init__(
        self, server: Server, console: Console | None, seats: list[Seat], picture: bytes, *, every_s: float
    ) -> None:
        self._every_s = every_s
        self._sockets = [seat.socket for seat in seats]
        image = base64.b64encode(picture).decode()
        self._frames = [
            one.message("snapshot", {"image": image}, 1) + one.message("heartbeat", {}, 2) for one in self._sockets
        ]
        self._ids = [seat.session_id for seat in seats]
        self._console = None if console is None else _console(server, console, self._ids)

    def run(self, seconds: float) -> list[float]:
        """Send for so long; return the delay of each picture that the console heard, in milliseconds."""
        sent_at: dict[str, float] = {}
        delays: list[float] = []
        listeners = [*self._sockets, *([self._console] if self._console else [])]
        with selectors.DefaultSelector() as selector:
            for one in listeners:
                selector.register(one.socket, selectors.EVENT_READ, one)
            for at in _moments(
                len(self._sockets), seconds, self._every_s, selector, lambda one: self._hear(one, sent_at, delays)
            ):
                sent_at[self._ids[at]] = time.perf_counter()
                self._sockets[at].socket.sendall(self._frames[at])
        return delays

    def close(self) -> None:
        """Close the console; candidates stay."""
        if self._console:
            self._console.close()

    def _hear(self, one: RawSocket, sent_at: dict[str, float], delays: list[float]) -> None:
        messages, now = one.receive(), time.perf_counter()
        if one is not self._console:
            return
        for text in messages:
            if text.startswith(SHOWN):
                sent = sent_at.get(text[len(SHOWN) : len(SHOWN) + ID_CHARS].decode())
                if sent is not None:
                    delays.append((now - sent) * 1_000)


class HttpHall:
    """Pictures over plain HTTP: each candidate posts on a connection of its own, the console gets tile after tile."""

    name = "plain HTTP"

    def __init__(self, server: Server, console: Console, seats: list[Seat], picture: bytes, *, every_s: float) -> None:
        self._every_s = every_s
        host = f"localhost:{server.port}"
        self._seats = seats
        self._heartbeats = [seat.socket.message("heartbeat", {}, 2) for seat in seats]
        self._posts = [_post(seat, picture, host) for seat in seats]
        self._gets = [_get(seat, console, host) for seat in seats]
        self._candidates = [_Http(server.port) for _ in seats]
        self._getters = [_Http(server.port) for _ in range(TILE_GETTERS)]
        self._queue: deque[int] = deque()
        self._asked: dict[_Http, int] = {}
        self._sent_at: dict[int, float] = {}
        self._arrived: dict[int, float] = {}

    def run(self, seconds: float) -> list[float]:
        """Send and ask for so long; return for each tile that was got how old its picture was, in milliseconds."""
        delays: list[float] = []
        count = len(self._seats)
        with selectors.DefaultSelector() as selector:
            for number, one in enumerate([*self._candidates, *self._getters]):
                selector.register(one.socket, selectors.EVENT_READ, (number, one))
            for seat in self._seats:
                selector.register(seat.socket.socket, selectors.EVENT_READ, (-1, seat.socket))
            for at in _moments(count, seconds, self._every_s, selector, lambda told: self._hear(told, delays)):
                self._sent_at[at] = time.perf_counter()
                self._candidates[at].socket.sendall(self._posts[at])
                self._seats[at].socket.socket.sendall(self._heartbeats[at])
                # Whoever polls knows nothing of when pictures come.
                self._queue.append((at * 7 + count // 3) % count)
                self._ask()
        return delays

    def close(self) -> None:
        """Close all connections of this way."""
        for one in [*self._candidates, *self._getters]:
            one.socket.close()

    def _hear(self, told: tuple[int, _Http | RawSocket], delays: list[float]) -> None:
        number, one = told
        if isinstance(one, RawSocket):
            one.receive()
        elif one.has_answered():
            if number < len(self._seats):
                self._arrived[number] = self._sent_at[number]
                return
            shown = self._arrived.get(self._asked.pop(one))
            if shown is not None:
                delays.append((time.perf_counter() - shown) * 1_000)
            self._ask()

    def _ask(self) -> None:
        for getter in self._getters:
            if self._queue and getter not in self._asked:
                at = self._queue.popleft()
                self._asked[getter] = at
                getter.socket.sendall(self._gets[at])


class _Http:
    """One connection that is kept open."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answer = b""

    def has_answered(self) -> bool:
        """Read what is there; True where that completes an answer."""
        self._answer += self.socket.recv(RECEIVE_BYTES)
        if not http_load.is_complete(self._answer):
            return False
        if not self._answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 404")):
            raise RuntimeError(self._answer[:400].decode(errors="replace"))
        self._answer = b""
        return True


def answer_pings(seats: list[Seat]) -> None:
    """Read whatever has come for these candidates."""
    with selectors.DefaultSelector() as selector:
        for seat in seats:
            selector.register(seat.socket.socket, selectors.EVENT_READ, seat.socket)
        for key, _ in selector.select(0):
            key.data.receive()


def _console(server: Server, console: Console, session_ids: list[str]) -> RawSocket:
    opened = RawSocket(server.port, "/proctor", {"token": console.token})
    opened.request("wall", {"session_ids": session_ids})
    return opened


def _post(seat: Seat, picture: bytes, host: str) -> bytes:
    path = f"/bench/snapshots/{seat.session_id}"
    request = http_load.request("POST", path, host=host, body=picture, content_type="image/jpeg")
    extra = f"Cookie: {seat.page.cookies()}\r\nOrigin: http://{host}\r\nX-CSRF-Token: {seat.page.csrf_token}\r\n"
    head, body = request.split(b"\r\n\r\n", 1)
    return head + b"\r\n" + extra.encode() + b"\r\n" + body


def _get(seat: Seat, console: Console, host: str) -> bytes:
    head = http_load.request("GET", f"/bench/snapshots/{seat.session_id}", host=host)
    return head[:-2] + f"Authorization: Bearer {console.token}\r\n\r\n".encode()


def _moments(
    count: int,
    seconds: float,
    every_s: float,
    selector: selectors.BaseSelector,
    hear: Callable[[Any], None],
) -> Iterator[int]:
    """Yield who sends now, one after another, evenly over every ``every_s``; what arrives meanwhile is heard."""
    began, number = time.perf_counter(), 0
    while (now := time.perf_counter()) < began + seconds:
        due = began + number * every_s / count
        if due <= now:
            yield number % count
            number += 1
            continue
        for key, _ in selector.select(due - now):
            hear(key.data)
