"""``/x/<secret>/…``: the address under which an exam app behind a shared address calls, taken off before routing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from proctor.web.actors import PREFIX_KEY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class ExamAppPrefix:
    """WSGI middleware: notes the secret for the guard, so that no log line and no route ever sees it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on without its prefix."""
        parts = (environ.get("PATH_INFO") or "/").split("/", 3)
        if parts[:2] == ["", "x"] and parts[2:]:
            environ[PREFIX_KEY] = parts[2]
            environ["PATH_INFO"] = "/" + "".join(parts[3:])
        return self._app(environ, start_response)
