"""Announcements that nobody hears, for tests in which no page is open."""

from __future__ import annotations

from unittest.mock import create_autospec

from proctor.domain.live import Live


def silent_live() -> Live:
    """Return a ``Live`` that has every method and does nothing."""
    live: Live = create_autospec(Live, instance=True)
    return live
