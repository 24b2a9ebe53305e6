"""Writing down what a call did: who, from where, and about what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from flask import g, request

from proctor.audit_tags import AuditTag
from proctor.domain import audit
from proctor.records import Actor, Role, Session, SessionId
from proctor.web.services import services


def about(session: Session | None = None, **told: Any) -> None:
    """Say what this call is about, for the entry that is written when it has succeeded.

    ``told`` are fields of ``audit.About``; what is said later is added to what was said before.
    """
    if session is not None:
        told |= {"session_id": session.id, "exam_code": session.exam_code}
    g.audit_about = replace(_about(), **told)


def instead(tag: AuditTag) -> None:
    """Have this call written down under ``tag``: what it comes to became clear only from its body."""
    g.audit_tag = tag


def record(tag: AuditTag) -> None:
    """Write down that this call has succeeded, where a proctor made it. Raises ``Unavailable``.

    What programs do (exam apps, agents, candidates' pages) is in the events of the session.
    """
    s, actor = services(), cast(Actor, g.actor)
    if actor.role is Role.PROCTOR:
        audit.record(g.get("audit_tag", tag), by(actor), _about(), store=s.store, now=s.clock())


def by(actor: Actor) -> audit.By:
    """Return who makes this call, and from where."""
    return audit.by_actor(actor, request.remote_addr or "", g.get("request_id", "-"))


def _about() -> audit.About:
    known = cast("audit.About | None", g.get("audit_about"))
    named = (request.view_args or {}).get("session_id")
    return known or audit.About(session_id=SessionId(named) if named else None)
