"""A flag, for tests of what is made of flags."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from proctor.domain import rules
from proctor.records import Flag, Session, Severity


def make_flag(session: Session, severity: Severity, rule_id: str = "no_face", **given: Any) -> Flag:
    """Return a flag of ``session`` that was raised as it began and has cleared ten seconds later."""
    start = session.started_at or session.created_at
    flag = Flag(
        id=rules.flag_id(session.id, rule_id, f"{severity}"),
        session_id=session.id,
        rule_id=rule_id,
        severity=severity,
        message=rules.RULES[rule_id].message,
        began_at=start,
        start_at=start,
        raised_at=start,
        cleared_at=start,
        lasted_ms=10_000,
    )
    return replace(flag, **given)
