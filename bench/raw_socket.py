"""Socket.IO over websocket with as little work as can be, so that clients never are what limits a server.

What is sent often is made into bytes once, mask included, and of what arrives only the first bytes are looked at.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import time
from typing import Any

CONNECT_TIMEOUT_S = 10
RECEIVE_BYTES = 262_144
PING, PONG = b"2", "3"


def frame(text: str) -> bytes:
    """Return a client's text frame, masked as RFC 6455 (section 5.3) wants it."""
    data, mask = text.encode(), os.urandom(4)
    length = len(data)
    head = struct.pack("!BB", 0x81, 0x80 | length) if length < 126 else struct.pack("!BBH", 0x81, 0xFE, length)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))


def unmasked(text: str) -> bytes:
    """Return a client's text frame whose mask is zero: what changes with every message is not worth more work."""
    data = text.encode()
    length = len(data)
    head = struct.pack("!BB", 0x81, 0x80 | length) if length < 126 else struct.pack("!BBH", 0x81, 0xFE, length)
    return head + bytes(4) + data


PONG_FRAME = frame(PONG)


class RawSocket:
    """One websocket on which one Socket.IO namespace is open."""

    def __init__(self, port: int, namespace: str, auth: dict[str, str], *, cookies: str = "") -> None:
        self.namespace = namespace
        self._received = b""
        self._frames: list[bytes] = []
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._shake_hands(port, cookies)
        self.wait_for(b"0")
        self.socket.sendall(frame(f"40{namespace},{json.dumps(auth)}"))
        answer = self.wait_for(b"40", b"44")
        if answer.startswith(b"44"):
            raise RuntimeError(answer.decode())

    def message(self, event: str, payload: object, ack_id: int) -> bytes:
        """Return a message that wants an acknowledgement, as bytes to send."""
        return frame(f"42{self.namespace},{ack_id}{json.dumps([event, payload])}")

    def request(self, event: str, payload: object) -> dict[str, Any]:
        """Send a message and return what it is acknowledged with."""
        self.socket.sendall(self.message(event, payload, 0))
        answer = self.wait_for(b"43").decode()
        found: dict[str, Any] = json.loads(answer[answer.index("[") :])[0]
        if not found["ok"]:
            raise RuntimeError(str(found))
        return found

    def wait_for(self, *starts: bytes) -> bytes:
        """Return the next message that begins so; others are dropped."""
        deadline = time.monotonic() + CONNECT_TIMEOUT_S
        while time.monotonic() < deadline:
            while self._frames:
                text = self._frames.pop(0)
                if text.startswith(starts):
                    return text
            self._frames += self.receive()
        raise TimeoutError(f"no {starts!r} came")

    def receive(self) -> list[bytes]:
        """Read what is there and return the messages that are complete; pings are answered."""
        received = self.socket.recv(RECEIVE_BYTES)
        if not received:
            raise RuntimeError("the server hung up")
        return self._complete(received)

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _complete(self, received: bytes) -> list[bytes]:
        buffer = self._received + received
        messages, at = [], 0
        while (found := _frame_at(buffer, at)) is not None:
            start, at = found
            text = buffer[start:at]
            if text == PING:
                self.socket.sendall(PONG_FRAME)
            else:
                messages.append(text)
        self._received = buffer[at:]
        return messages

    def _shake_hands(self, port: int, cookies: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: localhost:{port}",
            f"Origin: http://localhost:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
            *([f"Cookie: {cookies}"] if cookies else []),
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(RECEIVE_BYTES)
        head, first = answer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head.decode())
        self._frames += self._complete(first)


def _frame_at(buffer: bytes, at: int) -> tuple[int, int] | None:
    """Return where the text of a server's frame begins and ends, or None where it is not there whole."""
    if len(buffer) < at + 2:
        return None
    length, start = buffer[at + 1] & 0x7F, at + 2
    if length >= 126:
        size = 2 if length == 126 else 8
        if len(buffer) < start + size:
            return None
        length, start = int.from_bytes(buffer[start : start + size], "big"), start + size
    return (start, start + length) if len(buffer) >= start + length else None
