"""Who is calling: proctors with their logins and permissions, and the role that any caller has proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from proctor.records.ids import LoginId, ProctorId
from proctor.records.sessions import Session


class Role(StrEnum):
    """What a caller of a route or socket event is. Every route and event names the roles it admits.

    ``LOCAL`` is a program on this machine while access is open: it may do what the sessions API offers.
    """

    ANYONE = "anyone"
    LOCAL = "local"
    EXAM_APP = "exam_app"
    PROCTOR = "proctor"
    CANDIDATE = "candidate"
    AGENT = "agent"


class ProctorRole(StrEnum):
    """What a proctor is there for. What each may do is in ``domain.permissions``."""

    ADMIN = "admin"
    PROCTOR = "proctor"
    REVIEWER = "reviewer"


class Permission(StrEnum):
    """What a route or message asks of a proctor beyond being signed in.

    ``WATCH`` is seeing candidates live, ``STEP_IN`` acting on them, ``REVIEW`` judging recordings and reports
    afterwards, ``ADMINISTER`` changing exams, accounts and what is kept.
    """

    WATCH = "watch"
    STEP_IN = "step_in"
    REVIEW = "review"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Proctor:
    """A person who watches exams. ``exam_codes`` None means every exam."""

    id: ProctorId
    email: str
    password_hash: str
    exam_codes: frozenset[str] | None
    disabled: bool
    created_at: datetime
    role: ProctorRole = ProctorRole.PROCTOR


@dataclass(frozen=True, slots=True)
class Login:
    """One signed-in browser or API client of a proctor; revoking it signs that one out."""

    id: LoginId
    proctor_id: ProctorId
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A way in for a proctor who is to choose a password. ``id`` is the hash of what the link carries."""

    id: str
    proctor_id: ProctorId
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is calling: the role that was proved, and the record behind it."""

    role: Role
    proctor: Proctor | None = None
    login_id: LoginId | None = None
    session: Session | None = None
    by_cookie: bool = False
    unauthenticated: bool = False

    @property
    def label(self) -> str:
        """A name for the record of what was done: the proctor's address, or the role."""
        return self.proctor.email if self.proctor else str(self.role)


ANYONE = Actor(Role.ANYONE)
