"""HTTP, with the limits that keep slow and oversized requests from harming others.

eventlet accepts the connections; what comes on them is read and answered here. Its own protocol waits for ever, for a
header as for a body, and takes longer over a request than the application does. Here a header must arrive within ten
seconds, a body must keep coming, and what two servers could read differently is refused
(:mod:`proctor.runtime.request_head`). Nothing is logged of a request that fails these rules: it is its sender's affair.
"""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any, BinaryIO
from urllib.parse import unquote

import eventlet
from eventlet import greenio, wsgi
from eventlet.greenio import GreenSocket
from eventlet.hubs import trampoline

from proctor.runtime import request_head
from proctor.runtime.answer import Answer, ClientLeft
from proctor.runtime.request_head import MAX_REQUEST_LINE_BYTES, Refusal, RequestHead
from proctor.runtime.websocket import ReadAhead

HEADER_TIMEOUT_S = 10
KEEP_ALIVE_S = 75
IDLE_BODY_TIMEOUT_S = 30
REQUEST_TIMEOUT_S = 60
UPLOAD_TIMEOUT_S = 600
# A declared body may take longer than REQUEST_TIMEOUT_S where it is large, but not longer than a poor uplink needs.
SLOWEST_UPLOAD_BYTES_PER_S = 16 * 1024
MAX_HEADER_LINE_BYTES = 8192
MAX_HEADER_BYTES = 16 * 1024
# What is left of a body that the application did not want is read up to here, so that the client sees the answer.
MAX_DISCARDED_BYTES = 1024 * 1024
MAX_CHUNK_LINE_BYTES = 1024
# So much is read at once: a head that fits was there before any timer, and a body before the application asks for it.
READ_BUFFER_BYTES = 8192
# Between chunks there is the end of one, the size of the next, or after the last a field (RFC 9112, section 7.1).
# Python would take a sign, an underscore or a prefix for a part of a number.
BETWEEN_CHUNKS = re.compile(rb"(?:[0-9A-Fa-f]+[ \t]*(?:;.*)?|[!#$%&'*+.^_`|~0-9A-Za-z-]+:.*)?\r\n")
HEAD_END = b"\r\n\r\n"
BLANK_LINES = (b"\r\n", b"\n")
UNKNOWN = -1


