"""Whoever calls the application in a test: by JSON, by bearer token, or as a browser with cookies and tokens."""

from __future__ import annotations

import re
from typing import Any, Self

from flask import Flask
from flask.testing import FlaskClient

from migrations_seed import DEMO_EMAIL, DEMO_PASSWORD

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
CSRF_FIELD = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')


class Caller:
    """Sends requests from one client, with the headers it has collected.

    Answers are Werkzeug's ``TestResponse``, typed as Any because tests look into their JSON without further ado.
    """

    def __init__(self, app: Flask, address: str = "127.0.0.1") -> None:
        self.client: FlaskClient = app.test_client()
        self.headers: dict[str, str] = {}
        self.environ = {"REMOTE_ADDR": address}

    def get(self, path: str, **headers: str) -> Any:
        """GET ``path``."""
        named = self.headers | _named(headers)
        return self.client.get(path, headers=named, environ_overrides=self.environ, buffered=True)

    def post(self, path: str, json: Any = None, **headers: str) -> Any:
        """POST ``json`` to ``path``; without it, an empty body."""
        named = self.headers | _named(headers)
        return self.client.post(path, json=json, headers=named, environ_overrides=self.environ)

    def post_raw(self, path: str, data: bytes, content_type: str = "application/json") -> Any:
        """POST bytes as they are."""
        return self.client.post(
            path, data=data, content_type=content_type, headers=self.headers, environ_overrides=self.environ
        )

    def with_token(self, email: str = DEMO_EMAIL, password: str = DEMO_PASSWORD) -> Self:
        """Sign in over the API and send the bearer token from now on."""
        answer = self.post("/api/proctor/login", {"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        self.headers["Authorization"] = f"Bearer {answer.json['access_token']}"
        return self

    def sign_in(self, email: str = DEMO_EMAIL, password: str = DEMO_PASSWORD) -> Any:
        """Sign in on the login page, as a browser does, and take the page's token for later writes."""
        page = self.get("/proctor/login", Accept="text/html")
        found = CSRF_FIELD.search(page.text)
        assert found, page.text
        form = {"email": email, "password": password, "csrf_token": found.group(1)}
        answer = self.client.post("/proctor/login", data=form, headers=SAME_ORIGIN, environ_overrides=self.environ)
        if answer.status_code == 303:
            hall = CSRF_FIELD.search(self.get("/proctor/sessions", Accept="text/html").text)
            assert hall, "every page of the console carries the token"
            self.headers |= SAME_ORIGIN | {"X-CSRF-Token": hall.group(1)}
        return answer

    def claim(self, session_id: str, **extra: Any) -> Any:
        """Press Start as a candidate, and send the page's token from now on."""
        body = {"session_id": session_id, "consent_version": "test", "return_url": None} | extra
        answer: Any = self.client.post("/entry/claim", json=body, headers=SAME_ORIGIN, environ_overrides=self.environ)
        if answer.status_code == 200:
            self.headers |= SAME_ORIGIN | {"X-CSRF-Token": str(answer.json["csrf_token"])}
        return answer


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
