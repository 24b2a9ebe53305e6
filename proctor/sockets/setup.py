"""Putting the live channel together."""

from __future__ import annotations

import logging

import socketio
from flask import Flask
from flask_socketio import SocketIO

from proctor.domain.sweep import sweep
from proctor.errors import Unavailable
from proctor.settings import Settings
from proctor.sockets.announcer import CANDIDATE, PROCTOR
from proctor.sockets.candidate import CandidateNamespace
from proctor.sockets.proctor import ProctorNamespace
from proctor.web.services import Services

log = logging.getLogger(__name__)
SWEEP_EVERY_S = 1.0
LOGIN_CHECK_EVERY = 3


def make_server(app: Flask, settings: Settings) -> socketio.Server:
    """Put a Socket.IO server in front of ``app`` and return it: own origins only, each client's messages in order."""
    extension = SocketIO(  # type: ignore[call-arg] # its types leave out what it passes on
        app,
        async_mode=settings.async_mode,
        async_handlers=False,
        cors_allowed_origins=list(settings.origins),
        namespaces=[CANDIDATE, PROCTOR],
        message_queue=settings.message_queue or None,
        max_http_buffer_size=settings.limits.socket_message_bytes,
        manage_session=False,
        ping_interval=10,
        ping_timeout=10,
    )
    return extension.server  # type: ignore[attr-defined] # it is set in the constructor


class LiveChannel:
    """The namespaces of one worker, and the task that runs beside them."""

    def __init__(self, app: Flask, server: socketio.Server, services: Services) -> None:
        self._server, self._services = server, services
        self._candidates = CandidateNamespace(services)
        self._consoles = ProctorNamespace(app, services)
        server.register_namespace(self._candidates)
        server.register_namespace(self._consoles)
        self._running = False

    def start(self) -> None:
        """Begin to sweep; called once in each worker process."""
        self._running = True
        self._server.start_background_task(self._sweep_forever)

    def stop(self) -> None:
        """Close every connection, so that the worker can end; pages reconnect by themselves.

        The engine's socket is closed without a Socket.IO disconnect, which would tell browsers not to come back.
        """
        self._running = False
        for socket in list(self._server.eio.sockets.values()):
            self._server.start_background_task(socket.close, wait=False)

    def _sweep_forever(self) -> None:
        settings, turn = self._services.settings, 0
        while self._running:
            try:
                sweep(
                    **self._services.context,
                    offline_after_s=settings.offline_after_s,
                    join_expiry_hours=settings.join_expiry_hours,
                )
                if turn % LOGIN_CHECK_EVERY == 0:
                    self._consoles.close_signed_out()
            except Unavailable as error:
                log.warning("sweep: %s", error.detail)
            except Exception:
                log.exception("sweep failed")
            turn += 1
            self._server.sleep(SWEEP_EVERY_S)
