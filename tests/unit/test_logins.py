"""Signing in, and the bearer tokens made from a login."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import jwt
import pytest
from limits.storage import MemoryStorage

from migrations_seed import DEMO_EMAIL, DEMO_PASSWORD
from proctor.domain import logins
from proctor.domain.live import Live
from proctor.domain.passwords import Passwords
from proctor.domain.throttle import Throttle
from proctor.errors import TooMany, Unauthenticated
from proctor.records import Login, LoginId, Proctor, ProctorId
from proctor.store import Store
from tests.support.factories import NOW, OTHER_SECRET, SECRET, make_login, make_proctor, make_settings

PASSWORD = "correct horse battery staple"
ADDRESS = "192.0.2.7"
PASSWORDS = Passwords()
PASSWORD_HASH = PASSWORDS.hash(PASSWORD)
SETTINGS = make_settings()


class FakeProctors:
    """Accounts in a dictionary."""

    def __init__(self, *proctors: Proctor) -> None:
        self.all = {proctor.id: proctor for proctor in proctors}

    def get(self, proctor_id: ProctorId) -> Proctor | None:
        return self.all.get(proctor_id)

    def get_by_email(self, email: str) -> Proctor | None:
        return next((proctor for proctor in self.all.values() if proctor.email == email), None)


class FakeLogins:
    """Logins in a dictionary; those touched are remembered."""

    def __init__(self) -> None:
        self.all: dict[LoginId, Login] = {}
        self.touched: list[LoginId] = []

    def add(self, login: Login) -> None:
        self.all[login.id] = login

    def get(self, login_id: LoginId) -> Login | None:
        return self.all.get(login_id)

    def touch(self, login_id: LoginId, now: datetime) -> None:  # noqa: ARG002 - what the real one takes
        self.touched.append(login_id)

    def revoke(self, login_id: LoginId) -> None:
        self.all.pop(login_id, None)


class Desk:
    """One proctor, and the places where logins are kept and counted."""

    def __init__(self, **proctor: Any) -> None:
        self.proctor = make_proctor(**({"password_hash": PASSWORD_HASH} | proctor))
        self.logins = FakeLogins()
        self.throttle = Throttle(MemoryStorage())
        self.store = cast(Store, SimpleNamespace(logins=self.logins, proctors=FakeProctors(self.proctor)))

    def sign_in(self, email: str = "proctor@example.org", password: str = PASSWORD, address: str = ADDRESS) -> Login:
        signed_in = logins.sign_in(
            email,
            password,
            address,
            store=self.store,
            settings=SETTINGS,
            passwords=PASSWORDS,
            throttle=self.throttle,
            now=NOW,
        )
        return signed_in.login

    def refused(self, **attempt: str) -> str:
        with pytest.raises(Unauthenticated) as refusal:
            self.sign_in(**attempt)
        return refusal.value.detail

    def check_token(self, token: str) -> logins.SignedIn:
        return logins.check_token(token, store=self.store, settings=SETTINGS, now=datetime.now(UTC))

    def current_login(self) -> Login:
        """Tokens are judged by the real clock, so logins for them are made with it."""
        now = datetime.now(UTC)
        login = make_login(self.proctor, created_at=now, seen_at=now, expires_at=now + timedelta(hours=12))
        self.logins.add(login)
        return login


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_proctor_signs_in_in_any_spelling_of_the_address(desk: Desk) -> None:
    login = desk.sign_in(email="  Proctor@Example.ORG ")

    assert desk.logins.all == {login.id: login}
    assert login.expires_at == NOW + timedelta(hours=12)


def test_each_login_has_a_name_that_cannot_be_guessed(desk: Desk) -> None:
    first, second = desk.sign_in(), desk.sign_in()

    assert first.id != second.id
    assert len(first.id) >= 43


def test_a_wrong_password_an_unknown_address_and_a_disabled_account_get_one_answer(desk: Desk) -> None:
    details = {
        desk.refused(password="wrong"),
        desk.refused(email="nobody@example.org"),
        desk.refused(email=""),
        Desk(disabled=True).refused(),
        Desk(password_hash="").refused(password=""),
    }

    assert details == {"The email address or the password is wrong."}
    assert desk.logins.all == {}


def test_a_password_that_was_changed_while_it_was_checked_starts_no_login(desk: Desk) -> None:
    changed = replace(desk.proctor, password_hash=PASSWORDS.hash("another long sentence"))
    accounts = iter([desk.proctor, changed])
    proctors = SimpleNamespace(get_by_email=lambda _: next(accounts), get=lambda _: next(accounts))
    desk.store = cast(Store, SimpleNamespace(logins=desk.logins, proctors=proctors))

    desk.refused()

    assert desk.logins.all == {}


def test_the_demos_password_opens_nothing_outside_the_demo() -> None:
    left_over = Desk(email=DEMO_EMAIL, password_hash=PASSWORDS.hash(DEMO_PASSWORD))

    left_over.refused(email=DEMO_EMAIL, password=DEMO_PASSWORD)

    assert left_over.logins.all == {}


def test_after_five_failures_the_account_has_to_wait_at_this_address_only(desk: Desk) -> None:
    for _ in range(5):
        desk.refused(password="wrong")

    with pytest.raises(TooMany) as refusal:
        desk.sign_in()
    assert refusal.value.retry_after_s == 60
    assert desk.sign_in(address="198.51.100.1").id in desk.logins.all


def test_after_thirty_failures_the_address_has_to_wait_whatever_the_account(desk: Desk) -> None:
    for number in range(30):
        desk.refused(email=f"nobody-{number}@example.org")

    with pytest.raises(TooMany):
        desk.sign_in()
    assert desk.sign_in(address="198.51.100.1").id in desk.logins.all


def test_signing_in_again_and_again_is_no_failure(desk: Desk) -> None:
    for _ in range(8):
        desk.sign_in()

    assert len(desk.logins.all) == 8


def check(desk: Desk, login: Login, now: datetime) -> logins.SignedIn | None:
    return logins.check(login.id, store=desk.store, settings=SETTINGS, now=now)


def test_a_login_holds_until_it_is_idle_too_long(desk: Desk) -> None:
    login = desk.sign_in()

    assert check(desk, login, NOW + timedelta(minutes=29)) is not None
    assert check(desk, login, NOW + timedelta(minutes=30)) is None


def test_a_login_ends_after_twelve_hours_whatever_it_does(desk: Desk) -> None:
    login = make_login(desk.proctor, seen_at=NOW + timedelta(hours=12))
    desk.logins.add(login)

    assert check(desk, login, NOW + timedelta(hours=11, minutes=59)) is not None
    assert check(desk, login, NOW + timedelta(hours=12)) is None


def test_a_sign_of_life_is_noted_once_a_minute(desk: Desk) -> None:
    login = desk.sign_in()

    check(desk, login, NOW + timedelta(seconds=60))
    assert desk.logins.touched == []
    check(desk, login, NOW + timedelta(seconds=61))
    assert desk.logins.touched == [login.id]


def test_a_login_ends_with_the_account_it_belongs_to() -> None:
    disabled = Desk(disabled=True)
    login = make_login(disabled.proctor)
    disabled.logins.add(login)
    gone = make_login(make_proctor(id=ProctorId("gone")), id=LoginId("login-2"))
    disabled.logins.add(gone)

    assert check(disabled, login, NOW) is None
    assert check(disabled, gone, NOW) is None


def test_a_login_that_was_ended_holds_no_longer_and_its_consoles_are_told(desk: Desk) -> None:
    login, told = desk.sign_in(), list[LoginId]()
    live = cast(Live, SimpleNamespace(signed_out=told.append))

    logins.sign_out(login.id, store=desk.store, live=live)

    assert check(desk, login, NOW) is None
    assert told == [login.id]


def test_a_token_stands_for_its_login(desk: Desk) -> None:
    login = desk.current_login()
    token = logins.issue_token(login, settings=SETTINGS, now=datetime.now(UTC))

    assert desk.check_token(token) == logins.SignedIn(login, desk.proctor)


def test_a_token_dies_with_its_login(desk: Desk) -> None:
    login = desk.current_login()
    token = logins.issue_token(login, settings=SETTINGS, now=datetime.now(UTC))

    desk.logins.revoke(login.id)

    with pytest.raises(Unauthenticated):
        desk.check_token(token)


def test_a_token_lasts_a_quarter_of_an_hour_and_no_longer_than_its_login(desk: Desk) -> None:
    def lifetime(login: Login) -> float:
        token = logins.issue_token(login, settings=SETTINGS, now=NOW)
        expiry: float = jwt.decode(token, options={"verify_signature": False})["exp"]
        return expiry - NOW.timestamp()

    assert lifetime(make_login(desk.proctor)) == 15 * 60
    assert lifetime(make_login(desk.proctor, expires_at=NOW + timedelta(minutes=5))) == 5 * 60


def claims_of(login: Login) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "iss": "proctor",
        "aud": "proctor-api",
        "sub": login.proctor_id,
        "jti": login.id,
        "role": "proctor",
        "ver": 1,
        "nbf": now,
        "exp": now + timedelta(minutes=5),
    }


def test_a_token_with_exactly_the_right_claims_would_be_accepted(desk: Desk) -> None:
    token = jwt.encode(claims_of(desk.current_login()), SECRET, algorithm="HS256")

    assert desk.check_token(token).proctor == desk.proctor


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "somebody"},
        {"aud": "another-api"},
        {"aud": ["another-api"]},
        {"role": "candidate"},
        {"role": None},
        {"ver": 2},
        {"ver": "1"},
        {"jti": "another-login"},
        {"jti": ""},
        {"jti": 5},
        {"exp": datetime.now(UTC) - timedelta(seconds=1)},
        {"nbf": datetime.now(UTC) + timedelta(days=1)},
    ],
    ids=",".join,
)
def test_a_token_with_another_claim_is_refused(desk: Desk, changed: dict[str, Any]) -> None:
    token = jwt.encode(claims_of(desk.current_login()) | changed, SECRET, algorithm="HS256")

    with pytest.raises(Unauthenticated):
        desk.check_token(token)


@pytest.mark.parametrize("missing", logins.TOKEN_CLAIMS)
def test_a_token_that_lacks_a_claim_is_refused(desk: Desk, missing: str) -> None:
    claims = claims_of(desk.current_login())
    del claims[missing]

    with pytest.raises(Unauthenticated):
        desk.check_token(jwt.encode(claims, SECRET, algorithm="HS256"))


def test_a_token_signed_with_another_key_is_refused(desk: Desk) -> None:
    for headers in ({}, {"kid": "../../dev/null"}, {"jku": "https://evil.example/keys"}):
        token = jwt.encode(claims_of(desk.current_login()), OTHER_SECRET, algorithm="HS256", headers=headers)

        with pytest.raises(Unauthenticated):
            desk.check_token(token)


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_a_token_of_another_algorithm_is_refused_even_under_the_right_key(desk: Desk, algorithm: str) -> None:
    with pytest.raises(Unauthenticated):
        desk.check_token(jwt.encode(claims_of(desk.current_login()), SECRET, algorithm=algorithm))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_a_token_without_a_signature_is_refused(desk: Desk, algorithm: str) -> None:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, default=datetime.timestamp).encode()).decode().rstrip("=")

    unsigned = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims_of(desk.current_login()))}."

    with pytest.raises(Unauthenticated):
        desk.check_token(unsigned)


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "ünïcode", "\x00", "Bearer", "x" * 10_000])
def test_what_is_no_token_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(Unauthenticated):
        desk.check_token(text)
