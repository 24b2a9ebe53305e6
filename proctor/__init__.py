"""Proctor: a self-hosted exam-proctoring server.

Importing this package needs nothing but the standard library, because exam apps import it to read where their
proctor is; the application itself is loaded by :func:`create_app`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from proctor import examapp_config

if TYPE_CHECKING:
    from flask import Flask

    from proctor.settings import Settings

__all__ = ["create_app", "get_config", "is_configured"]

ROOT = Path(__file__).resolve().parent.parent


def get_config() -> dict[str, object]:
    """Return what an exam app needs: ``enabled, name, backend_url, frontend_url, exam_code``."""
    return examapp_config.read(ROOT)


def is_configured() -> bool:
    """True when an exam app can send its candidates here."""
    return examapp_config.is_complete(get_config())


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; without ``settings`` they are read from ``config.json`` and the environment.

    Raises ``proctor.settings.SettingsError`` naming every fault at once.
    """
    from proctor import factory
    from proctor import settings as settings_module

    return factory.build(settings or settings_module.load(ROOT))
