"""Hashing passwords with Argon2id, away from the event loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from proctor.storage import base

RunBlocking = base.RunBlocking
run_here = base.call_directly
AT_ONCE = 2


class Passwords:
    """Hashes and verifies passwords, at most two at a time, each in a real thread.

    One hash takes 19 MiB and two passes, the least that OWASP's password storage cheat sheet asks of Argon2id. Run on
    the event loop it would hold up every candidate's heartbeat.
    """

    def __init__(self, run_blocking: RunBlocking = run_here) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._run_blocking = run_blocking
        self._places = threading.Semaphore(AT_ONCE)
        self._unknown = self._hasher.hash("no account has this password")

    def hash(self, password: str) -> str:
        """Return the encoded hash of ``password``."""
        with self._places:
            return self._run_blocking(self._hasher.hash, password)

    @contextmanager
    def turn(self) -> Iterator[Callable[[str | None, str], bool]]:
        """Wait for a place, then give a function that verifies (hash or None, password).

        Without a hash, as for an unknown account or one without a password, it takes the same time and says False.
        """
        with self._places:
            yield self._verify

    def _verify(self, password_hash: str | None, password: str) -> bool:
        matches = self._run_blocking(self._matches, password_hash or self._unknown, password)
        return matches and bool(password_hash)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
