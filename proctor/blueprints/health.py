"""Whether the server works, where its pages are, and what its API offers."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from proctor.records import Role
from proctor.web import openapi
from proctor.web.endpoint import endpoint, page
from proctor.web.services import services
from proctor.wire import shapes

bp = Blueprint("health", __name__)
WORKING: shapes.HealthAnswer = {"status": "ok", "message": "Proctor is running."}


@bp.get("/health")
@bp.get("/healthz")
@endpoint(Role.ANYONE, answer=shapes.HealthAnswer, errors=(503,))
def health() -> shapes.HealthAnswer:
    """Say that the server and its database work; 503 while the database is away."""
    services().store.ping()
    return WORKING


@bp.get("/")
@page(Role.ANYONE)
def root() -> ResponseReturnValue:
    """Send people to the place where a candidate begins, and tell programs that the server runs."""
    best = request.accept_mimetypes.best_match(["application/json", "text/html"], default="application/json")
    return redirect("/join") if best == "text/html" else (WORKING, 200)


@bp.get("/openapi.json")
@endpoint(Role.ANYONE)
def openapi_json() -> dict[str, object]:
    """Describe the JSON routes (OpenAPI 3.1)."""
    return openapi.describe()
