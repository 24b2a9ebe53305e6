"""The five values an exam app reads from this folder to find its proctor.

The exam app imports ``proctor`` from its own process, where nothing of ours is installed: this module uses the
standard library only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

DEFAULTS: dict[str, object] = {
    "enabled": True,
    "name": "Proctor",
    "backend_url": "http://localhost:8000",
    "frontend_url": "http://localhost:8000",
    "exam_code": "DEMO",
}
FILES = ("config.json", "fce_config.json")


def read(root: Path, environ: Mapping[str, str] = os.environ) -> dict[str, object]:
    """Return ``enabled, name, backend_url, frontend_url, exam_code``.

    The first of ``config.json`` and ``fce_config.json`` in ``root`` overrides the defaults and ``PROCTOR_…`` in
    the environment overrides both. A file that cannot be read counts as absent, and an empty variable as not set: the
    exam app must not fail on either.
    """
    values = DEFAULTS | _from_first_file(root)
    for key in DEFAULTS:
        text = environ.get(f"PROCTOR_{key.upper()}")
        if text:
            values[key] = _as_bool(text) if key == "enabled" else text
    return values


def is_complete(values: Mapping[str, object]) -> bool:
    """True when proctoring is on and an exam app has all it needs to call this server."""
    return bool(values["enabled"]) and all(values[key] for key in ("backend_url", "frontend_url", "exam_code"))


def _from_first_file(root: Path) -> dict[str, object]:
    for name in FILES:
        try:
            found = json.loads((root / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(found, dict):
            return {key: found[key] for key in DEFAULTS if key in found}
    return {}


def _as_bool(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "yes", "on"}
