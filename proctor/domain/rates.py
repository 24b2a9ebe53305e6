"""How often one caller may speak."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from proctor.errors import TooMany

MAX_KEPT = 10_000


class TokenBucket:
    """Lets ``per_second`` messages through on average and ``burst`` at once."""

    def __init__(self, per_second: float, burst: int, now: Callable[[], float] = monotonic) -> None:
        self._per_second, self._burst, self._now = per_second, burst, now
        self._tokens, self._at = float(burst), now()

    def take(self, number: int = 1) -> float:
        """Take ``number`` tokens and return 0, or take none and return the seconds until there are enough.

        More than the whole burst at once passes when the bucket is full, and is paid off before anything else passes.
        """
        at = self._now()
        self._tokens = min(float(self._burst), self._tokens + (at - self._at) * self._per_second)
        self._at = at
        needed = min(number, self._burst)
        if self._tokens < needed:
            return (needed - self._tokens) / self._per_second
        self._tokens -= number
        return 0.0

    def is_full(self) -> bool:
        """Return whether nothing is missing: a new one would be the same."""
        return self._tokens + (self._now() - self._at) * self._per_second >= self._burst


class Allowances:
    """One bucket for each caller, by name, in this worker. A caller who has been silent for a while is forgotten."""

    def __init__(self, per_second: float, burst: int, now: Callable[[], float] = monotonic) -> None:
        self._per_second, self._burst, self._now = per_second, burst, now
        self._buckets: dict[str, TokenBucket] = {}

    def of(self, name: str) -> TokenBucket:
        """Return the bucket of this caller, a full one for a new caller."""
        found = self._buckets.get(name)
        if found is None:
            if len(self._buckets) >= MAX_KEPT:
                self._buckets = {name: bucket for name, bucket in self._buckets.items() if not bucket.is_full()}
            found = self._buckets[name] = TokenBucket(self._per_second, self._burst, self._now)
        return found

    def take(self, name: str, number: int = 1) -> None:
        """Take ``number`` from what this caller may send; raise ``TooMany``, and take none, where it is too much."""
        wait_s = self.of(name).take(number)
        if wait_s > 0:
            raise TooMany("Too many messages. Please slow down.", retry_after_s=int(wait_s) + 1)
