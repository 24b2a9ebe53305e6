"""Where a candidate may be sent: the exam app's pages, and nowhere else."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from proctor.settings import Settings, origin_of

MAX_CHARS = 2_048
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


def is_allowed(url: str, settings: Settings, exam_origins: Collection[str] = ()) -> bool:
    """True for an address on an origin that settings or exam allow; in demo mode any port of this machine is one."""
    origin = origin_of(url)
    if origin is None or len(url) > MAX_CHARS:
        return False
    if origin in settings.exam_app_origins or origin in exam_origins:
        return True
    return settings.is_demo and urlsplit(origin).hostname in LOOPBACK_HOSTS and origin not in settings.origins
