"""What the consent text promises: after its time, nothing about a session is left, and nothing goes before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from proctor.domain import events, retention, sessions
from proctor.domain.exam_clock import utc_now
from proctor.domain.videos import keep
from proctor.records import EndedBy, Source
from proctor.storage import Bucket
from proctor.storage.local import LocalStorage
from proctor.store import Store
from tests.support.silent_live import silent_live

WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853")


def test_a_session_goes_with_all_that_belongs_to_it_when_its_time_is_over(store: Store, tmp_path: Path) -> None:
    storage, live, then = LocalStorage(tmp_path), silent_live(), utc_now() - timedelta(days=31)
    old = sessions.create(None, "Ann", weights={}, store=store, live=live, now=then)
    events.ingest(old, [events.Report("no_face")], Source.CANDIDATE, store=store, live=live, now=then)
    keep(old, iter([WEBM]), max_bytes=1_000, store=store, storage=storage, now=then)
    storage.save(Bucket.REPORTS, f"report_{old.id}.html", [b"x"], max_bytes=10)
    sessions.finish(old.id, EndedBy.CANDIDATE, store=store, live=live, now=then)

    assert retention.purge(store=store, storage=storage, now=utc_now(), retention_days=30) == 1

    database = store.database
    left = {name: database[name].count_documents({}) for name in database.list_collection_names()}
    assert not any(left.values()), left
    assert list(storage.names(Bucket.VIDEOS)) == list(storage.names(Bucket.REPORTS)) == []


def test_sessions_that_run_or_ended_lately_stay(store: Store, tmp_path: Path) -> None:
    storage, live, now = LocalStorage(tmp_path), silent_live(), utc_now()
    long_ago = now - timedelta(days=60)
    sessions.create(None, "Running", weights={}, store=store, live=live, now=long_ago)
    lately = sessions.create(None, "Lately", weights={}, store=store, live=live, now=long_ago)
    sessions.finish(lately.id, EndedBy.CANDIDATE, store=store, live=live, now=now - timedelta(days=29))

    assert retention.purge(store=store, storage=storage, now=now, retention_days=30) == 0
    assert store.database["sessions"].count_documents({}) == 2
