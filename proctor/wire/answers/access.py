"""Answering whoever asks for a session or signs in."""

from __future__ import annotations

from proctor.records import Proctor, Session
from proctor.wire import shapes


def joined(session: Session) -> shapes.JoinedAnswer:
    """Answer a join."""
    return {"session_id": session.id, "room_name": session.room_name}


def token(access_token: str, proctor: Proctor) -> shapes.TokenAnswer:
    """Answer an API login."""
    return {"access_token": access_token, "token_type": "bearer", "proctor_id": proctor.id, "email": proctor.email}
