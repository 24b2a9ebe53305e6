"""Cross-site request forgery: a write that a cookie authenticates must come from our own page and carry its token."""

from __future__ import annotations

import hashlib
import hmac

from flask import Request
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms.validators import ValidationError

from proctor.errors import Forbidden
from proctor.records import Actor, Role, Session
from proctor.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "X-CSRF-Token"


def check_origin(request: Request, settings: Settings) -> None:
    """Raise ``Forbidden`` for a request that another site's page made (Fetch Metadata, W3C, section 2.3)."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = {*settings.origins, request.host_url.rstrip("/")}
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise Forbidden("This request came from another site's page.")
    elif origin not in own:
        raise Forbidden("This request does not say that it came from one of our own pages.")


def refuse_foreign_page(request: Request, settings: Settings) -> None:
    """Raise ``Forbidden`` where a browser says that another site's page made this request.

    Other programs send neither header, and pass.
    """
    if "Origin" in request.headers or "Sec-Fetch-Site" in request.headers:
        check_origin(request, settings)


def check_token(request: Request, actor: Actor, settings: Settings) -> None:
    """Raise ``Forbidden`` unless the request carries the token of the page that this actor was given."""
    given = request.headers.get(HEADER) or request.form.get("csrf_token") or ""
    if actor.role is Role.CANDIDATE and actor.session is not None:
        holds = hmac.compare_digest(given.encode(), candidate_token(actor.session, settings).encode())
    else:
        holds = _is_console_token(given)
    if not holds:
        raise Forbidden("This page is out of date. Please reload it and try again.")


def candidate_token(session: Session, settings: Settings) -> str:
    """Return the token for the page of one claim. It changes with the claim and needs no storage."""
    message = f"csrf:{session.id}:{session.claim_hash}".encode()
    return hmac.new(settings.secret_key.encode(), message, hashlib.sha256).hexdigest()


def console_token() -> str:
    """Return the token for the signed-in proctor's pages."""
    return str(generate_csrf())


def _is_console_token(given: str) -> bool:
    try:
        validate_csrf(given)
    except ValidationError:
        return False
    return True
