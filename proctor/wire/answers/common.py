"""How answers write times and words."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from proctor.domain import exam_clock

iso = exam_clock.iso


def iso_or_none(moment: datetime | None) -> str | None:
    """Return ``iso(moment)``, or None for None."""
    return None if moment is None else iso(moment)


def word_or_none(word: StrEnum | None) -> str | None:
    """Return ``word`` as plain text, or None for None."""
    return None if word is None else str(word)
