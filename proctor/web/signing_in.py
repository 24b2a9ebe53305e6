"""Signing in, by page or by API: checked the same, and written down either way."""

from __future__ import annotations

from flask import request

from proctor.audit_tags import AuditTag
from proctor.domain import audit, logins
from proctor.errors import Unauthenticated
from proctor.records import ANYONE, Actor, Role
from proctor.web.audit import by
from proctor.web.services import services

MAX_EMAIL_CHARS = 254


def sign_in(email: str, password: str) -> logins.SignedIn:
    """Start a login of whoever this address and password belong to. Raises as ``logins.sign_in`` does.

    Attempts that are refused for their number are not written down, so that nobody can fill the log.
    """
    s, now = services(), services().clock()
    try:
        signed_in = logins.sign_in(
            email,
            password,
            request.remote_addr or "",
            store=s.store,
            settings=s.settings,
            passwords=s.passwords,
            throttle=s.throttle,
            now=now,
        )
    except Unauthenticated:
        claimed = email.strip().lower()[:MAX_EMAIL_CHARS]
        audit.record(AuditTag.LOGIN_FAILED, by(ANYONE), audit.About(subject=claimed), store=s.store, now=now)
        raise
    actor = Actor(Role.PROCTOR, signed_in.proctor, signed_in.login.id)
    audit.record(AuditTag.LOGIN, by(actor), audit.About(), store=s.store, now=now)
    return signed_in
