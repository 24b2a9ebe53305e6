"""What is made easier for one candidate: granted before they come, or while they are there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any

from proctor.domain import exams, rules
from proctor.errors import InvalidInput, NotFound
from proctor.records import Accommodation, Actor, Exam
from proctor.store import Store

MAX_PERCENT = 400
MAX_MINUTES = 1_440


def grant(
    exam_code: str,
    candidate_identifier: str,
    relief: Mapping[str, Any],
    *,
    extra_percent: int = 0,
    extra_minutes: int = 0,
    by: str,
    store: Store,
    now: datetime,
) -> Accommodation:
    """Keep what holds for this candidate in sessions of this exam to come; it replaces what held before.

    ``relief`` is by rule, as ``rules.check_accommodations`` takes it. Raises ``NotFound`` for the exam, and
    ``InvalidInput`` by field.
    """
    exams.of_code(exam_code, store=store)
    name = candidate_identifier.strip()
    if not 1 <= len(name) <= 200 or "\x00" in name:
        raise InvalidInput("Who is it for?", errors={"candidate_identifier": ["Up to 200 characters."]})
    if not 0 <= extra_percent <= MAX_PERCENT:
        raise InvalidInput("This is too much.", errors={"extra_percent": [f"Between 0 and {MAX_PERCENT}."]})
    if not 0 <= extra_minutes <= MAX_MINUTES:
        raise InvalidInput("This is too much.", errors={"extra_minutes": [f"Between 0 and {MAX_MINUTES}."]})
    rules.check_accommodations(relief)
    granted = Accommodation(exam_code, name, relief, extra_percent, extra_minutes, by, now)
    store.accommodations.put(granted)
    return granted


def withdraw(exam_code: str, candidate_identifier: str, *, store: Store) -> None:
    """Take back what was granted, for sessions to come. Raises ``NotFound`` where nothing was."""
    if not store.accommodations.remove(exam_code, candidate_identifier.strip()):
        raise NotFound("There is no such accommodation.")


def for_session(exam: Exam | None, candidate_identifier: str, *, store: Store) -> Accommodation | None:
    """Return what was granted to this candidate of this exam, or None."""
    return store.accommodations.get(exam.code, candidate_identifier.strip()) if exam else None


def extra_minutes(exam: Exam | None, granted: Accommodation | None) -> int:
    """Return how much longer the exam lasts for this candidate; part of a minute counts as a whole one."""
    if exam is None or exam.duration_minutes is None or granted is None:
        return 0
    return ceil(exam.duration_minutes * granted.extra_percent / 100) + granted.extra_minutes


def visible(actor: Actor, exam_code: str | None = None, *, store: Store) -> list[Accommodation]:
    """Return the accommodations of an exam, or of all that ``actor`` may see."""
    codes = actor.proctor.exam_codes if actor.proctor else None
    found = store.accommodations.all(exam_code)
    return [granted for granted in found if codes is None or granted.exam_code in codes]
