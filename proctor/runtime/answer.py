"""The answer to one request, sent as the application gives it (PEP 3333), in as few pieces as can be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from email.utils import formatdate
from functools import lru_cache
from types import TracebackType
from typing import Protocol

from proctor.runtime.request_head import RequestHead

ExcInfo = tuple[type[BaseException], BaseException, TracebackType]
# Smaller pieces of a body wait for the next one.
MIN_PIECE_BYTES = 4096


class ClientLeft(Exception):
    """The connection broke, or its other end took nothing for too long."""


class Connection(Protocol):
    """What an answer needs of a socket."""

    def sendall(self, data: bytes) -> object:
        """Send all of ``data``."""


class Answer:
    """Status, header and body of one answer. ``will_close`` is True where nothing may follow it."""

    __slots__ = ("_connection", "_head", "_headers", "_in_chunks", "_status", "has_begun", "will_close")

    def __init__(self, connection: Connection, head: RequestHead) -> None:
        self._connection, self._head = connection, head
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._in_chunks = False
        self.has_begun = False
        self.will_close = not head.wants_more

    def start(
        self, status: str, headers: list[tuple[str, str]], exc_info: ExcInfo | None = None
    ) -> Callable[[bytes], None]:
        """Take status and header, which are sent with the first piece of the body (WSGI's ``start_response``)."""
        if exc_info is not None and self.has_begun:
            raise exc_info[1].with_traceback(exc_info[2])
        self._status, self._headers = status, headers
        return self.send

    def give(self, pieces: Iterable[bytes]) -> None:
        """Send the body that the application returned; raise ``ClientLeft`` where nobody takes it."""
        waiting: list[bytes] = []
        size = 0
        for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size >= MIN_PIECE_BYTES:
                self.send(b"".join(waiting))
                waiting, size = [], 0
        if size or not self.has_begun:
            self.send(b"".join(waiting))
        if self._in_chunks:
            self._send(b"0\r\n\r\n")

    def send(self, piece: bytes) -> None:
        """Send a piece of the body, the first with the header before it."""
        head = b"" if self.has_begun else self._begin()
        if not self._has_body():
            piece = b""
        elif self._in_chunks and piece:
            piece = b"%x\r\n%b\r\n" % (len(piece), piece)
        self._send(head + piece)

    def _begin(self) -> bytes:
        assert self._status, "the application answers before it has said what"
        self.has_begun = True
        named = {name.lower(): value for name, value in self._headers}
        lines = [f"HTTP/1.1 {self._status}", *[f"{name}: {value}" for name, value in self._headers]]
        if "content-length" not in named and self._has_body():
            self._in_chunks = self._head.version == "HTTP/1.1"
            self.will_close = self.will_close or not self._in_chunks
        if self._in_chunks:
            lines.append("Transfer-Encoding: chunked")
        if "date" not in named:
            lines.append(_date(int(time.time())))
        if "connection" in named:
            self.will_close = self.will_close or named["connection"].lower() == "close"
        elif self.will_close:
            lines.append("Connection: close")
        elif self._head.version == "HTTP/1.0":
            lines.append("Connection: keep-alive")
        head = "\r\n".join(lines)
        if head.count("\n") != len(lines) - 1:
            raise ValueError("a header of this answer holds a line break")
        return f"{head}\r\n\r\n".encode("latin-1")

    def _has_body(self) -> bool:
        """True unless the method or the status rules a body out (RFC 9112, section 6.3)."""
        return self._head.method != "HEAD" and not self._status.startswith(("1", "204", "304"))

    def _send(self, data: bytes) -> None:
        if not data:
            return
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise ClientLeft from error


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return f"Date: {formatdate(second, usegmt=True)}"
