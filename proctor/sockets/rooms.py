"""Names of rooms. They follow from who somebody is; no client ever names one."""

from __future__ import annotations

ALL_EXAMS = "exams"


def candidate(session_id: str) -> str:
    """Return the room of a candidate's own pages."""
    return f"candidate:{session_id}"


def watchers(session_id: str) -> str:
    """Return the room of the consoles that watch this candidate."""
    return f"watchers:{session_id}"


def wall(session_id: str) -> str:
    """Return the room of the consoles whose wall shows this candidate's tile."""
    return f"wall:{session_id}"


def viewer(session_id: str, viewer_id: str) -> str:
    """Return the room of one live view; it names the session too, so a candidate reaches only their own viewers."""
    return f"viewer:{session_id}:{viewer_id}"


def exam(exam_code: str | None) -> str:
    """Return the room of the proctors who see only this exam (and perhaps others); nobody's for None."""
    return "exam" if exam_code is None else f"exam:{exam_code}"


def proctor(proctor_id: str) -> str:
    """Return the room of all consoles of one proctor."""
    return f"proctor:{proctor_id}"


def login(login_id: str) -> str:
    """Return the room of all connections of one login."""
    return f"login:{login_id}"
