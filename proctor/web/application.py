"""Flask, without the work that no request of ours needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import Headers
from werkzeug.routing import MapAdapter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Answer(Response):
    """Flask's response. Headers that are the same for all are joined to the others as they stand, unchecked."""

    fixed_headers: Sequence[tuple[str, str]] = ()

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """Return the headers of this response; a plain success has none that Werkzeug would have to correct."""
        if self.status_code == 200 and "Content-Length" in self.headers:
            return self.headers
        return super().get_wsgi_headers(environ)

    def get_wsgi_response(self, environ: WSGIEnvironment) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """Return body, status and all headers."""
        body, status, headers = super().get_wsgi_response(environ)
        return body, status, [*headers, *self.fixed_headers]


class _CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookies. The key is derived once, and requests without a session cost nothing."""

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session or session.modified:
            super().save_session(app, session, response)


class Application(Flask):
    """Our Flask application; all of its functions are plain ones."""

    response_class = Answer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session_interface = _CookieSessions()

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of ``request``; none is made for work outside of requests.

        Raises ``SecurityError`` for a host that is not ours. Flask would check it twice, and look for subdomains.
        """
        if request is None:
            return None
        request.trusted_hosts = self.config["TRUSTED_HOSTS"]
        return self.url_map.bind(
            request.host,
            script_name=request.root_path,
            url_scheme=request.scheme,
            default_method=request.method,
            path_info=request.path,
            query_args=request.query_string.decode("latin-1"),
        )

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``func``: Flask would ask before each call whether it is a coroutine function."""
        return func
