"""Putting the live channel together."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import socketio
from flask import Flask
from flask_socketio import SocketIO

from proctor.settings import Settings
from proctor.sockets.announcer import CANDIDATE, PROCTOR
from proctor.sockets.candidate import CandidateNamespace
from proctor.sockets.packets import Json, TextPacket
from proctor.sockets.proctor import ProctorNamespace
from proctor.sockets.strangers import Strangers
from proctor.web.services import Services

QUEUE_CONNECT_S = 2


def make_server(app: Flask, settings: Settings) -> socketio.Server:
    """Put a Socket.IO server in front of ``app`` and return it: own origins only, each client's messages in order."""
    extension = SocketIO(  # type: ignore[call-arg] # its types leave out what it passes on
        app,
        async_mode=settings.async_mode,
        async_handlers=False,
        cors_allowed_origins=list(settings.origins),
        namespaces=[CANDIDATE, PROCTOR],
        json=Json,
        serializer=TextPacket,
        message_queue=patient_for_seconds(settings.message_queue) if settings.message_queue else None,
        max_http_buffer_size=settings.limits.socket_message_bytes,
        manage_session=False,
        ping_interval=10,
        ping_timeout=10,
    )
    return extension.server  # type: ignore[attr-defined] # it is set in the constructor


def patient_for_seconds(queue_url: str) -> str:
    """Return the address of a message queue with a limit for connecting to it, where it names none.

    Whoever stores something tells others of it. A machine that is gone answers nothing at all, and the system would
    wait for it for two minutes, with a proctor's warning behind it.
    """
    parts = urlsplit(queue_url)
    if not parts.scheme.startswith("redis") or "socket_connect_timeout" in parts.query:
        return queue_url
    limit = f"socket_connect_timeout={QUEUE_CONNECT_S}"
    return urlunsplit(parts._replace(query=f"{parts.query}&{limit}" if parts.query else limit))


class LiveChannel:
    """The namespaces of one worker."""

    def __init__(self, app: Flask, server: socketio.Server, services: Services) -> None:
        self._server = server
        self._candidates = CandidateNamespace(services)
        self._consoles = ProctorNamespace(app, services)
        server.register_namespace(self._candidates)
        server.register_namespace(self._consoles)
        self._strangers = Strangers(server, (CANDIDATE, PROCTOR))

    def close_signed_out(self) -> None:
        """Disconnect the consoles whose login has ended, here or in another worker."""
        self._consoles.close_signed_out()

    def close_strangers(self) -> None:
        """End connections that have not said for seconds who they are."""
        self._strangers.hang_up()

    def hang_up(self) -> None:
        """Close every connection, so that the worker can end; pages reconnect by themselves.

        The engine's socket is closed without a Socket.IO disconnect, which would tell browsers not to come back.
        """
        for socket in list(self._server.eio.sockets.values()):
            self._server.start_background_task(socket.close, wait=False)
