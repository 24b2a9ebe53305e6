"""What a worker does beside answering: each chore again and again, in a task of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from proctor.errors import ProctorError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do every so often; it must be harmless where several workers do it at once."""

    name: str
    every_s: float
    do: Callable[[], None]


class Chores:
    """Runs chores until told to stop. ``spawn`` and ``sleep`` are those of the server's async mode."""

    def __init__(
        self,
        chores: Sequence[Chore],
        *,
        spawn: Callable[[Callable[[Chore], None], Chore], object],
        sleep: Callable[[float], object],
    ) -> None:
        self._chores, self._spawn, self._sleep = chores, spawn, sleep
        self._running = False

    def start(self) -> None:
        """Begin; called once in each worker process."""
        self._running = True
        for chore in self._chores:
            self._spawn(self._repeat, chore)

    def stop(self) -> None:
        """Let each chore end after its current turn."""
        self._running = False

    def _repeat(self, chore: Chore) -> None:
        while self._running:
            try:
                chore.do()
            except ProctorError as error:
                log.warning("%s: %s", chore.name, error.detail)
            except Exception:
                # One bad record must not stop the exam clocks of all others.
                log.exception("%s failed", chore.name)
            self._sleep(chore.every_s)
