"""Who may see and do what. Routes, socket events and pages all ask here."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from proctor.errors import Forbidden
from proctor.records import END_STATUSES, Actor, Permission, Proctor, ProctorRole, Role, Session, Status

GRANTED: Mapping[ProctorRole, frozenset[Permission]] = {
    ProctorRole.ADMIN: frozenset(Permission),
    ProctorRole.PROCTOR: frozenset({Permission.WATCH, Permission.STEP_IN, Permission.REVIEW}),
    ProctorRole.REVIEWER: frozenset({Permission.REVIEW}),
}
"""What each kind of proctor may do, in the exams that they see."""


def may(proctor: Proctor, permission: Permission) -> bool:
    """True where ``proctor`` has ``permission``."""
    return permission in GRANTED[proctor.role]


def check(actor: Actor, needed: Permission | None) -> None:
    """Return where ``actor`` is no proctor, or one who has what is ``needed``; raise ``Forbidden`` otherwise."""
    if needed is not None and actor.proctor is not None and not may(actor.proctor, needed):
        raise Forbidden(f"This is not for the role of {actor.proctor.role}. An administrator can give you another one.")


def may_see(proctor: Proctor, exam_code: str | None) -> bool:
    """True where ``proctor`` may see sessions of this exam. Sessions without an exam are for unrestricted proctors."""
    return proctor.exam_codes is None or exam_code in proctor.exam_codes


def may_make(actor: Actor, exam_code: str | None) -> bool:
    """True where ``actor`` may make a session of this exam, or of none: proctors only those that they may see."""
    return actor.proctor is None or may_see(actor.proctor, exam_code)


def visible_exam_codes(actor: Actor) -> Collection[str] | None:
    """Return the exams whose sessions ``actor`` may list; None means all of them.

    Proctors list theirs, a program on this machine all while access is open, and nobody else any.
    """
    if actor.role is Role.LOCAL:
        return None
    return actor.proctor.exam_codes if actor.proctor else ()


def visible_statuses(actor: Actor, wanted: Collection[Status] | None = None) -> Collection[Status] | None:
    """Return those of ``wanted`` in which ``actor`` may see sessions; None means all of them.

    Who watches nobody sees what is over.
    """
    if actor.proctor is None or may(actor.proctor, Permission.WATCH):
        return wanted
    return END_STATUSES if wanted is None else END_STATUSES.intersection(wanted)


def may_open(actor: Actor, session: Session) -> bool:
    """True where ``actor`` may read or act on ``session``.

    A proctor may where they may see its exam, a candidate only in their own session, an exam app and an agent
    anywhere: those two are the institution's own servers. While access is open, so may a program on this machine.
    """
    if actor.role is Role.PROCTOR:
        return actor.proctor is not None and may_see(actor.proctor, session.exam_code)
    if actor.role is Role.CANDIDATE:
        return actor.session is not None and actor.session.id == session.id
    return actor.role in {Role.EXAM_APP, Role.AGENT, Role.LOCAL}
