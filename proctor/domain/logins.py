"""Signing in and out: proctors' logins, and the bearer tokens made from them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from proctor.domain.accounts import MIN_PASSWORD_CHARS
from proctor.domain.live import Live
from proctor.domain.passwords import Passwords
from proctor.domain.throttle import Throttle
from proctor.errors import Unauthenticated
from proctor.records import Login, LoginId, Proctor
from proctor.settings import Settings
from proctor.store import Store

ALGORITHM = "HS256"
ISSUER = "proctor"
AUDIENCE = "proctor-api"
TOKEN_CLAIMS = ["iss", "aud", "exp", "nbf", "jti", "role", "ver"]
TOKEN_VERSION = 1
TOUCH_EVERY = timedelta(seconds=60)
WRONG = "The email address or the password is wrong."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A login that holds now, and whose it is."""

    login: Login
    proctor: Proctor


def sign_in(
    email: str,
    password: str,
    address: str,
    *,
    store: Store,
    settings: Settings,
    passwords: Passwords,
    throttle: Throttle,
    now: datetime,
) -> SignedIn:
    """Check the password and store a new login.

    An unknown account and a wrong password are told apart neither by the answer nor by the time it takes.

    Raises ``Unauthenticated``, or ``TooMany`` after too many failures of this account from this address, or of
    this address.
    """
    proctor = store.proctors.get_by_email(email.strip().lower())
    account = f"{email.strip().lower()}|{address}"
    windows = (
        ("login-account", account, settings.limits.login_failures_per_account),
        ("login-address", address, settings.limits.login_failures_per_address),
    )
    with passwords.turn() as verify:
        for window in windows:
            throttle.check(*window)
        known = verify(proctor.password_hash if proctor else None, password)
        # A shorter one is the demo's alone, which everybody knows: its account may still be in the database.
        may_be = settings.is_demo or len(password) >= MIN_PASSWORD_CHARS
        if not known or not may_be or proctor is None or proctor.disabled:
            for window in windows:
                throttle.count(*window)
            raise Unauthenticated(WRONG)
    login = Login(
        id=LoginId(secrets.token_urlsafe(32)),
        proctor_id=proctor.id,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=settings.login_hours),
    )
    store.logins.add(login)
    current = store.proctors.get(proctor.id)
    if current is None or current.password_hash != proctor.password_hash:
        # It was changed while this waited for its turn, and whoever did that has ended the logins that there were.
        store.logins.revoke(login.id)
        raise Unauthenticated(WRONG)
    return SignedIn(login, proctor)


def check(login_id: str, *, store: Store, settings: Settings, now: datetime) -> SignedIn | None:
    """Return the login if it still holds and its proctor may still sign in, noting a sign of life; else None."""
    login = store.logins.get(LoginId(login_id))
    if login is None or not holds(login, settings, now):
        return None
    proctor = store.proctors.get(login.proctor_id)
    if proctor is None or proctor.disabled:
        return None
    if now - login.seen_at > TOUCH_EVERY:
        store.logins.touch(login.id, now)
    return SignedIn(login, proctor)


def holds(login: Login, settings: Settings, now: datetime) -> bool:
    """True while the login is neither too old nor idle for too long."""
    return now < login.expires_at and now - login.seen_at < timedelta(minutes=settings.login_idle_minutes)


def sign_out(login_id: LoginId, *, store: Store, live: Live) -> None:
    """End one login everywhere it is used."""
    store.logins.revoke(login_id)
    live.signed_out(login_id)


def issue_token(login: Login, *, settings: Settings, now: datetime) -> str:
    """Return a bearer token (RFC 7519) of this login. It dies with the login, or by its own age."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": login.proctor_id,
        "jti": login.id,
        "role": "proctor",
        "ver": TOKEN_VERSION,
        "nbf": now,
        "exp": min(now + timedelta(minutes=settings.token_minutes), login.expires_at),
    }
    return jwt.encode(claims, settings.secret_key, algorithm=ALGORITHM)


def check_token(token: str, *, store: Store, settings: Settings, now: datetime) -> SignedIn:
    """Return the login behind a bearer token. Raises ``Unauthenticated`` for anything but a valid, living one."""
    signed_in = None
    claims = _claims(token, settings)
    if claims is not None and claims["role"] == "proctor" and claims["ver"] == TOKEN_VERSION:
        signed_in = check(str(claims["jti"]), store=store, settings=settings, now=now)
    if signed_in is None:
        raise Unauthenticated("The bearer token is not valid, or no longer. Please sign in again.")
    return signed_in


def _claims(token: str, settings: Settings) -> dict[str, Any] | None:
    try:
        return jwt.decode(
            token,
            settings.secret_key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": TOKEN_CLAIMS},
        )
    except jwt.InvalidTokenError:
        return None
