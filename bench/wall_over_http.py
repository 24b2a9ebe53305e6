"""Our application with the wall's pictures over plain HTTP to compare with: ``bench.wall_over_http:app``.

A candidate's page would post its picture, as bytes, and a console would get each tile's from time to time. Callers are
checked as in all other routes, pictures are checked and kept as they are over the live channel.
"""

from __future__ import annotations

from flask import Response, request

from proctor.domain import snapshots
from proctor.domain.media_types import jpeg_size
from proctor.errors import InvalidInput, NotFound
from proctor.records import Permission, Role, SessionId, Snapshot
from proctor.web.endpoint import endpoint
from proctor.web.guard import actor
from proctor.web.services import services
from wsgi import app

__all__ = ["app"]


@app.post("/bench/snapshots/<session_id>")
@endpoint(Role.CANDIDATE)
def put_snapshot(session_id: str) -> dict[str, bool]:
    """Keep the latest picture of a candidate."""
    picture, s = request.get_data(), services()
    if jpeg_size(picture) is None:
        raise InvalidInput("The picture is no JPEG.")
    s.store.snapshots.put(Snapshot(SessionId(session_id), picture, s.clock()))
    return {"ok": True}


@app.get("/bench/snapshots/<session_id>")
@endpoint(Role.PROCTOR, needs=Permission.WATCH)
def get_snapshot(session_id: str) -> Response:
    """Give the latest picture of a candidate whom this proctor may see."""
    s, wanted = services(), SessionId(session_id)
    if not snapshots.shown_to(actor(), [wanted], store=s.store):
        raise NotFound("There is no such session.")
    [latest] = s.store.snapshots.latest([wanted])
    return Response(latest.image, mimetype="image/jpeg")
