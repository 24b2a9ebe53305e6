"""Making and changing the accounts of proctors, from the console and from the command line."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from proctor.domain.passwords import Passwords
from proctor.domain.throttle import Throttle
from proctor.errors import Conflict, InvalidInput, NotFound
from proctor.records import Login, Proctor, ProctorId, ProctorRole
from proctor.store import Store

NO_PASSWORD = ""
"""Stands where a hash would: no password fits it."""

MIN_PASSWORD_CHARS = 12
MAX_PASSWORD_CHARS = 1_024
TRIES_PER_MINUTE = 5
_EMAIL = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,189}")


def add_proctor(
    email: str,
    password: str,
    exam_codes: Collection[str] | None,
    *,
    role: ProctorRole = ProctorRole.PROCTOR,
    store: Store,
    passwords: Passwords,
    now: datetime,
) -> Proctor:
    """Make an account; ``exam_codes`` None means every exam.

    Raises ``InvalidInput`` by field, ``NotFound`` for an exam that there is not, ``Conflict`` for an address that is
    taken.
    """
    check_password(password, _normal(email))
    made = new_account(email, exam_codes, role, store=store, now=now)
    return _add(replace(made, password_hash=passwords.hash(password)), store=store)


def add_without_password(
    email: str, exam_codes: Collection[str] | None, role: ProctorRole, *, store: Store, now: datetime
) -> Proctor:
    """Make an account that nobody can sign in to before an invitation is accepted. Raises as ``add_proctor``."""
    return _add(new_account(email, exam_codes, role, store=store, now=now), store=store)


def new_account(
    email: str, exam_codes: Collection[str] | None, role: ProctorRole, *, store: Store, now: datetime
) -> Proctor:
    """Return an account without a password, which is not stored. Raises as ``add_proctor``."""
    address = _normal(email)
    if not _EMAIL.fullmatch(address):
        raise InvalidInput("This is no email address.", errors={"email": ["Write it like ann@example.org."]})
    codes = _known_codes(exam_codes, store=store)
    return Proctor(ProctorId(str(uuid.uuid4())), address, NO_PASSWORD, codes, False, now, role)


def set_password(email: str, password: str, *, store: Store, passwords: Passwords) -> Proctor:
    """Give a proctor a new password and sign them out everywhere; the link of an invitation leads nowhere from then on.

    Raises ``NotFound`` and ``InvalidInput``.
    """
    found = proctor_of(email, store=store)
    check_password(password, found.email)
    password_hash = passwords.hash(password)
    store.invitations.drop(found.id)
    store.proctors.set_password_hash(found.id, password_hash)
    store.logins.revoke_all(found.id)
    return found


def set_disabled(email: str, disabled: bool, *, store: Store) -> Proctor:
    """Shut a proctor out and sign them out everywhere, or let them in again.

    Raises ``NotFound``, and ``Conflict`` for the last administrator.
    """
    found = proctor_of(email, store=store)
    store.proctors.set_disabled(found.id, disabled)
    if disabled:
        keep_an_admin(found, lambda: store.proctors.set_disabled(found.id, found.disabled), store=store)
        store.logins.revoke_all(found.id)
        store.invitations.drop(found.id)
    return found


def set_role(email: str, role: ProctorRole, *, store: Store) -> Proctor:
    """Give a proctor another role. They are signed out, so that what they have open is what they may see.

    Raises ``NotFound``, and ``Conflict`` where nobody would be left to administer.
    """
    found = proctor_of(email, store=store)
    if role is found.role:
        return found
    store.proctors.set_role(found.id, role)
    if role is not ProctorRole.ADMIN:
        keep_an_admin(found, lambda: store.proctors.set_role(found.id, found.role), store=store)
    store.logins.revoke_all(found.id)
    return replace(found, role=role)


def set_exams(email: str, exam_codes: Collection[str] | None, *, store: Store) -> Proctor:
    """Let a proctor see these exams and no others; None means every exam. They are signed out if that is a change.

    Raises ``NotFound`` for the proctor and for an exam that there is not.
    """
    found = proctor_of(email, store=store)
    codes = _known_codes(exam_codes, store=store)
    if codes == found.exam_codes:
        return found
    store.proctors.set_exam_codes(found.id, codes)
    store.logins.revoke_all(found.id)
    return replace(found, exam_codes=codes)


def change(email: str, role: ProctorRole, exam_codes: Collection[str] | None, *, store: Store) -> Proctor:
    """Give a proctor another role and other exams, or neither. Raises as ``set_role`` and ``set_exams``."""
    codes = _known_codes(exam_codes, store=store)
    set_role(email, role, store=store)
    return set_exams(email, codes, store=store)


def sign_out_everywhere(email: str, *, store: Store) -> Proctor:
    """End every login of a proctor. Raises ``NotFound``."""
    found = proctor_of(email, store=store)
    store.logins.revoke_all(found.id)
    return found


def change_own_password(
    login: Login, proctor: Proctor, old: str, new: str, *, store: Store, passwords: Passwords, throttle: Throttle
) -> None:
    """Give the proctor of ``login`` a new password and sign out their other logins.

    Raises ``InvalidInput`` by field, and ``TooMany`` for somebody at an open console who guesses.
    """
    throttle.check("old-password", proctor.id, TRIES_PER_MINUTE)
    with passwords.turn() as verify:
        knows = verify(proctor.password_hash, old)
    if not knows:
        throttle.count("old-password", proctor.id, TRIES_PER_MINUTE)
        raise InvalidInput("The password is not changed.", errors={"old_password": ["This is not your password."]})
    check_password(new, proctor.email)
    store.proctors.set_password_hash(proctor.id, passwords.hash(new))
    store.logins.revoke_others(login)


def proctor_of(email: str, *, store: Store) -> Proctor:
    """Return the proctor of this address; raise ``NotFound`` where there is none."""
    found = store.proctors.get_by_email(_normal(email))
    if found is None:
        raise NotFound(f"There is no proctor {_normal(email)}.")
    return found


def keep_an_admin(before: Proctor, undo: Callable[[], None], *, store: Store) -> None:
    """Raise ``Conflict``, and undo what was done to this proctor, where nobody is left who could administer.

    Asked afterwards and not before: of two administrators who shut each other out at the same time, one stays.
    """
    was_admin = before.role is ProctorRole.ADMIN and not before.disabled and before.password_hash != NO_PASSWORD
    if was_admin and not store.proctors.other_admins(before.id):
        undo()
        raise Conflict("This is the last administrator. Make another one first.")


def _add(made: Proctor, *, store: Store) -> Proctor:
    if not store.proctors.add_if_new(made):
        raise Conflict(f"There is a proctor {made.email} already.")
    return made


def _known_codes(exam_codes: Collection[str] | None, *, store: Store) -> frozenset[str] | None:
    for code in exam_codes or ():
        if store.exams.get_by_code(code) is None:
            raise NotFound(f"There is no exam with the code {code!r}.")
    return None if exam_codes is None else frozenset(exam_codes)


def _normal(email: str) -> str:
    return email.strip().lower()


def check_password(password: str, address: str) -> None:
    """Ask for length and nothing else of what makes passwords hard to remember (NIST SP 800-63B, section 5.1.1)."""
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS or "\x00" in password:
        raise InvalidInput(
            f"A password has at least {MIN_PASSWORD_CHARS} characters.",
            errors={"password": [f"Between {MIN_PASSWORD_CHARS} and {MAX_PASSWORD_CHARS} characters."]},
        )
    if address in password.lower() or len(set(password)) < 5:
        raise InvalidInput("This password is easy to guess.", errors={"password": ["Choose another one."]})
