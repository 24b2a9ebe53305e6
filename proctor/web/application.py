"""Flask, without the work that no request of ours needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer
from werkzeug.datastructures import Headers
from werkzeug.routing import MapAdapter, Rule
from werkzeug.sansio.utils import get_host
from werkzeug.utils import cached_property

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MAX_KNOWN_ADDRESSES = 2_000

# Clients send the same name again and again, and few names pass: those that do not are errors, which are not kept.
_checked_host = lru_cache(maxsize=100)(get_host)


class Asked(Request):
    """Flask's request."""

    @cached_property
    def host(self) -> str:
        """The name that the client knows us by. Raises ``SecurityError`` for one that is not ours."""
        return _checked_host(self.scheme, self.environ.get("HTTP_HOST"), self.server, tuple(self.trusted_hosts or ()))

    def body(self) -> bytes:
        """Return the body, as it is where it came whole with its head; any other is read by Werkzeug as it arrives.

        Raises ``RequestEntityTooLarge`` for more than ``max_content_length``.
        """
        sent, most = self.environ["wsgi.input"], self.max_content_length
        if isinstance(sent, BytesIO) and (most is None or sent.getbuffer().nbytes <= most):
            return sent.getvalue()
        return self.get_data(cache=False)


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


class _Addresses(MapAdapter):
    """Werkzeug's search for the route of an address, which it makes once: callers come back to theirs all the time."""

    def __init__(self, known: dict[tuple[str, str], tuple[Rule, Mapping[str, Any]]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = known

    def match(self, *args: Any, **kwargs: Any) -> Any:
        """Return the route and what the address names, as Werkzeug does; raise its errors for what is none of ours."""
        if args or kwargs != {"return_rule": True}:
            return super().match(*args, **kwargs)
        asked = (self.default_method, self.path_info)
        found = self._known.get(asked)
        if found is None:
            found = super().match(return_rule=True)
            if len(self._known) >= MAX_KNOWN_ADDRESSES:
                self._known.clear()
            self._known[asked] = found
        rule, values = found
        return rule, dict(values)


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

    request_class = Asked
    response_class = Answer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._known_addresses: dict[tuple[str, str], tuple[Rule, Mapping[str, Any]]] = {}
        super().__init__(*args, **kwargs)
        self.session_interface = _CookieSessions()

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Return what finds the route of ``request``; none is made for work outside of requests.

        Raises ``SecurityError`` for a host that is not ours. Flask would check it twice, and look for subdomains.
        """
        if request is None:
            return None
        request.trusted_hosts = self.config["TRUSTED_HOSTS"]
        return _Addresses(
            self._known_addresses,
            self.url_map,
            request.host,
            script_name=request.root_path,
            subdomain="",
            url_scheme=request.scheme,
            default_method=request.method,
            path_info=request.path,
            query_args=request.query_string.decode("latin-1"),
        )

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return ``func``: Flask would ask before each call whether it is a coroutine function."""
        return func
