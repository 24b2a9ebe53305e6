"""Bring the database up to date: indexes, and in demo mode an exam and a proctor to try things out with.

Running it again changes nothing. ``python migrations_seed.py`` reads the same settings as the server.
"""

from __future__ import annotations

import sys
import uuid

from proctor import ROOT, settings
from proctor.domain.exam_clock import utc_now
from proctor.domain.passwords import Passwords
from proctor.errors import ProctorError
from proctor.records import Exam, ExamId, Proctor, ProctorId, ProctorRole
from proctor.store import Store, open_store

DEMO_EMAIL = "proctor@test.com"
DEMO_PASSWORD = "proctor123"  # noqa: S105 - the demo's login stands in the README


def migrate(store: Store) -> None:
    """Create what indexes are missing."""
    store.ensure_indexes()


def seed_demo(store: Store, passwords: Passwords) -> None:
    """Add the demo's exam and proctor where they are missing."""
    now = utc_now()
    if store.exams.get_by_code("DEMO") is None:
        store.exams.put(
            Exam(
                id=ExamId(str(uuid.uuid4())),
                code="DEMO",
                title="Demo Exam",
                duration_minutes=60,
                screen_required=False,
                join_by_hand=True,
                created_at=now,
            )
        )
    if store.proctors.get_by_email(DEMO_EMAIL) is None:
        password_hash = passwords.hash(DEMO_PASSWORD)
        made = Proctor(ProctorId(str(uuid.uuid4())), DEMO_EMAIL, password_hash, None, False, now, ProctorRole.ADMIN)
        store.proctors.add_if_new(made)


def main() -> int:
    """Run as a command; returns its exit status."""
    try:
        loaded = settings.load(ROOT)
    except settings.SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    store = open_store(loaded.mongodb_url, loaded.database)
    try:
        migrate(store)
        if loaded.is_demo:
            seed_demo(store, Passwords())
    except ProctorError as error:
        print(f"{error.detail}\n{error.__cause__}", file=sys.stderr)
        return 1
    print("The database is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
