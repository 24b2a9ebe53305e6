"""The one writer of the audit log."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from proctor.audit_tags import VIEWS, AuditEntry, AuditTag
from proctor.records import Actor, SessionId
from proctor.store import Store

VIEWING = timedelta(minutes=30)
"""A view counts once in each half hour of the clock, for each login: a player asks for hundreds of ranges."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acted, and from where: the address of their browser, and the request as the log of the server names it.

    ``viewer`` tells apart who looks at the same time under one name, such as two logins.
    """

    name: str
    role: str
    viewer: str = ""
    address: str = ""
    request_id: str = "-"


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is about."""

    session_id: SessionId | None = None
    exam_code: str | None = None
    subject: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def by_actor(actor: Actor, address: str, request_id: str) -> By:
    """Return who acted, as the log names them: a proctor by their address, everybody else by what they are."""
    role = actor.proctor.role if actor.proctor else actor.role
    return By(actor.label, str(role), actor.login_id or "", address, request_id)


def record(
    tag: AuditTag, by: By, about: About, *, entry_id: str | None = None, store: Store, now: datetime
) -> AuditEntry:
    """Write down what somebody did; return the entry, which is journaled. Raises ``Unavailable``.

    With an ``entry_id`` that is there already, what was written first stays.
    """
    made_id = _viewing_id(tag, by, about, now) if tag in VIEWS else uuid.uuid4().hex
    entry = AuditEntry(
        id=entry_id or made_id,
        at=now,
        tag=tag,
        by=by.name,
        role=by.role,
        session_id=about.session_id,
        exam_code=about.exam_code,
        subject=about.subject,
        request_id=by.request_id,
        address=by.address,
        details=dict(about.details),
    )
    store.audit.add(entry)
    return entry


def _viewing_id(tag: AuditTag, by: By, about: About, now: datetime) -> str:
    """Return the same id for the same view in the same half hour, whichever worker sees it."""
    window = int(now.timestamp() // VIEWING.total_seconds())
    what = (about.session_id or "", about.exam_code or "", about.subject or "")
    seen = "\n".join([tag, by.name, by.viewer, *what, str(window)])
    return hashlib.sha256(seen.encode()).hexdigest()[:32]
