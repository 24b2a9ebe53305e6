"""Logging: one line an event, with the request's id, and never a secret or a raw session id."""

from __future__ import annotations

import logging
import re
import secrets
import sys
from collections import defaultdict
from collections.abc import Callable
from http import HTTPStatus
from time import perf_counter

from flask import Flask, g, has_request_context
from flask.globals import request_ctx
from werkzeug.wrappers import Response

log = logging.getLogger("proctor.requests")
UNCOUNTED = {"static"}
BUSY = {"sessions_api.add_events"}
"""Endpoints that a whole hall calls all the time. Their failures have a line each, as have all other requests."""

TALLY_S = 10.0
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
INVITATION = re.compile(r"/invitation/[\w-]+")


def configure(level: str) -> None:
    """Send the logs of this application to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"))
    root = logging.getLogger("proctor")
    root.handlers[:] = [handler]
    root.setLevel(level)
    root.propagate = False


def install(app: Flask) -> None:
    """Give each request of ``app`` an id and log how it went."""
    app.before_request(_begin)
    app.after_request(_end)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        return without_ids(super().format(record))


class Tally:
    """Requests that come too often for a line each: what the last few seconds of them came to, in one."""

    def __init__(self, now: Callable[[], float] = perf_counter) -> None:
        self._now = now
        self._told_at, self._number, self._slowest_s = now() - TALLY_S, 0, 0.0

    def add(self, took_s: float) -> str | None:
        """Count a request; return a line now and then, the first time at once."""
        self._number += 1
        self._slowest_s = max(self._slowest_s, took_s)
        silent_s = self._now() - self._told_at
        if silent_s < TALLY_S:
            return None
        line = f"{self._number} since the last such line, the slowest {self._slowest_s * 1_000:.1f} ms"
        self._told_at, self._number, self._slowest_s = self._now(), 0, 0.0
        return line


def without_ids(text: str) -> str:
    """Return ``text`` with session ids and the links of invitations shortened: a whole one opens what it names."""
    return INVITATION.sub("/invitation/…", UUID.sub(lambda found: found.group()[:8] + "…", text))


_tallies: defaultdict[str, Tally] = defaultdict(Tally)


def _begin() -> None:
    g.request_id = secrets.token_hex(6)
    g.began = perf_counter()


def _end(response: Response) -> Response:
    asked = request_ctx.request
    if asked.endpoint in UNCOUNTED or not log.isEnabledFor(logging.INFO):
        return response
    if asked.endpoint in BUSY and response.status_code == HTTPStatus.OK:
        if told := _tallies[asked.endpoint].add(perf_counter() - g.began):
            log.info("%s: %s", asked.endpoint, told)
        return response
    ms = (perf_counter() - g.began) * 1_000
    path = asked.path.encode("unicode_escape").decode("ascii")[:200]
    log.info("%s %s %s %.1f ms", asked.method, path, response.status_code, ms)
    return response
