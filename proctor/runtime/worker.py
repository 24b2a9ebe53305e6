"""The gunicorn worker: eventlet's own WSGI server on gunicorn's listeners.

gunicorn no longer ships an eventlet worker. This one leaves the processes, signals and listeners to gunicorn and
HTTP to :mod:`proctor.runtime.http`. The application hears of it through :mod:`proctor.runtime.hooks`.
"""

# ruff: noqa: E402 - everything below must see the patched standard library
from __future__ import annotations

import warnings

# eventlet says at each start that it is in bug-fix mode; operators can do nothing about it.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet

eventlet.monkey_patch()

import errno
import gc
import os
import resource
import socket
import time
from types import FrameType
from typing import Any

from eventlet import hubs, wsgi
from eventlet.greenio import GreenSocket
from eventlet.greenpool import GreenPool
from eventlet.greenthread import GreenThread
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from proctor.runtime import http, websocket
from proctor.runtime.hooks import call_hook

HEARTBEAT_S = 1.0
DRAIN_POLL_S = 0.1
ACCEPT_PAUSE_S = 0.1
CLOSED_ERRORS = {errno.EBADF, errno.EINVAL}
WANTED_FILES = 65_536
# How many more objects than before there must be when the collector of reference cycles looks at the newest ones.
NEW_OBJECTS = 50_000
# Files and database connections that the application needs besides its clients' connections.
SPARE_FILES = 256


class EventletWSGIWorker(Worker):
    """Serves every listener from one process; each connection has a greenlet."""

    def init_process(self) -> None:
        """Set up what must not be shared with the master, then serve until told to end."""
        hubs.use_hub()  # an epoll of our own: the inherited one belongs to the master
        _raise_file_limit()
        if os.environ.get("PROCTOR_EVENTLET_UNMASK") != "original":  # benchmarks compare with eventlet's own
            websocket.install()
        self._pool = GreenPool(_connection_limit(self.cfg.worker_connections))
        self._must_drain = True
        super().init_process()

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - gunicorn's signature
        """End without waiting for requests (SIGINT, SIGQUIT)."""
        self._must_drain = False
        self.alive = False

    def handle_usr1(self, sig: int, frame: FrameType | None) -> None:
        """Reopen the log files, outside the signal handler: it may take locks."""
        eventlet.spawn_n(super().handle_usr1, sig, frame)

    def run(self) -> None:
        """Serve until a signal, or the master's death, ends it."""
        _leave_alone_what_stays()
        call_hook(self.wsgi, "on_worker_start")
        listeners = [SteadyListener(_plain(listener), log=self.log) for listener in self.sockets]
        servers = [eventlet.spawn(self._serve, listener) for listener in listeners]
        while self.alive and os.getppid() == self.ppid:
            self.notify()
            self._wait_for_signal()
        self._stop_accepting(servers, listeners)
        if self._must_drain:
            self._drain()
        call_hook(self.wsgi, "on_worker_exit")

    def _serve(self, listener: SteadyListener) -> None:
        wsgi.server(
            listener,
            self.wsgi,
            log=_ServerLog(self.log),
            log_format="",  # the application logs requests itself, with their ids
            custom_pool=self._pool,
            protocol=http.HttpProtocol,
            socket_timeout=http.IDLE_BODY_TIMEOUT_S,
            debug=False,
        )

    def _wait_for_signal(self) -> None:
        """Let the greenlets run for a heartbeat, or until a signal writes to gunicorn's wake-up pipe."""
        wakeup = self.PIPE[0]
        try:
            hubs.trampoline(wakeup, read=True, timeout=HEARTBEAT_S, timeout_exc=TimeoutError())
        except TimeoutError:
            return
        os.read(wakeup, 4096)

    def _stop_accepting(self, servers: list[GreenThread], listeners: list[SteadyListener]) -> None:
        for server in servers:
            server.kill()  # eventlet hangs up idle connections and lets requests finish
        for listener in listeners:
            listener.close()

    def _drain(self) -> None:
        # In a greenlet of its own, because hanging up waits for clients that may be gone.
        eventlet.spawn_n(call_hook, self.wsgi, "on_worker_stop")
        deadline = time.monotonic() + self.cfg.graceful_timeout
        while self._pool.running() and time.monotonic() < deadline:
            self.notify()
            eventlet.sleep(DRAIN_POLL_S)


class SteadyListener:
    """A listening socket whose ``accept`` outlives failures that are not its own.

    eventlet's server ends at the first failed ``accept``, also where only the new connection was faulty (accept(2))
    or the process ran out of files for a moment.
    """

    def __init__(self, listening: socket.socket, *, log: Logger) -> None:
        self._green = GreenSocket(listening)
        self._green.settimeout(None)
        self._log = log
        self.family = listening.family
        self.getsockname = listening.getsockname
        self.close = listening.close

    def accept(self) -> tuple[GreenSocket, Any]:
        """Wait for the next connection and return it with its peer's address."""
        while True:
            try:
                return self._green.accept()  # type: ignore[no-any-return]  # eventlet has no types
            except OSError as error:
                if error.errno in CLOSED_ERRORS:
                    raise
                self._log.warning("Could not accept a connection: %s", error)
                eventlet.sleep(ACCEPT_PAUSE_S)


class _ServerLog:
    """What eventlet's server logs, at gunicorn's levels: it says of every connection that it came, and why it went."""

    def __init__(self, log: Logger) -> None:
        self.debug = self.info = log.debug
        self.exception = log.exception


def _plain(listener: object) -> socket.socket:
    """Return the socket inside gunicorn's wrapper, which its type declarations do not know."""
    inner = vars(listener)["sock"]
    assert isinstance(inner, socket.socket)
    return inner


def _leave_alone_what_stays() -> None:
    """Take the loaded application, which lives as long as the worker, out of the collector's rounds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _connection_limit(wanted: int) -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, soft - SPARE_FILES)
