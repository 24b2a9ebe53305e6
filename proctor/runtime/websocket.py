"""Websocket frames from browsers, read and unmasked fast (RFC 6455, section 5).

eventlet's own unmasking goes byte by byte and takes most of the time that relaying a message costs.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from eventlet.greenio import GreenSocket
from eventlet.websocket import RFC6455WebSocket

READ_AHEAD_BYTES = 16 * 1024
EXPECTED_PARAMETERS = ["data", "mask", "length", "offset"]


def unmask(data: bytes, mask: bytes | Sequence[int], length: int | None = None, offset: int = 0) -> bytes:
    """Return the first ``length`` bytes of ``data`` XORed with the repeated four-byte ``mask``.

    ``offset`` is the position of ``data`` in its frame: the mask starts from there. Masking is the same operation.
    """
    size = len(data) if length is None else length
    turn = offset % 4
    key = bytes(mask[turn:]) + bytes(mask[:turn])
    repeated = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(data[:size], "little") ^ int.from_bytes(repeated, "little")).to_bytes(size, "little")


class ReadAhead:
    """A websocket's connection that is read in large pieces.

    eventlet asks for each part of a frame's header by itself, which makes four system calls a message.
    """

    def __init__(self, connection: GreenSocket) -> None:
        self._connection = connection
        self._ahead = b""

    def recv(self, size: int) -> bytes:
        """Return up to ``size`` bytes; nothing where the peer has hung up."""
        if not self._ahead:
            self._ahead = self._connection.recv(max(size, READ_AHEAD_BYTES))
        taken, self._ahead = self._ahead[:size], self._ahead[size:]
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def install() -> None:
    """Let eventlet's websockets use :func:`unmask`.

    Raises:
        RuntimeError: this eventlet is not the one that this was written for.
    """
    original = inspect.getattr_static(RFC6455WebSocket, "_apply_mask", None)
    if not isinstance(original, staticmethod) or _parameters(original) != EXPECTED_PARAMETERS:
        raise RuntimeError("eventlet's websocket code has changed: compare it with proctor.runtime.websocket")
    RFC6455WebSocket._apply_mask = staticmethod(unmask)  # noqa: SLF001 - there is no public hook


def _parameters(function: staticmethod[..., bytes]) -> list[str]:
    return list(inspect.signature(function.__func__).parameters)