class HttpProtocol:
    """One connection: reads its requests in time, refuses unclear ones and calls the application.

    eventlet makes one for each connection, and is done with the connection when the constructor returns. ``state`` is
    its record of the connection: address, socket, and whether it is idle and may be hung up.
    """

    def __init__(self, state: list[Any], server: wsgi.Server) -> None:
        self._state, self._server = state, server
        self._connection: GreenSocket = state[1]
        self._connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, True)
        self._reader: io.BufferedReader = self._connection.makefile("rb", READ_BUFFER_BYTES)
        self._read_ahead = 0
        # Where it is sure that nothing more has come, it is waited for at once: to look first is a system call more.
        self._has_read_all = False
        self._is_taken_over = False
        self._environ = server.get_environ() | _addresses(state[0], self._connection.getsockname())
        try:
            self._serve()
        finally:
            self._reader.close()
            greenio.shutdown_safe(self._connection)
            self._connection.close()

    def _serve(self) -> None:
        wait_s = HEADER_TIMEOUT_S
        while self._request_begins(wait_s):
            self._state[2] = wsgi.STATE_REQUEST
            if not self._answer_one() or self._state[2] == wsgi.STATE_CLOSE:
                return
            self._state[2] = wsgi.STATE_IDLE
            wait_s = KEEP_ALIVE_S

    def _request_begins(self, wait_s: int) -> bool:
        self._connection.settimeout(wait_s)
        try:
            if self._has_read_all:
                trampoline(self._connection, read=True, timeout=wait_s, timeout_exc=TimeoutError)
            return bool(self._reader.peek())
        except OSError:  # reset, or silent for too long
            return False
        finally:
            self._connection.settimeout(IDLE_BODY_TIMEOUT_S)

    def _answer_one(self) -> bool:
        """Read a request and answer it; return whether another may follow on this connection."""
        try:
            head = request_head.parse(self._read_head())
        except Refusal as refusal:
            self._refuse(refusal.status)
            return False
        answer = Answer(self._connection, head)
        body = self._body_of(head, answer)
        return self._call(self._environ_of(head, body), answer) and body.is_read_up()

    def _read_head(self) -> bytes:
        """Return everything up to the blank line. Most heads came whole with their first byte, and need no timer."""
        ahead = self._reader.peek()
        end = ahead.find(HEAD_END) + len(HEAD_END)
        if end >= len(HEAD_END):
            self._read_ahead = len(ahead) - end
            return self._reader.read(end)
        self._read_ahead = UNKNOWN
        with eventlet.Timeout(HEADER_TIMEOUT_S, TimeoutError("the header came too slowly")):
            return self._read_head_by_lines()

    def _read_head_by_lines(self) -> bytes:
        head = self._reader.readline(MAX_REQUEST_LINE_BYTES)
        if len(head) == MAX_REQUEST_LINE_BYTES:
            raise Refusal(HTTPStatus.REQUEST_URI_TOO_LONG)
        line = head
        while line not in BLANK_LINES:
            line = self._reader.readline(MAX_HEADER_LINE_BYTES)
            head += line
            if not line.endswith(b"\n") or len(head) > MAX_HEADER_BYTES:
                raise Refusal(HTTPStatus.BAD_REQUEST)
        return head

    def _body_of(self, head: RequestHead, answer: Answer) -> RequestBody | WholeBody:
        self._has_read_all = head.length == self._read_ahead
        if head.length and head.length <= self._read_ahead:
            return WholeBody(self._reader.read(head.length))
        return RequestBody(self._connection, self._reader, head, answer)

    def _environ_of(self, head: RequestHead, body: RequestBody | WholeBody) -> dict[str, Any]:
        """Return the WSGI environment (PEP 3333) of a request."""
        path, _, query = head.target.partition("?")
        environ: dict[str, Any] = self._environ | head.fields
        environ["REQUEST_METHOD"] = head.method
        environ["SERVER_PROTOCOL"] = head.version
        environ["RAW_PATH_INFO"] = path
        # Werkzeug would take two slashes for the beginning of another server's name.
        environ["PATH_INFO"] = unquote(f"/{path.lstrip('/')}" if path.startswith("//") else path, "latin-1")
        environ["QUERY_STRING"] = query
        environ["wsgi.input"] = environ["eventlet.input"] = body
        # Werkzeug reads a body without a length only where it is told that reading on past its end does no harm.
        environ["wsgi.input_terminated"] = head.length is None
        if head.fields.get("HTTP_UPGRADE", "").lower() == "websocket":
            self._prepare_websocket(environ)
        return environ

    def _prepare_websocket(self, environ: dict[str, Any]) -> None:
        # Browsers offer to compress; for our short messages that costs more memory and time than it saves.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)

        def take_over() -> None:
            self._is_taken_over = True
            self._connection.settimeout(None)  # Socket.IO's own heartbeat takes over
            self._state[2] = wsgi.STATE_IDLE

        environ["eventlet.set_idle"] = take_over  # eventlet calls it when it has shaken hands

    def _call(self, environ: dict[str, Any], answer: Answer) -> bool:
        """Let the application answer; return whether the connection can be used again."""
        try:
            pieces = self._server.app(environ, answer.start)
            try:
                if not self._is_taken_over:
                    answer.give(pieces)
            finally:
                if hasattr(pieces, "close"):
                    pieces.close()
        except ClientLeft:
            return False
        except (Exception, eventlet.Timeout):
            self._server.log.exception("The application failed.")
            if not answer.has_begun:
                self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR)
            return False
        return not (answer.will_close or self._is_taken_over)

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer with the error body of the API, which repeats nothing that the client sent."""
        body = json.dumps({"detail": f"{status.phrase}."}).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            self._connection.sendall(head.encode() + body)
        except OSError:
            return  # its sender has left


class WholeBody(io.BytesIO):
    """A request's body that was there with its head."""

    def is_read_up(self) -> bool:
        """Return whether nothing of the body can be taken for the next request: it was read with the head."""
        return True


