"""Invitations: a link that is shown once, with which a proctor chooses a password."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from proctor.domain import accounts
from proctor.domain.passwords import Passwords
from proctor.errors import Conflict, NotFound
from proctor.records import Invitation, Proctor, ProctorRole
from proctor.store import Store

VALID_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and the secret of its link, which is kept nowhere."""

    proctor: Proctor
    invitation: Invitation
    token: str

    @property
    def path(self) -> str:
        """The address of the link on this server."""
        return f"/proctor/invitation/{self.token}"


def invite(
    email: str, exam_codes: Collection[str] | None, role: ProctorRole, *, store: Store, now: datetime
) -> Invited:
    """Make an account and a link for it. Raises as ``accounts.add_proctor``."""
    return _link(accounts.add_without_password(email, exam_codes, role, store=store, now=now), store=store, now=now)


def reset(email: str, *, store: Store, now: datetime) -> Invited:
    """Take a proctor's password away, sign them out everywhere and make a link to choose another one.

    Raises ``NotFound``, and ``Conflict`` for an account that is disabled or the last administrator's.
    """
    found = accounts.proctor_of(email, store=store)
    if found.disabled:
        raise Conflict("This account is disabled. Enable it first.")
    store.proctors.set_password_hash(found.id, accounts.NO_PASSWORD)
    undo = partial(store.proctors.set_password_hash, found.id, found.password_hash)
    accounts.keep_an_admin(found, undo, store=store)
    store.logins.revoke_all(found.id)
    return _link(found, store=store, now=now)


def invited(token: str, *, store: Store, now: datetime) -> Proctor:
    """Return whose invitation this link is. Raises ``NotFound`` for one that was used, replaced or is too old."""
    found = store.invitations.get(_hash(token), now)
    return _proctor_of(found, store=store)


def accept(token: str, password: str, *, store: Store, passwords: Passwords, now: datetime) -> Proctor:
    """Give the invited proctor this password. Raises as ``invited``, and ``InvalidInput`` for a weak password.

    The link works once: of two who use it at the same time, one is told that it is used.
    """
    proctor = invited(token, store=store, now=now)
    accounts.check_password(password, proctor.email)
    password_hash = passwords.hash(password)
    taken = _proctor_of(store.invitations.take(_hash(token), now), store=store)
    store.proctors.set_password_hash(taken.id, password_hash)
    return replace(taken, password_hash=password_hash)


def _link(proctor: Proctor, *, store: Store, now: datetime) -> Invited:
    token = secrets.token_urlsafe(32)
    made = Invitation(_hash(token), proctor.id, now, now + VALID_FOR)
    store.invitations.replace(made)
    return Invited(proctor, made, token)


def _proctor_of(invitation: Invitation | None, *, store: Store) -> Proctor:
    found = store.proctors.get(invitation.proctor_id) if invitation else None
    if found is None or found.disabled:
        raise NotFound("This invitation was used already, or it is too old. Ask an administrator for a new one.")
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
