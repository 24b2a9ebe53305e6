"""A small exam app of the tests' own, that treats a proctoring server as real exam apps do.

It sends JSON without credentials and never tries twice: it joins when the candidate starts, sends them to the
candidate's page with its own first page as ``return_url``, and at the end posts a note and ``terminate``. Its login
is a cookie named ``session``, so the server must not use that name, and the frame must be on the same site.
"""

from __future__ import annotations

import html
import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

TIMEOUT_S = 10
COOKIE = "session"
FIRST_PAGE = "/mock-exam/begin"


@dataclass(slots=True)
class Sitting:
    """One candidate in this app; without a ``session_id`` they sit the exam unproctored."""

    candidate: str
    session_id: str | None
    began: float = field(default_factory=time.monotonic)
    answer: str | None = None


class ExamApp:
    """A context manager: the app answers at ``url`` inside the block."""

    def __init__(
        self, backend_url: str, frontend_url: str, *, exam_code: str = "DEMO", refuses_frames: bool = False
    ) -> None:
        self.sittings: dict[str, Sitting] = {}
        self.refuses_frames = refuses_frames
        self._backend_url, self._frontend_url, self._exam_code = backend_url, frontend_url, exam_code
        self._server = _Server(self)

    @property
    def url(self) -> str:
        """Where candidates start. ``localhost``, as a frame on another host would not be sent its cookie."""
        return f"http://localhost:{self._server.server_address[1]}"

    @property
    def return_url(self) -> str:
        """The page that the candidate is to be sent back to."""
        return self.url + FIRST_PAGE

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="exam-app", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def begin(self, candidate: str) -> tuple[str, str]:
        """Join, and return the cookie's value and where the candidate goes now."""
        session_id = join(self._backend_url, self._exam_code, candidate)
        cookie = secrets.token_urlsafe(16)
        self.sittings[cookie] = Sitting(candidate, session_id)
        if session_id is None:
            return cookie, FIRST_PAGE
        query = urlencode({"session_id": session_id, "return_url": self.return_url})
        return cookie, f"{self._frontend_url}/entry?{query}"

    def hand_in(self, sitting: Sitting, answer: str) -> None:
        """Keep the answer and tell the proctoring server that it is over, whatever it says to that."""
        sitting.answer = answer
        if sitting.session_id is None:
            return
        elapsed_s = round(time.monotonic() - sitting.began, 1)
        note(self._backend_url, sitting.session_id, f"Score 1 of 1, answered {answer}", elapsed_s)
        terminate(self._backend_url, sitting.session_id)


def join(backend_url: str, exam_code: str, candidate: str) -> str | None:
    """Make a session; None where the server did not, whatever the reason."""
    body = {"exam_code": exam_code, "candidate_identifier": candidate}
    return _post(f"{backend_url}/api/session/join", body).get("session_id") or None


def note(backend_url: str, session_id: str, words: str, at_s: float) -> None:
    """Leave a note about the session, whatever the server answers."""
    _post(f"{backend_url}/api/proctor/sessions/{session_id}/notes", {"note": words, "timestamp_sec": at_s})


def terminate(backend_url: str, session_id: str) -> None:
    """Say that the exam is over, whatever the server answers."""
    _post(f"{backend_url}/api/proctor/sessions/{session_id}/terminate", {})


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            parsed = json.load(answer)
    except (urllib.error.URLError, ValueError, TimeoutError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


class _Server(ThreadingHTTPServer):
    def __init__(self, app: ExamApp) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        self.app = app


class _Pages(BaseHTTPRequestHandler):
    server: _Server

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.path == "/":
            self._page("Mock exams", _START)
        elif self.path == FIRST_PAGE:
            self._page("Question 1", self._question())
        else:
            self._page("Nothing here", "", status=404)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        if self.path == "/start":
            cookie, target = self.server.app.begin(form["candidate"][0])
            self._redirect(target, f"{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax")
        else:
            sitting = self._sitting()
            assert sitting is not None, "the frame sends the app's cookie"
            self.server.app.hand_in(sitting, form["answer"][0])
            self._page("Handed in", "<p>Thank you.</p>")

    def _sitting(self) -> Sitting | None:
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        return self.server.app.sittings.get(cookie.value) if cookie else None

    def _question(self) -> str:
        sitting = self._sitting()
        who = f"You are {sitting.candidate}" if sitting else "No session cookie arrived"
        return _QUESTION.format(who=html.escape(who))

    def _redirect(self, target: str, cookie: str) -> None:
        self.send_response(302)
        self.send_header("Location", target)
        self.send_header("Set-Cookie", cookie)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _page(self, title: str, content: str, *, status: int = 200) -> None:
        body = _PAGE.format(title=title, content=content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if self.server.app.refuses_frames:
            self.send_header("X-Frame-Options", "DENY")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing: the tests' output is for the tests."""


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,"></head>
<body><h1>{title}</h1>{content}</body></html>"""

_START = """<form method="post" action="/start">
<label>Your name <input name="candidate"></label> <button>Start exam</button></form>"""

_QUESTION = """<p id="who">{who}</p><form method="post" action="/mock-exam/submit">
<label>What is 6 times 7? <input name="answer" autocomplete="off"></label> <button>Submit</button></form>"""
