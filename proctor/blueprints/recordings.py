"""Recordings: chunk by chunk from the candidate's browser, and as a whole for proctors."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Blueprint, request

from proctor.audit_tags import AuditTag
from proctor.domain import recordings
from proctor.errors import NotFound, UnsupportedMedia
from proctor.records import FootageKind, Role
from proctor.web import uploads
from proctor.web.endpoint import endpoint
from proctor.web.lookups import find_session, own_session
from proctor.web.services import services
from proctor.wire import answers, bodies, shapes

bp = Blueprint("recordings", __name__)
KINDS = {FootageKind.CAMERA, FootageKind.SCREEN}
CHUNK_TYPE = "video/webm"
TAKE_ID = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)


@bp.get("/exam/<handle>/recordings")
@endpoint(Role.CANDIDATE, answer=shapes.TakeList)
def list_takes(handle: str) -> shapes.TakeList:  # noqa: ARG001 - the guard has used the handle
    """Say how much of the candidate's own recordings has come in, so that their browser goes on there."""
    return answers.takes(recordings.of_session(own_session(), store=services().store))


@bp.post("/exam/<handle>/recordings/<kind>/<take>/chunks")
@endpoint(
    Role.CANDIDATE,
    query=bodies.ChunkQuery,
    upload_types=(CHUNK_TYPE,),
    answer=shapes.ChunkAnswer,
    errors=(404, 409, 410),
)
def add_chunk(handle: str, kind: str, take: str, query: bodies.ChunkQuery) -> shapes.ChunkAnswer:  # noqa: ARG001
    """Take the next chunk of a recording. It may be sent again; where another one is missing, 409 names its place."""
    if kind not in KINDS or not TAKE_ID.fullmatch(take):
        raise NotFound("There is no such recording.")
    if request.mimetype != CHUNK_TYPE:
        raise UnsupportedMedia(f"Send the chunk itself, as {CHUNK_TYPE}.")
    s, limits = services(), services().settings.limits
    size = limits.chunk_bytes if request.content_length is None else request.content_length
    stored = recordings.take_in(
        own_session(),
        recordings.Sent(
            FootageKind(kind), take, query.seq, query.offset, query.sha256, timedelta(milliseconds=query.age_ms)
        ),
        uploads.stream_body(max_bytes=limits.chunk_bytes),
        size,
        quotas=recordings.Quotas(limits.chunk_bytes, limits.video_bytes, limits.session_video_bytes),
        store=s.store,
        storage=s.storage,
        now=s.clock(),
    )
    return answers.chunk(stored)


@bp.post("/exam/<handle>/recordings/complete")
@endpoint(Role.CANDIDATE, body=bodies.Nothing, answer=shapes.TakeList, errors=(409,))
def complete(handle: str, body: bodies.Nothing) -> shapes.TakeList:  # noqa: ARG001 - the guard has used the handle
    """Note that the candidate's browser has nothing left to send, after the end."""
    s = services()
    return answers.takes(recordings.complete(own_session(), store=s.store, now=s.clock()))


@bp.get("/api/proctor/sessions/<session_id>/recordings")
@endpoint(Role.PROCTOR, answer=shapes.RecordingList, errors=(404,), audit=AuditTag.SESSION_VIEWED)
def list_recordings(session_id: str) -> shapes.RecordingList:
    """List what was recorded of a session, and how far it has come."""
    session = find_session(session_id)
    return {"recordings": answers.recordings_of(session, recordings.of_session(session, store=services().store))}
