"""The one way in which views reach what they work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, cast

from flask import current_app

from proctor.domain.exam_app_calls import ExamAppCalls
from proctor.domain.exam_clock import utc_now
from proctor.domain.live import Live
from proctor.domain.passwords import Passwords, RunBlocking
from proctor.domain.rates import Allowances
from proctor.domain.throttle import Throttle
from proctor.settings import Settings
from proctor.storage import Storage
from proctor.store import Store

EXTENSION = "proctor"


class Context(TypedDict):
    """What most domain functions take."""

    store: Store
    live: Live
    now: datetime


@dataclass(frozen=True, slots=True)
class Services:
    """The collaborators of one application."""

    settings: Settings
    store: Store
    live: Live
    storage: Storage
    passwords: Passwords
    throttle: Throttle
    run_blocking: RunBlocking
    event_rates: Allowances
    exam_app_calls: ExamAppCalls
    clock: Callable[[], datetime] = utc_now

    @property
    def context(self) -> Context:
        """The keyword arguments that most domain functions take, with the time now."""
        return {"store": self.store, "live": self.live, "now": self.clock()}


def services() -> Services:
    """Return the collaborators of the current application."""
    return cast(Services, current_app.extensions[EXTENSION])
