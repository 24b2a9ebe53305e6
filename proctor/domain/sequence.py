"""Whether all events of a candidate's page have come: it numbers them, and what is missing is an event of its own.

How many came of each numbering, and the highest number, is kept with the session's other counts. Only where the two
differ are the numbers themselves looked at.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from proctor.domain import events
from proctor.domain.events import Report
from proctor.domain.live import Live
from proctor.records import Session, SessionId, Source
from proctor.store import Store

NAMES = uuid.UUID("0c7a1c53-59a5-4d0e-8f0c-2b6d6e1f9a44")
MAX_TOLD = 20
"""How many gaps of one numbering are told: whoever leaves out every second number says the same all the time."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that did not come: from ``expected`` up to, and without, ``got``."""

    expected: int
    got: int

    def as_payload(self) -> dict[str, int]:
        """Return it as its event tells it."""
        return {"expected": self.expected, "got": self.got, "missing": self.got - self.expected}


class SequenceWatch:
    """Looks for gaps again and again. What it remembers only spares it work: each gap has an id, and is told once."""

    def __init__(self) -> None:
        self._looked_at: dict[SessionId, object] = {}

    def look(self, *, store: Store, live: Live, now: datetime) -> None:
        """Make events of gaps, and of their end where everything has come after all."""
        suspects = store.sessions.with_gaps()
        self._looked_at = {one.id: known for one in suspects if (known := self._looked_at.get(one.id))}
        for session in suspects:
            # Counted in the same write, so the same counts mean that there is nothing new.
            if self._looked_at.get(session.id) != session.outboxes:
                _look_at(session, store=store, live=live, now=now)
                self._looked_at[session.id] = session.outboxes


def gaps(numbers: Iterable[int]) -> list[Gap]:
    """Return what is missing among ``numbers``, which count from 1 and come in any order."""
    found, expected = [], 1
    for number in sorted(set(numbers)):
        if number > expected:
            found.append(Gap(expected, number))
        expected = number + 1
    return found


def _look_at(session: Session, *, store: Store, live: Live, now: datetime) -> None:
    is_whole = True
    for outbox, numbering in session.outboxes.items():
        if numbering.count < numbering.last:
            missing = gaps(store.events.numbers(session.id, outbox))
            is_whole = is_whole and not missing
            for gap in missing[:MAX_TOLD]:
                name = f"{session.id}/{outbox}/{gap.expected}/{gap.got}"
                report = Report("sequence_gap", _id(name), payload={"outbox": outbox, **gap.as_payload()})
                _tell(session, report, store=store, live=live, now=now)
    gaps_told = session.counts.get("sequence_gap", 0)
    if is_whole and gaps_told:
        name = f"{session.id}/whole/{gaps_told}"
        _tell(session, Report("sequence_complete", _id(name)), store=store, live=live, now=now)


def _tell(session: Session, report: Report, *, store: Store, live: Live, now: datetime) -> None:
    events.keep(session, report, Source.SYSTEM, store=store, live=live, now=now)


def _id(name: str) -> str:
    """Return an id that is the same for every worker, and that nobody can use up before: reporters' are plain UUIDs."""
    return f"sequence-{uuid.uuid5(NAMES, name)}"
