"""Putting the live channel together."""

from __future__ import annotations

import socketio
from flask import Flask
from flask_socketio import SocketIO

from proctor.settings import Settings
from proctor.sockets.announcer import CANDIDATE, PROCTOR
from proctor.sockets.candidate import CandidateNamespace
from proctor.sockets.packets import Json, TextPacket
from proctor.sockets.proctor import ProctorNamespace
from proctor.web.services import Services


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
        message_queue=settings.message_queue or None,
        max_http_buffer_size=settings.limits.socket_message_bytes,
        manage_session=False,
        ping_interval=10,
        ping_timeout=10,
    )
    return extension.server  # type: ignore[attr-defined] # it is set in the constructor


class LiveChannel:
    """The namespaces of one worker."""

    def __init__(self, app: Flask, server: socketio.Server, services: Services) -> None:
        self._server = server
        self._candidates = CandidateNamespace(services)
        self._consoles = ProctorNamespace(app, services)
        server.register_namespace(self._candidates)
        server.register_namespace(self._consoles)

    def close_signed_out(self) -> None:
        """Disconnect the consoles whose login has ended, here or in another worker."""
        self._consoles.close_signed_out()

    def hang_up(self) -> None:
        """Close every connection, so that the worker can end; pages reconnect by themselves.

        The engine's socket is closed without a Socket.IO disconnect, which would tell browsers not to come back.
        """
        for socket in list(self._server.eio.sockets.values()):
            self._server.start_background_task(socket.close, wait=False)
