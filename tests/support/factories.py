"""Records for tests: a sensible one of each kind, in which a test names only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from proctor.records import ExamId, Login, LoginId, Proctor, ProctorId, ProctorRole, Session, SessionId, Status
from proctor.settings import Settings

NOW = datetime(2030, 1, 1, 9, 0, tzinfo=UTC)
SECRET = "0123456789abcdef" * 4
OTHER_SECRET = "fedcba9876543210" * 4


def make_settings(**given: Any) -> Settings:
    """Return settings of a production server."""
    return Settings.model_validate({"secret_key": SECRET} | given)


def make_session(**given: Any) -> Session:
    """Return a session of a 60-minute exam, just made."""
    session = Session(
        id=SessionId("5e55104e-0000-4000-8000-000000000001"),
        handle="0123456789abcdef01234567",
        room_name="DEMO-5e55104e",
        exam_id=ExamId("e4a30000-0000-4000-8000-000000000001"),
        exam_code="DEMO",
        exam_title="Demo Exam",
        duration_minutes=60,
        screen_required=False,
        candidate_identifier="Ann",
        status=Status.CREATED,
        created_at=NOW,
    )
    return replace(session, **given)


def make_proctor(**given: Any) -> Proctor:
    """Return a proctor who may see and do everything."""
    proctor = Proctor(
        id=ProctorId("9c7a0000-0000-4000-8000-000000000001"),
        email="proctor@example.org",
        password_hash="",
        exam_codes=None,
        disabled=False,
        created_at=NOW,
        role=ProctorRole.ADMIN,
    )
    return replace(proctor, **given)


def make_login(proctor: Proctor, **given: Any) -> Login:
    """Return a login of ``proctor`` that began now and holds for twelve hours."""
    login = Login(
        id=LoginId("login-1"),
        proctor_id=proctor.id,
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + timedelta(hours=12),
    )
    return replace(login, **given)
