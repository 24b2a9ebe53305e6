"""Socket.IO's packets as we use them: JSON, and never bytes."""

from __future__ import annotations

import json
from typing import Any

import orjson
from socketio.packet import Packet


class Json:
    """JSON in the form that python-socketio wants: something with ``dumps`` and ``loads``."""

    @staticmethod
    def dumps(value: object, **_options: Any) -> str:
        """Return ``value`` as compact JSON."""
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str) -> Any:
        """Return the value in ``text``.

        What only the standard library reads (NaN, lone surrogates) is read as well, so that the guard can refuse it
        in words; a packet that nobody can read ends the connection.
        """
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return json.loads(text)


class TextPacket(Packet):  # type: ignore[misc] # python-socketio ships no types
    """A packet that is not searched for bytes before it is sent: we send none."""

    uses_binary_events = False
