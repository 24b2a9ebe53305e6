"""A client of the sessions API, as a program of the institution would write it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from proctor.web.services import EXTENSION, Services
from tests.support.actors import Caller
from tests.support.clips import clip

BOUNDARY = "----between-two-parts"
FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def form(data: bytes, *, name: str = "talk.webm") -> bytes:
    """Return the body of a form with one file (RFC 7578)."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    return f"{head}Content-Type: video/webm\r\n\r\n".encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()


@dataclass
class SessionsApi:
    """Calls one application as one caller; ``import_dir`` is the server's import folder."""

    app: Flask
    caller: Caller
    import_dir: Path

    @property
    def services(self) -> Services:
        """What the application works with."""
        found: Services = self.app.extensions[EXTENSION]
        return found

    def get(self, path: str, **headers: str) -> Any:
        """GET ``path``."""
        return self.caller.get(path, **headers)

    def post(self, path: str, json: Any = None) -> Any:
        """POST ``json`` to ``path``."""
        return self.caller.post(path, json)

    def make(self, name: str = "Ann") -> str:
        """Make a session and return its id."""
        answer = self.post("/sessions", {"candidate_name": name})
        assert answer.status_code == 200, answer.text
        return str(answer.json["id"])

    def report_event(self, session_id: str, event_type: str, **fields: Any) -> Any:
        """Report one event and return it as stored."""
        answer = self.post(f"/sessions/{session_id}/events", {"event_type": event_type} | fields)
        assert answer.status_code == 200, answer.text
        return answer.json

    def upload(self, session_id: str, data: bytes | None = None, *, name: str = "talk.webm") -> Any:
        """Upload ``data`` as a browser's form does; without it, a small WebM."""
        body = form(clip() if data is None else data, name=name)
        return self.caller.post_raw(f"/sessions/{session_id}/video", body, FORM_TYPE)

    def head(self, path: str, **headers: str) -> Any:
        """HEAD ``path``."""
        sent = self.caller.headers | headers
        return self.caller.client.head(path, headers=sent, environ_overrides=self.caller.environ)

    def bytes_of(self, path: str, **headers: str) -> bytes:
        """Fetch ``path`` whole."""
        answer = self.get(path, **headers)
        assert answer.status_code in {200, 206}, answer.text
        return bytes(answer.data)

    def rows(self, path: str) -> list[list[str]]:
        """Fetch a CSV and return its rows, as a strict reader of RFC 4180 sees them."""
        text = self.bytes_of(path).decode("utf-8")
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
