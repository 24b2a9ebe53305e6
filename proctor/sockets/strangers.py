"""Connections that do not say who they are: nothing else would ever end them, and there is room for so many."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import socketio

PATIENCE_S = 10.0
"""A page says who it is with its second message."""


class Strangers:
    """Remembers since when a connection has been in none of ``namespaces``."""

    def __init__(
        self, server: socketio.Server, namespaces: tuple[str, ...], now: Callable[[], float] = monotonic
    ) -> None:
        self._server, self._namespaces, self._now = server, namespaces, now
        self._since: dict[str, float] = {}

    def hang_up(self) -> None:
        """End the connections that have been strangers for too long; to be called every few seconds."""
        now, sockets = self._now(), dict(self._server.eio.sockets)
        self._since = {name: self._since.get(name, now) for name in sockets if self._is_stranger(name)}
        for name, since in self._since.items():
            if now - since > PATIENCE_S:
                self._server.start_background_task(sockets[name].close, wait=False)

    def _is_stranger(self, name: str) -> bool:
        manager = self._server.manager
        return all(manager.sid_from_eio_sid(name, namespace) is None for namespace in self._namespaces)
