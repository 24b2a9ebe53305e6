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
class Call:
    """From where somebody acted: the address of their browser, and the request as the log of the server names it."""

    address: str = ""
    request_id: str = "-"


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is about."""

    session_id: SessionId | None = None
    exam_code: str | None = None
    subject: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def record(tag: AuditTag, actor: Actor, about: About, *, call: Call, store: Store, now: datetime) -> AuditEntry:
    """Write down what ``actor`` did; return the entry, which is journaled. Raises ``Unavailable``."""
    role = actor.proctor.role if actor.proctor else actor.role
    return write(tag, actor.label, about, role=role, viewer=actor.login_id, call=call, store=store, now=now)


def write(
    tag: AuditTag,
    by: str,
    about: About,
    *,
    role: str,
    viewer: str | None = None,
    call: Call = Call(),
    store: Store,
    now: datetime,
) -> AuditEntry:
    """Write down what ``by`` did, who is no signed-in proctor: a stranger, a command, the server itself."""
    entry = AuditEntry(
        id=_viewing_id(tag, viewer or by, about, now) if tag in VIEWS else uuid.uuid4().hex,
        at=now,
        tag=tag,
        by=by,
        role=str(role),
        session_id=about.session_id,
        exam_code=about.exam_code,
        subject=about.subject,
        request_id=call.request_id,
        address=call.address,
        details=dict(about.details),
    )
    store.audit.add(entry)
    return entry


def _viewing_id(tag: AuditTag, viewer: str, about: About, now: datetime) -> str:
    """Return the same id for the same view in the same half hour, whichever worker sees it."""
    window = int(now.timestamp() // VIEWING.total_seconds())
    seen = "\n".join([tag, viewer, about.session_id or "", about.exam_code or "", about.subject or "", str(window)])
    return hashlib.sha256(seen.encode()).hexdigest()[:32]
