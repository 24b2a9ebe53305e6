"""The file of secrets that the server makes for itself: ``secrets.json`` in the data folder."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

NAMES = ("SECRET_KEY", "AGENT_SECRET", "TURN_SECRET")
FILE_NAME = "secrets.json"


def ensure(data_dir: Path) -> Path:
    """Give ``secrets.json`` a random value for each secret that it lacks, and return its path.

    Only its owner may read it. Values that are there stay: changing SECRET_KEY ends every login.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / FILE_NAME
    stored: dict[str, object] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = [name for name in NAMES if not stored.get(name)]
    if missing:
        # Hexadecimal, so that chance never spells one of the words by which sample values are recognised.
        _replace(path, {**stored, **{name: secrets.token_hex(32) for name in missing}})
    return path


def _replace(path: Path, values: dict[str, object]) -> None:
    """Write all or nothing: a crash must not leave half a file, nor a moment in which others can read it."""
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(values, file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
