"""Counting what may happen only so often a minute, the same for all workers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import Storage
from limits.strategies import MovingWindowRateLimiter

from proctor.errors import TooMany, Unavailable


class Throttle:
    """Moving one-minute windows, kept in ``storage`` (see the ``limits`` package)."""

    def __init__(self, storage: Storage) -> None:
        self._windows = MovingWindowRateLimiter(storage)

    def check(self, what: str, key: str, per_minute: int) -> None:
        """Raise ``TooMany`` where ``key`` has used up its number of ``what``; count nothing."""
        with _failures_translated():
            has_room = self._windows.test(RateLimitItemPerMinute(per_minute), what, key)
        if not has_room:
            raise TooMany("Too many attempts. Please wait a minute and try again.", retry_after_s=60)

    def count(self, what: str, key: str, per_minute: int) -> None:
        """Count one ``what`` of ``key``."""
        with _failures_translated():
            self._windows.hit(RateLimitItemPerMinute(per_minute), what, key)


@contextmanager
def _failures_translated() -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        raise Unavailable("The database cannot be reached right now. Please try again in a moment.") from error
