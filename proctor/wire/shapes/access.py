"""The way in: what callers get who ask for a session, start one or sign in."""

from __future__ import annotations

from typing_extensions import TypedDict


class JoinedAnswer(TypedDict):
    """A session that was made."""

    session_id: str
    room_name: str


class ClaimAnswer(TypedDict):
    """What the candidate's page needs to go on; ``exam_mode`` is ``frame``, ``window`` or ``none``."""

    handle: str
    exam_url: str
    csrf_token: str
    exam_mode: str
    return_url: str | None


class TokenAnswer(TypedDict):
    """A bearer token and whose it is."""

    access_token: str
    token_type: str
    proctor_id: str
    email: str
