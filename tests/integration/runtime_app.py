"""A WSGI application for the worker's tests: no framework, every path shows one thing."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import eventlet
from eventlet.websocket import WebSocket, WebSocketWSGI

from proctor.runtime import http

StartResponse = Callable[[str, list[tuple[str, str]]], object]


class Application:
    def __init__(self, journal: str) -> None:
        self._journal = Path(journal)
        self._websockets: set[WebSocket] = set()

    def on_worker_start(self) -> None:
        self._note("started")

    def on_worker_stop(self) -> None:
        self._note("stopping")
        for websocket in list(self._websockets):
            websocket.close()

    def on_worker_exit(self) -> None:
        self._note("exiting")

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/websocket":
            return WebSocketWSGI(self._echo)(environ, start_response)  # type: ignore[no-any-return]
        if path == "/slow":
            eventlet.sleep(2)
        if path == "/broken":
            raise ValueError("broken on purpose")
        try:
            body = environ["wsgi.input"].read() if environ["REQUEST_METHOD"] == "POST" else _facts(environ)
        except TimeoutError:
            start_response("408 Request Timeout", [("Connection", "close")])
            return [b""]
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [body]

    def _echo(self, websocket: WebSocket) -> None:
        self._websockets.add(websocket)
        while (message := websocket.wait()) is not None:
            websocket.send(message)
        self._websockets.discard(websocket)

    def _note(self, word: str) -> None:
        with self._journal.open("a") as journal:
            journal.write(f"{word}\n")


def _facts(environ: dict[str, Any]) -> bytes:
    names = ("REMOTE_ADDR", "SERVER_PORT", "HTTP_HOST")
    return "\n".join([*(f"{name}={environ.get(name)}" for name in names), f"PID={os.getpid()}"]).encode()


if "RUNTIME_TEST_IMPATIENT" in os.environ:
    http.IDLE_BODY_TIMEOUT_S = 1
    http.REQUEST_TIMEOUT_S = 2

app = Application(os.environ["RUNTIME_TEST_JOURNAL"])
