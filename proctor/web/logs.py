"""Logging: one line an event, with the request's id, and never a secret or a raw session id."""

from __future__ import annotations

import logging
import re
import secrets
import sys
from time import perf_counter

from flask import Flask, g, has_request_context
from flask.globals import request_ctx
from werkzeug.wrappers import Response

log = logging.getLogger("proctor.requests")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


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


def without_ids(text: str) -> str:
    """Return ``text`` with session ids shortened: a whole one opens the session."""
    return UUID.sub(lambda found: found.group()[:8] + "…", text)


def _begin() -> None:
    g.request_id = secrets.token_hex(6)
    g.began = perf_counter()


def _end(response: Response) -> Response:
    asked = request_ctx.request
    if asked.endpoint != "static" and log.isEnabledFor(logging.INFO):
        ms = (perf_counter() - g.began) * 1_000
        path = asked.path.encode("unicode_escape").decode("ascii")[:200]
        line = f"{asked.method} {path} {response.status_code} {ms:.1f} ms"
        # Where in our code such a line was written is always here; finding that out would cost more than the rest.
        log.handle(log.makeRecord(log.name, logging.INFO, __file__, 0, line, (), None))
    return response
