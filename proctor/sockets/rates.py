"""How often one connection may speak."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic


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