class RequestBody(wsgi.Input):  # type: ignore[misc]  # eventlet has no types
    """A request's body that must arrive in time; reading one that does not raises :class:`TimeoutError`."""

    def __init__(self, connection: GreenSocket, reader: BinaryIO, head: RequestHead, answer: Answer) -> None:
        super().__init__(
            ShortLines(reader) if head.length is None else reader,
            head.length,
            connection,
            wfile=connection if head.waits_for_leave else None,
            chunked_input=head.length is None,
        )
        self._answer = answer
        self._deadline = time.monotonic() + allowed_seconds(head.length)

    def read(self, length: int | None = None) -> bytes:
        """Read ``length`` bytes, or all."""
        return self._in_time(super().read, length)

    def readline(self, size: int | None = None) -> bytes:
        """Read one line, at most ``size`` bytes of it."""
        return self._in_time(super().readline, size)

    def readlines(self, hint: int | None = None) -> list[bytes]:  # noqa: ARG002 - PEP 3333 lets us ignore it
        """Read all lines."""
        return list(iter(self.readline, b""))

    def get_socket(self) -> ReadAhead:
        """Return the connection, for a websocket to take over."""
        return ReadAhead(super().get_socket())

    def send_hundred_continue_response(self) -> None:
        """Ask for the body that its sender holds back, unless it is answered already."""
        if not self._answer.has_begun:
            self._sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")

    def is_read_up(self) -> bool:
        """Read the rest and forget it; return False where it is long, does not come, or was never asked for."""
        if self.should_send_hundred_continue:
            return False
        try:
            return self._discard()
        except (OSError, wsgi.ChunkReadError):
            return False

    def _discard(self, buffer_size: int = 16 * 1024) -> bool:
        discarded = 0
        while self.chunked_input or self.position < self.content_length:
            chunk = self.read(buffer_size)
            if not chunk:
                return self.chunked_input  # type: ignore[no-any-return]  # a length that was not kept is no end
            discarded += len(chunk)
            if discarded > MAX_DISCARDED_BYTES:
                return False
        return True

    def _in_time(self, read: Callable[[int | None], bytes], size: int | None) -> bytes:
        left_s = max(0, self._deadline - time.monotonic())
        with eventlet.Timeout(left_s, TimeoutError("the body came too slowly")):
            return read(size)


class ShortLines:
    """A connection's reader whose lines end; eventlet would read a chunk's size line for as long as it goes on."""

    def __init__(self, reader: BinaryIO) -> None:
        self._reader = reader
        self.read = reader.read

    def readline(self, size: int = -1) -> bytes:
        """Read a line of at most ``size`` bytes; without ``size``, one that is too long is an error."""
        if size >= 0:
            return self._reader.readline(size)
        line = self._reader.readline(MAX_CHUNK_LINE_BYTES)
        if line and not BETWEEN_CHUNKS.fullmatch(line):
            raise wsgi.ChunkReadError("a chunk's size line is too long or not clear")
        return line


def allowed_seconds(content_length: int | None) -> float:
    """Return how long a body may take; ``None`` is one whose length is not known beforehand."""
    if content_length is None:
        return UPLOAD_TIMEOUT_S
    return max(REQUEST_TIMEOUT_S, content_length / SLOWEST_UPLOAD_BYTES_PER_S)


def plain_address(address: str) -> str:
    """Return an IPv4 client of an IPv6 listener as IPv4 (RFC 4291, section 2.5.5.2), as allowlists name it."""
    mapped = address.removeprefix("::ffff:")
    return mapped if "." in mapped else address


def _addresses(peer: Any, own: Any) -> dict[str, str]:
    """Return what an environment says of both ends; those of a Unix socket have no address."""
    peer_host, peer_port = peer[:2] if isinstance(peer, tuple) else ("unix", "")
    own_host, own_port = own[:2] if isinstance(own, tuple) else ("unix", "")
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": own_host,
        "SERVER_PORT": str(own_port),
        "REMOTE_ADDR": plain_address(peer_host),
        "REMOTE_PORT": str(peer_port),
    }
