"""The door: every request passes here before its view, and a route that declares nothing answers nobody."""

from __future__ import annotations

from typing import cast
from urllib.parse import quote

from flask import Flask, Request, current_app, g, redirect
from flask.globals import request_ctx
from werkzeug.wrappers import Response

from proctor.domain import permissions, sessions
from proctor.errors import Forbidden, Unauthenticated
from proctor.records import Actor, Permission, Role
from proctor.settings import Settings
from proctor.web import actors, csrf
from proctor.web.endpoint import Declaration, declaration_of
from proctor.web.services import services


def install(app: Flask) -> None:
    """Put the guard in front of every view of ``app``, and tell templates what whoever is signed in may do."""
    app.before_request(_admit)
    app.context_processor(lambda: {"granted": _granted()})


def actor() -> Actor:
    """Return who is calling; there is always someone once the guard has let them in."""
    return cast(Actor, g.actor)


def _admit() -> Response | None:
    request = request_ctx.request  # itself: each look through Flask's stand-in for it costs
    if request.endpoint is None or request.method == "OPTIONS":
        return None
    declaration = declaration_of(current_app.view_functions[request.endpoint])
    if declaration is None:
        raise Forbidden("Nobody may call this address.")
    s = services()
    found = actors.resolve(request, declaration.roles, _handle(request), s)
    if found is None:
        return _turn_away(request, declaration)
    if request.method not in csrf.SAFE_METHODS:
        _check_write(request, found, s.settings)
    permissions.check(found, declaration.needs)
    g.actor = found
    return None


def _granted() -> frozenset[Permission]:
    known = cast("Actor | None", g.get("actor"))
    return permissions.GRANTED[known.proctor.role] if known and known.proctor else frozenset()


def _handle(request: Request) -> str | None:
    """Return the handle of the session that the address names, by handle or by id."""
    named = request.view_args or {}
    if "session_id" in named:
        return sessions.new_handle(named["session_id"])
    return named.get("handle")


def _check_write(request: Request, found: Actor, settings: Settings) -> None:
    if found.by_cookie:
        csrf.check_origin(request, settings)
        csrf.check_token(request, found, settings)
    elif found.role in {Role.EXAM_APP, Role.LOCAL, Role.ANYONE}:
        csrf.refuse_foreign_page(request, settings)


def _turn_away(request: Request, declaration: Declaration) -> Response:
    if declaration.is_page and declaration.roles == {Role.PROCTOR} and request.method in csrf.SAFE_METHODS:
        return redirect(f"/proctor/login?next={quote(request.full_path.rstrip('?'), safe='')}")
    if Role.EXAM_APP in declaration.roles:
        raise Unauthenticated("Only a known exam app or a signed-in proctor may call this.")
    if Role.CANDIDATE in declaration.roles:
        raise Unauthenticated("This exam is not open in this browser.")
    raise Unauthenticated("Please sign in.")
