"""One place that turns every failure into an answer: JSON for programs, a page for people."""

from __future__ import annotations

import logging

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, SecurityError

from proctor.errors import ProctorError, Unavailable
from proctor.web.endpoint import declaration_of

log = logging.getLogger(__name__)
JSON_PREFIXES = ("/api/", "/sessions", "/videos/", "/reports/", "/openapi.json", "/health", "/entry/claim")
NOT_OUR_NAME = "This server has another name. Its log says which, and which one the address had."


def install(app: Flask) -> None:
    """Handle every exception of ``app``."""
    app.register_error_handler(ProctorError, _ours)
    app.register_error_handler(HTTPException, _werkzeugs)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """True where the caller is a program: by the route it called, or by what it accepts."""
    view = current_app.view_functions.get(request.endpoint or "")
    declaration = declaration_of(view) if view else None
    if declaration is not None:
        return not declaration.is_page
    if request.path.startswith(JSON_PREFIXES):
        return True
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    return best == "application/json"


def _ours(error: ProctorError) -> ResponseReturnValue:
    if isinstance(error, Unavailable):
        log.warning("unavailable: %s", error.__cause__ or error, extra={"path": request.path})
    headers = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    elif error.status == Unavailable.status:
        headers["Retry-After"] = "2"
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _answer(error.to_body(), error.status, error.title, headers)


def _werkzeugs(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if isinstance(error, SecurityError):
        asked = request.environ.get("HTTP_HOST", "").encode("unicode_escape").decode()[:200]
        known = ", ".join(current_app.config["TRUSTED_HOSTS"])
        log.warning("refused a request for %s: by backend_url, frontend_url and public_urls we are %s", asked, known)
        return _answer({"detail": NOT_OUR_NAME}, status, error.name, {})
    if error.response is not None and status < 400:
        return error.response
    # What the error itself says in headers (Allow, Content-Range), without its HTML.
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return _answer({"detail": _sentence(status)}, status, error.name, headers)


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("unexpected error at %s", request.endpoint, exc_info=error)
    return _answer({"detail": "Internal error"}, 500, "Something went wrong", {})


def _answer(body: dict[str, object], status: int, title: str, headers: dict[str, str]) -> ResponseReturnValue:
    if wants_json():
        return body, status, headers
    page = render_template(
        "errors/error.html",
        status=status,
        title=_(title),
        detail=_(str(body["detail"])),
        request_id=g.get("request_id", "-"),
    )
    return page, status, headers


def _sentence(status: int) -> str:
    sentences = {
        400: "The request could not be read.",
        404: "There is nothing at this address.",
        405: "This address does not take that method.",
        413: "What was sent is too large.",
        414: "The address is too long.",
        415: "This media type is not supported here.",
        416: "That range is not in the file.",
        431: "The request's headers are too large.",
    }
    return sentences.get(status, "The request failed.")
