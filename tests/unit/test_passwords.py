"""Hashing and verifying passwords."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import pytest

from proctor.domain.passwords import AT_ONCE, Passwords

P = ParamSpec("P")
R = TypeVar("R")
PASSWORD = "correct horse battery staple"


class Recorder:
    """Runs what it is given, and remembers what it ran and how many at once."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.most = 0
        self._running = 0
        self._lock = threading.Lock()

    def __call__(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._lock:
            self.names.append(function.__name__)
            self._running += 1
            self.most = max(self.most, self._running)
        try:
            return function(*args, **kwargs)
        finally:
            with self._lock:
                self._running -= 1


@pytest.fixture(scope="module")
def password_hash() -> str:
    return Passwords().hash(PASSWORD)


def is_right(passwords: Passwords, password_hash: str | None, password: str) -> bool:
    with passwords.turn() as verify:
        return verify(password_hash, password)


def test_the_right_password_is_accepted_and_a_wrong_one_is_not(password_hash: str) -> None:
    assert is_right(Passwords(), password_hash, PASSWORD)
    assert not is_right(Passwords(), password_hash, PASSWORD + " ")
    assert not is_right(Passwords(), password_hash, "")


def test_no_account_has_any_password_not_even_the_one_that_stands_in() -> None:
    assert not is_right(Passwords(), None, PASSWORD)
    assert not is_right(Passwords(), None, "no account has this password")


def test_a_hash_that_is_none_is_no_error_and_no_match() -> None:
    assert not is_right(Passwords(), "plain text", "plain text")
    assert not is_right(Passwords(), "", "")


def test_the_same_password_never_hashes_the_same(password_hash: str) -> None:
    assert Passwords().hash(PASSWORD) != password_hash


def test_hashes_are_argon2id_with_at_least_what_owasp_asks_for(password_hash: str) -> None:
    assert password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_an_unknown_account_takes_the_same_way_as_a_wrong_password(password_hash: str) -> None:
    unknown, wrong = Recorder(), Recorder()

    is_right(Passwords(unknown), None, PASSWORD)
    is_right(Passwords(wrong), password_hash, "wrong")

    assert unknown.names == wrong.names == ["_matches"]


def test_hashing_and_verifying_leave_the_event_loop() -> None:
    ran = Recorder()
    passwords = Passwords(ran)

    is_right(passwords, passwords.hash(PASSWORD), PASSWORD)

    assert ran.names == ["hash", "_matches"]


def test_no_more_than_two_run_at_once(password_hash: str) -> None:
    ran = Recorder()
    passwords = Passwords(ran)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: is_right(passwords, password_hash, PASSWORD), range(8)))

    assert all(results)
    assert ran.most <= AT_ONCE
