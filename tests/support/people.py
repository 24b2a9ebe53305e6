"""Proctors of each role, signed in."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from flask import Flask

from proctor.domain.exam_clock import utc_now
from proctor.records import Proctor, ProctorId, ProctorRole
from proctor.web.services import EXTENSION, Services
from tests.support.actors import Caller

PASSWORD = "correct horse battery"


def add_person(
    app: Flask, role: ProctorRole, exam_codes: Collection[str] | None = None, *, email: str | None = None
) -> Caller:
    """Return a new proctor of this role with a bearer token; ``exam_codes`` None means every exam."""
    services: Services = app.extensions[EXTENSION]
    codes = None if exam_codes is None else frozenset(exam_codes)
    address = email or f"{role}-{uuid.uuid4().hex[:6]}@example.org"
    password_hash = services.passwords.hash(PASSWORD)
    made = Proctor(ProctorId(str(uuid.uuid4())), address, password_hash, codes, False, utc_now(), role)
    assert services.store.proctors.add_if_new(made)
    return Caller(app).with_token(address, PASSWORD)
