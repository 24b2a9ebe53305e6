"""HTTP as eventlet serves it, with the limits that keep slow and oversized requests from harming others.

eventlet's own server waits for ever, for a header as for a body. Here a header must arrive within ten seconds, a body
must keep coming, and what two servers could read differently is refused (RFC 9112, section 6.3). Nothing is logged of
a request that fails these rules: it is its sender's affair.
"""

from __future__ import annotations

import email.errors
import json
import time
from collections.abc import Callable
from email.message import Message
from http import HTTPStatus
from typing import Any, BinaryIO

import eventlet
from eventlet import wsgi

from proctor.runtime.websocket import ReadAhead

HEADER_TIMEOUT_S = 10
KEEP_ALIVE_S = 75
IDLE_BODY_TIMEOUT_S = 30
REQUEST_TIMEOUT_S = 60
UPLOAD_TIMEOUT_S = 600
# A declared body may take longer than REQUEST_TIMEOUT_S where it is large, but not longer than a poor uplink needs.
SLOWEST_UPLOAD_BYTES_PER_S = 16 * 1024
MAX_REQUEST_LINE_BYTES = 4096
MAX_HEADER_BYTES = 16 * 1024
# What is left of a body that the application did not want is read up to here, so that the client sees the answer.
MAX_DISCARDED_BYTES = 1024 * 1024
MAX_CHUNK_LINE_BYTES = 1024

# eventlet reads this limit from its module; the one for the request line is an argument of its server.
wsgi.MAX_TOTAL_HEADER_SIZE = MAX_HEADER_BYTES


class HttpProtocol(wsgi.HttpProtocol):  # type: ignore[misc]  # eventlet has no types
    """One connection: reads its requests in time, refuses unclear ones and calls the application."""

    def setup(self) -> None:
        """Prepare the connection; called once by eventlet."""
        super().setup()
        self._idle_timeout_s = HEADER_TIMEOUT_S

    def handle_one_request(self) -> None:
        """Wait for a request, then read its header and answer it."""
        if not self._request_begins():
            self.close_connection = True
            return
        self._idle_timeout_s = KEEP_ALIVE_S
        self._header_timeout = eventlet.Timeout(HEADER_TIMEOUT_S, TimeoutError("the header came too slowly"))
        try:
            super().handle_one_request()
        finally:
            self._header_timeout.cancel()

    def parse_request(self) -> bool:
        """Read the header; where it is not acceptable, answer and return False."""
        try:
            if not super().parse_request():
                return False
        finally:
            self._header_timeout.cancel()
        fault = framing_fault(self.headers, version=self.request_version)
        if fault:
            self.send_error(fault)
        return fault is None

    def get_environ(self) -> dict[str, Any]:
        """Return the WSGI environment (PEP 3333) of the current request."""
        environ: dict[str, Any] = super().get_environ()
        environ["REMOTE_ADDR"] = plain_address(environ["REMOTE_ADDR"])
        body = environ["wsgi.input"] = environ["eventlet.input"] = self._in_time(environ["eventlet.input"])
        # Werkzeug reads a body without a length only where it is told that reading on past its end does no harm.
        environ["wsgi.input_terminated"] = body.chunked_input
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            self.connection.settimeout(None)  # Socket.IO's own heartbeat takes over
            # Browsers offer to compress; for our short messages that costs more memory and time than it saves.
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return environ

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer with the error body of the API, which repeats nothing that the client sent, and hang up."""
        status = HTTPStatus(code)
        body = json.dumps({"detail": f"{status.phrase}."}).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.wfile.write(head.encode() + body)
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Say nothing of requests that never reached the application."""

    def _request_begins(self) -> bool:
        if self.rfile.closed:
            return False
        self.connection.settimeout(self._idle_timeout_s)
        try:
            return bool(self.rfile.peek(1))
        except OSError:  # reset, or silent for too long
            return False

    def _in_time(self, body: wsgi.Input) -> RequestBody:
        return RequestBody(
            ShortLines(body.rfile) if body.chunked_input else body.rfile,
            body.content_length,
            self.connection,
            wfile=body.wfile,
            wfile_line=body.wfile_line,
            chunked_input=body.chunked_input,
        )


class RequestBody(wsgi.Input):  # type: ignore[misc]  # eventlet has no types
    """A request's body that must arrive in time; reading one that does not raises :class:`TimeoutError`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._deadline = time.monotonic() + allowed_seconds(self.content_length)

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

    def discard(self, buffer_size: int = 16 * 1024) -> None:
        """Read the rest and forget it; raise :class:`OSError`, which ends the connection, where it is long."""
        discarded = 0
        while chunk := self.read(buffer_size):
            discarded += len(chunk)
            if discarded > MAX_DISCARDED_BYTES:
                raise OSError("the rest of the body is too long to wait for")

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
        if len(line) == MAX_CHUNK_LINE_BYTES:
            raise wsgi.ChunkReadError("a chunk's size line is too long")
        return line


# The parser also looks for the parts of a multipart body, which is not there yet when the header is read.
BODY_DEFECTS = (
    email.errors.CloseBoundaryNotFoundDefect,
    email.errors.MultipartInvariantViolationDefect,
    email.errors.NoBoundaryInMultipartDefect,
    email.errors.StartBoundaryNotFoundDefect,
)


def framing_fault(headers: Message, *, version: str) -> HTTPStatus | None:
    """Return the status to refuse a request with whose end two servers might see in different places.

    RFC 9112, sections 5 and 6.3: folded lines, several lengths, a length beside a transfer coding, unknown codings.
    """
    lengths = headers.get_all("content-length", [])
    codings = headers.get_all("transfer-encoding", [])
    folded = any(char in str(value) for value in headers.values() for char in "\r\n\0")
    defects = [defect for defect in headers.defects if not isinstance(defect, BODY_DEFECTS)]
    if defects or folded or len(lengths) + len(codings) > 1 or version == "HTTP/0.9":
        return HTTPStatus.BAD_REQUEST
    if lengths and not (lengths[0].isascii() and lengths[0].isdigit()):
        return HTTPStatus.BAD_REQUEST
    if codings and codings[0].lower() != "chunked":
        return HTTPStatus.NOT_IMPLEMENTED
    return None


def allowed_seconds(content_length: int | None) -> float:
    """Return how long a body may take; ``None`` is one whose length is not known beforehand."""
    if content_length is None:
        return UPLOAD_TIMEOUT_S
    return max(REQUEST_TIMEOUT_S, content_length / SLOWEST_UPLOAD_BYTES_PER_S)


def plain_address(address: str) -> str:
    """Return an IPv4 client of an IPv6 listener as IPv4 (RFC 4291, section 2.5.5.2), as allowlists name it."""
    mapped = address.removeprefix("::ffff:")
    return mapped if "." in mapped else address
