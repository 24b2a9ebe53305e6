"""Clients of a running server, without a browser: HTTP with cookies, and Socket.IO as the pages speak it."""

from __future__ import annotations

import queue
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, Self

import requests
import socketio
from socketio.exceptions import ConnectionError as SocketConnectionError

from migrations_seed import DEMO_EMAIL, DEMO_PASSWORD

WAIT_S = 5.0
CSRF_FIELD = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')


class Socket:
    """One Socket.IO connection that remembers what it was sent."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.client = socketio.Client(reconnection=False)
        self.received: queue.Queue[tuple[str, Any]] = queue.Queue()
        self.disconnected = False
        self.client.on("*", self._remember, namespace=namespace)
        self.client.on("disconnect", self._note_end, namespace=namespace)
        self.client.on("connect_error", self._note_refusal, namespace=namespace)
        self.refusal = ""

    def connect(self, url: str, *, auth: dict[str, str] | None = None, **headers: str) -> Self:
        """Connect, or raise ``Refused`` with the server's word."""
        try:
            self.client.connect(url, headers=headers, auth=auth, namespaces=[self.namespace], wait_timeout=WAIT_S)
        except SocketConnectionError as error:
            self.client.disconnect()
            raise Refused(self.refusal or str(error)) from error
        return self

    def request(self, event: str, payload: object = None) -> dict[str, Any]:
        """Send a message and return the server's answer."""
        answer = self.client.call(event, {} if payload is None else payload, namespace=self.namespace, timeout=WAIT_S)
        assert isinstance(answer, dict)
        return answer

    def next(self, event: str, matching: Callable[[Any], bool] = lambda _: True) -> Any:
        """Return the next message of this name that matches; others before it are dropped."""
        deadline = time.monotonic() + WAIT_S
        while (left := deadline - time.monotonic()) > 0:
            try:
                name, payload = self.received.get(timeout=left)
            except queue.Empty:
                break
            if name == event and matching(payload):
                return payload
        raise AssertionError(f"no {event} within {WAIT_S} s")

    def hears_nothing_of(self, event: str, within_s: float = 0.4) -> bool:
        """True where no message of this name comes in the time."""
        deadline = time.monotonic() + within_s
        while (left := deadline - time.monotonic()) > 0:
            try:
                name, _ = self.received.get(timeout=left)
            except queue.Empty:
                return True
            if name == event:
                return False
        return True

    def close(self) -> None:
        """Leave, as a closed page does."""
        self.client.disconnect()

    def _remember(self, event: str, payload: object = None) -> None:
        self.received.put((event, payload))

    def _note_refusal(self, told: object) -> None:
        self.refusal = str(told["message"] if isinstance(told, dict) else told)

    def _note_end(self, *_reason: object) -> None:
        self.disconnected = True


class Refused(Exception):
    """The server did not let the connection in."""


class ExamApp:
    """The exam app: JSON without credentials."""

    def __init__(self, url: str) -> None:
        self.url = url

    def join(self, name: str = "Ann") -> str:
        """Make a session and return its id."""
        body = {"exam_code": "DEMO", "candidate_identifier": name}
        answer = requests.post(f"{self.url}/api/session/join", json=body, timeout=WAIT_S)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["session_id"])

    def terminate(self, session_id: str) -> None:
        """Say that the exam was handed in."""
        requests.post(f"{self.url}/api/proctor/sessions/{session_id}/terminate", json={}, timeout=WAIT_S)


class CandidatePage:
    """A candidate's browser, as far as the server can tell."""

    def __init__(self, url: str, session_id: str) -> None:
        self.url, self.session_id = url, session_id
        self.http = requests.Session()
        body = {"session_id": session_id, "consent_version": "test", "claim_id": str(uuid.uuid4())}
        answer = self.http.post(f"{url}/entry/claim", json=body, headers={"Origin": url}, timeout=WAIT_S)
        assert answer.status_code == 200, answer.text
        self.handle = str(answer.json()["handle"])
        self.csrf_token = str(answer.json()["csrf_token"])

    def cookies(self) -> str:
        """Return the Cookie header of this browser."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies)

    def connect(self, handle: str | None = None) -> Socket:
        """Open the live channel."""
        socket = Socket("/candidate")
        return socket.connect(self.url, auth={"handle": handle or self.handle}, Cookie=self.cookies(), Origin=self.url)


class Console:
    """A proctor with a bearer token."""

    def __init__(self, url: str, email: str = DEMO_EMAIL, password: str = DEMO_PASSWORD) -> None:
        self.url = url
        body = {"email": email, "password": password}
        answer = requests.post(f"{url}/api/proctor/login", json=body, timeout=WAIT_S)
        assert answer.status_code == 200, answer.text
        self.token = str(answer.json()["access_token"])

    def connect(self) -> Socket:
        """Open the live channel."""
        return Socket("/proctor").connect(self.url, auth={"token": self.token}, Origin=self.url)

    def act(self, session_id: str, action: str, **body: object) -> requests.Response:
        """Do something to a session."""
        path = f"{self.url}/api/proctor/sessions/{session_id}/{action}"
        return requests.post(path, json=body, headers={"Authorization": f"Bearer {self.token}"}, timeout=WAIT_S)

    def session(self, session_id: str) -> dict[str, Any]:
        """Return one session."""
        path = f"{self.url}/api/proctor/sessions/{session_id}"
        answer = requests.get(path, headers={"Authorization": f"Bearer {self.token}"}, timeout=WAIT_S)
        return dict(answer.json())

    def events(self, session_id: str) -> list[dict[str, Any]]:
        """Return a session's events."""
        path = f"{self.url}/api/proctor/sessions/{session_id}/events?limit=200"
        answer = requests.get(path, headers={"Authorization": f"Bearer {self.token}"}, timeout=WAIT_S)
        return list(answer.json()["events"])

    def flags(self, session_id: str) -> list[dict[str, Any]]:
        """Return a session's flags."""
        path = f"{self.url}/api/proctor/sessions/{session_id}/flags"
        answer = requests.get(path, headers={"Authorization": f"Bearer {self.token}"}, timeout=WAIT_S)
        return list(answer.json()["flags"])


class ConsoleBrowser:
    """A proctor's browser: signed in on the login page, known by its cookie."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        page = self.http.get(f"{url}/proctor/login", timeout=WAIT_S)
        form = {"email": DEMO_EMAIL, "password": DEMO_PASSWORD, "csrf_token": _token(page.text)}
        answer = self.http.post(f"{url}/proctor/login", data=form, headers={"Origin": url}, timeout=WAIT_S)
        assert answer.url.endswith("/proctor/sessions"), answer.text
        self._csrf = _token(answer.text)

    def connect(self) -> Socket:
        """Open the live channel."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies)
        return Socket("/proctor").connect(self.url, Cookie=cookies, Origin=self.url)

    def sign_out(self) -> None:
        """Press the button."""
        headers = {"Origin": self.url, "X-CSRF-Token": self._csrf}
        self.http.post(f"{self.url}/proctor/logout", headers=headers, timeout=WAIT_S)


def eventually(holds: Callable[[], bool], within_s: float = WAIT_S) -> bool:
    """Wait until something holds; False where it does not in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def _token(html: str) -> str:
    found = CSRF_FIELD.search(html)
    assert found, html
    return found.group(1)
