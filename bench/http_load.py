"""HTTP clients that cost next to nothing, so that they never are what limits a server.

Each client keeps one connection, sends the same bytes again as soon as the whole answer is there, and notes how long
that took. Answers are read as far as their length and status.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

RECEIVE_BYTES = 65_536
SILENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Load:
    """How many answers came in how many seconds, and how long each was waited for."""

    answers: int
    seconds: float
    waits_ms: list[float]

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


def post(path: str, body: bytes, *, host: str) -> bytes:
    """Return a POST of JSON as bytes."""
    return request("POST", path, host=host, body=body, content_type="application/json")


def request(method: str, path: str, *, host: str, body: bytes = b"", content_type: str = "") -> bytes:
    """Return a request as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n"
    if method != "GET":
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def run(port: int, requests: Sequence[bytes], seconds: float) -> Load:
    """Let one client per request repeat it for so long. Raises ``RuntimeError`` for an answer that is not 200."""
    with selectors.DefaultSelector() as selector:
        clients = [_Client(port, request) for request in requests]
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        began = perf_counter()
        end = began + seconds
        while perf_counter() < end:
            ready = selector.select(SILENCE_S)
            if not ready:
                raise RuntimeError(f"no answer for {SILENCE_S} s")
            for key, _ in ready:
                key.data.receive()
        took = perf_counter() - began
        for client in clients:
            client.socket.close()
    waits = [wait for client in clients for wait in client.waits_ms]
    return Load(len(waits), took, waits)


class _Client:
    __slots__ = ("_answer", "_request", "_sent_at", "socket", "waits_ms")

    def __init__(self, port: int, request: bytes) -> None:
        self._request = request
        self._answer = b""
        self.waits_ms: list[float] = []
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._send()

    def receive(self) -> None:
        """Read what is there; where that completes the answer, send the next request."""
        received = self.socket.recv(RECEIVE_BYTES)
        if not received:
            raise RuntimeError("the server hung up")
        self._answer += received
        if not is_complete(self._answer):
            return
        self.waits_ms.append((perf_counter() - self._sent_at) * 1_000)
        if not self._answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(self._answer[:400].decode())
        self._answer = b""
        self._send()

    def _send(self) -> None:
        self._sent_at = perf_counter()
        self.socket.sendall(self._request)


def is_complete(answer: bytes) -> bool:
    """True where ``answer`` has its head and as many bytes as that says."""
    head_end = answer.find(b"\r\n\r\n")
    if head_end < 0:
        return False
    head = answer[:head_end].lower()
    length = head[head.index(b"content-length:") + 15 :].split(b"\r\n", 1)[0]
    return len(answer) >= head_end + 4 + int(length)
