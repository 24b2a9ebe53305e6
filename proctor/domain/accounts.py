"""Making and changing proctors and exams, as the operator does from the command line."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from datetime import datetime

from proctor.domain.passwords import Passwords
from proctor.errors import Conflict, InvalidInput, NotFound
from proctor.records import Exam, ExamId, Proctor, ProctorId, ProctorRole
from proctor.store import Store

MIN_PASSWORD_CHARS = 12
MAX_PASSWORD_CHARS = 1_024
MAX_MINUTES = 7 * 24 * 60
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
    address = _normal(email)
    if not _EMAIL.fullmatch(address):
        raise InvalidInput("This is no email address.", errors={"email": ["Write it like ann@example.org."]})
    _check_password(password, address)
    for code in exam_codes or ():
        if store.exams.get_by_code(code) is None:
            raise NotFound(f"There is no exam with the code {code!r}.")
    codes = None if exam_codes is None else frozenset(exam_codes)
    made = Proctor(ProctorId(str(uuid.uuid4())), address, passwords.hash(password), codes, False, now, role)
    if not store.proctors.add_if_new(made):
        raise Conflict(f"There is a proctor {address} already.")
    return made


def set_password(email: str, password: str, *, store: Store, passwords: Passwords) -> Proctor:
    """Give a proctor a new password and sign them out everywhere. Raises ``NotFound`` and ``InvalidInput``."""
    found = proctor_of(email, store=store)
    _check_password(password, found.email)
    store.proctors.set_password_hash(found.id, passwords.hash(password))
    store.logins.revoke_all(found.id)
    return found


def set_disabled(email: str, disabled: bool, *, store: Store) -> Proctor:
    """Shut a proctor out and sign them out everywhere, or let them in again. Raises ``NotFound``."""
    found = proctor_of(email, store=store)
    store.proctors.set_disabled(found.id, disabled)
    if disabled:
        store.logins.revoke_all(found.id)
    return found


def proctor_of(email: str, *, store: Store) -> Proctor:
    """Return the proctor of this address; raise ``NotFound`` where there is none."""
    found = store.proctors.get_by_email(_normal(email))
    if found is None:
        raise NotFound(f"There is no proctor {_normal(email)}.")
    return found


def add_exam(
    code: str,
    title: str,
    duration_minutes: int | None,
    *,
    screen_required: bool,
    join_by_hand: bool,
    store: Store,
    now: datetime,
) -> Exam:
    """Make an exam; ``duration_minutes`` None means without a time limit.

    Raises ``InvalidInput`` by field and ``Conflict`` for a code that is taken.
    """
    code, title = code.strip(), title.strip()
    if not 1 <= len(code) <= 64 or not code.isprintable():
        raise InvalidInput("This is no exam code.", errors={"code": ["Up to 64 characters in one line."]})
    if not 1 <= len(title) <= 200 or not title.isprintable():
        raise InvalidInput("This is no title.", errors={"title": ["Up to 200 characters in one line."]})
    if duration_minutes is not None and not 1 <= duration_minutes <= MAX_MINUTES:
        raise InvalidInput("This is no duration.", errors={"minutes": [f"Between 1 and {MAX_MINUTES}."]})
    if store.exams.get_by_code(code) is not None:
        raise Conflict(f"There is an exam with the code {code!r} already.")
    made = Exam(ExamId(str(uuid.uuid4())), code, title, duration_minutes, screen_required, join_by_hand, now)
    store.exams.put(made)
    return made


def _normal(email: str) -> str:
    return email.strip().lower()


def _check_password(password: str, address: str) -> None:
    """Ask for length and nothing else of what makes passwords hard to remember (NIST SP 800-63B, section 5.1.1)."""
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS or "\x00" in password:
        raise InvalidInput(
            f"A password has at least {MIN_PASSWORD_CHARS} characters.",
            errors={"password": [f"Between {MIN_PASSWORD_CHARS} and {MAX_PASSWORD_CHARS} characters."]},
        )
    if address in password.lower() or len(set(password)) < 5:
        raise InvalidInput("This password is easy to guess.", errors={"password": ["Choose another one."]})
