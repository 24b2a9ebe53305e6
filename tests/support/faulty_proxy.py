"""A TCP proxy between a client and a real server, that breaks in the ways networks and servers do."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from enum import Enum
from types import TracebackType
from typing import Self

# A payload made of the first has bytes that the proxy can change without touching the protocol around it.
MARKER = b"proctor-payload-"
WRONG = b"PROCTOR_PAYLOAD_"

_ERROR_ANSWER = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Fault(Enum):
    """What happens to bytes on their way."""

    NONE = "none"
    ERROR = "error 500"
    HANG = "hang"
    RESET = "reset"
    WRONG_BYTES = "wrong bytes"


class FaultyProxy:
    """Listens on a free loopback port; ``fault`` may be changed at any time, for open connections as well."""

    def __init__(self, upstream_port: int) -> None:
        self.fault = Fault.NONE
        self.reset_after_bytes = 0
        self._upstream_port = upstream_port
        self._passed_bytes = 0
        self._closed = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def break_with(self, fault: Fault, *, after_bytes: int = 0) -> None:
        """Begin to fail; a reset lets that many bytes pass first."""
        self._passed_bytes = 0
        self.reset_after_bytes = after_bytes
        self.fault = fault

    def heal(self) -> None:
        """Pass everything on again, on new connections: the old ones may have lost bytes."""
        self.fault = Fault.NONE
        for connection in self._sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        for connection in (self._listener, *self._sockets):
            # Closing alone would not wake a thread that waits in accept or recv.
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(5)

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while not self._closed.is_set():
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._upstream_port))
                self._sockets += [client, server]
                self._start(self._pump, client, server, True)
                self._start(self._pump, server, client, False)

    def _pump(self, source: socket.socket, target: socket.socket, is_request: bool) -> None:
        with suppress(OSError):
            while data := source.recv(64 * 1024):
                passed = self._pass_on(data, source, target, is_request=is_request)
                if not passed:
                    return
            target.shutdown(socket.SHUT_WR)

    def _pass_on(self, data: bytes, source: socket.socket, target: socket.socket, *, is_request: bool) -> bool:
        fault = self.fault
        self._passed_bytes += len(data)
        if fault is Fault.HANG:
            self._closed.wait()
            return False
        if fault is Fault.RESET and self._passed_bytes > self.reset_after_bytes:
            _reset(source)
            _reset(target)
            return False
        if fault is Fault.ERROR:
            if is_request:
                source.sendall(_ERROR_ANSWER)
            source.shutdown(socket.SHUT_RDWR)
            return False
        target.sendall(data.replace(MARKER, WRONG) if fault is Fault.WRONG_BYTES and not is_request else data)
        return True


def _reset(connection: socket.socket) -> None:
    """Close with a reset instead of a goodbye."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # The other thread may wait in recv, which keeps a closed socket alive until it wakes.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
    connection.close()
