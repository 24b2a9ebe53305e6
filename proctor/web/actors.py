"""Finding out who is calling, from what the request proves."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from flask import Request
from flask.globals import request_ctx
from flask_login import UserMixin, current_user

from proctor.domain import exam_app_access, logins, sessions
from proctor.records import Actor, Role, Session
from proctor.web.services import Services

PREFIX_KEY = "proctor.exam_app_prefix"
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class ConsoleUser(UserMixin):  # type: ignore[misc] # flask-login ships no types
    """The signed-in proctor as flask-login sees them: known by the id of the login, so that a login can be revoked."""

    def __init__(self, signed_in: logins.SignedIn) -> None:
        self.signed_in = signed_in

    def get_id(self) -> str:
        """Return what the cookie keeps."""
        return self.signed_in.login.id


def claim_cookie_name(handle: str, *, secure: bool) -> str:
    """Return the name of the cookie that holds the claim of one session.

    ``__Host-`` makes browsers insist on https, this host and no other (RFC 6265bis, section 4.1.3.2).
    """
    return f"__Host-cand-{handle}" if secure else f"proctor_cand_{handle}"


def resolve(request: Request, roles: frozenset[Role], handle: str | None, services: Services) -> Actor | None:
    """Return the caller in one of ``roles``, the most personal first, or None where nothing proves any.

    Raises ``Unauthenticated`` for credentials that are given and wrong.
    """
    bearer = bearer_of(request)
    if Role.AGENT in roles and (agent := _agent(request, services)):
        return agent
    if Role.EXAM_APP in roles and is_exam_app(request, services):
        by_cookie = console_actor(None, services) if bearer is None and Role.PROCTOR in roles else None
        return by_cookie or Actor(Role.EXAM_APP)
    if Role.PROCTOR in roles and (console := console_actor(bearer, services)):
        return console
    if Role.CANDIDATE in roles and (candidate := _candidate(request, handle, services)):
        return candidate
    if bearer is None and (local := _local(request, roles, services)):
        return local
    return Actor(Role.ANYONE) if Role.ANYONE in roles else None


def is_exam_app(request: Request, services: Services) -> bool:
    """True where the request comes from an exam app."""
    return exam_app_access.is_exam_app(_caller(request), services.settings)


def held_session(cookies: Mapping[str, str], handle: str, services: Services) -> Session | None:
    """Return the session of this handle if the browser holds its claim."""
    token = cookies.get(claim_cookie_name(handle, secure=services.settings.secure_cookies))
    session = services.store.sessions.get_by_handle(handle) if token else None
    return session if session and sessions.holds_claim(session, token, services.clock()) else None


def bearer_of(request: Request) -> str | None:
    """Return the bearer token of the request (RFC 6750, section 2.1), or None."""
    scheme, _, token = request.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def has_cookies(request: Request) -> bool:
    """Return whether there are any; reading none takes time as well."""
    return "HTTP_COOKIE" in request.environ


def console_actor(bearer: str | None, services: Services) -> Actor | None:
    """Return the signed-in proctor: by bearer token where one is given, else by the console's cookie.

    Raises ``Unauthenticated`` for a token that does not hold.
    """
    if bearer is not None:
        signed_in = logins.check_token(bearer, store=services.store, settings=services.settings, now=services.clock())
    elif has_cookies(request_ctx.request) and current_user.is_authenticated:
        signed_in = current_user.signed_in
    else:
        return None
    return Actor(Role.PROCTOR, signed_in.proctor, signed_in.login.id, by_cookie=bearer is None)


def _local(request: Request, roles: frozenset[Role], services: Services) -> Actor | None:
    """Return the caller as what open access takes a program on this machine for."""
    role = next((role for role in (Role.EXAM_APP, Role.LOCAL) if role in roles), None)
    if role is None or not exam_app_access.is_open_to(_caller(request), services.settings):
        return None
    return Actor(role, unauthenticated=True)


def _agent(request: Request, services: Services) -> Actor | None:
    given, secret = request.headers.get("X-Agent-Secret", ""), services.settings.agent_secret
    holds = bool(secret) and hmac.compare_digest(given.encode(), secret.encode())
    return Actor(Role.AGENT) if holds else None


def _candidate(request: Request, handle: str | None, services: Services) -> Actor | None:
    session = held_session(request.cookies, handle, services) if handle and has_cookies(request) else None
    return Actor(Role.CANDIDATE, session=session, by_cookie=True) if session else None


def _caller(request: Request) -> exam_app_access.Caller:
    environ: Mapping[str, Any] = request.environ
    proxied: Mapping[str, Any] = environ.get("werkzeug.proxy_fix.orig", {})
    return exam_app_access.Caller(
        address=proxied.get("REMOTE_ADDR") or environ.get("REMOTE_ADDR", ""),
        port=int(proxied.get("SERVER_PORT") or environ.get("SERVER_PORT", 0)),
        bearer=bearer_of(request),
        prefix=environ.get(PREFIX_KEY),
        was_forwarded=any(name in environ for name in FORWARDED),
    )
