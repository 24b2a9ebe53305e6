"""What the consent text promises: after its time, nothing about a session is left, and nothing goes before."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from proctor.audit_tags import AuditTag
from proctor.domain import audit, events, exams, privacy, retention, sessions
from proctor.domain.exam_clock import utc_now
from proctor.domain.videos import keep
from proctor.errors import NotFound
from proctor.records import EndedBy, Policy, Source
from proctor.storage import Bucket
from proctor.storage.errors import StorageError, StorageUnavailable
from proctor.storage.local import LocalStorage
from proctor.store import Store
from proctor.store.audit import AuditFilter
from proctor.store.sessions import SessionFilter
from tests.support.evidence import keep_snapshot
from tests.support.memory_storage import MemoryStorage
from tests.support.silent_live import silent_live

WEBM = bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581021853")


class StubbornStorage(MemoryStorage):
    """Deletes no file of the sessions in ``stuck``."""

    def __init__(self) -> None:
        super().__init__()
        self.stuck: set[str] = set()

    def delete(self, bucket: Bucket, name: str) -> None:
        if any(session_id in name for session_id in self.stuck):
            raise StorageUnavailable("This one stays.")
        super().delete(bucket, name)


def test_a_session_goes_with_all_that_belongs_to_it_when_its_time_is_over(store: Store, tmp_path: Path) -> None:
    storage, live, then = LocalStorage(tmp_path), silent_live(), utc_now() - timedelta(days=31)
    old = sessions.create(None, "Ann", weights={}, store=store, live=live, now=then)
    events.ingest(old, [events.Report("no_face")], Source.CANDIDATE, store=store, live=live, now=then)
    keep(old, iter([WEBM]), max_bytes=1_000, store=store, storage=storage, now=then)
    storage.save(Bucket.REPORTS, f"report_{old.id}.html", [b"x"], max_bytes=10)
    sessions.finish(old.id, EndedBy.CANDIDATE, store=store, live=live, now=then)

    assert retention.purge(store=store, storage=storage, now=utc_now(), retention_days=30) == 1

    database = store.database
    names = set(database.list_collection_names()) - {"audit"}
    left = {name: database[name].count_documents({}) for name in names}
    assert not any(left.values()), left
    assert list(storage.names(Bucket.VIDEOS)) == list(storage.names(Bucket.REPORTS)) == []


def test_what_went_leaves_a_receipt_with_counts_and_hashes_and_without_the_candidate(
    store: Store, tmp_path: Path
) -> None:
    storage, live, then = LocalStorage(tmp_path), silent_live(), utc_now() - timedelta(days=31)
    old = sessions.create(None, "Ann Secretly", weights={}, store=store, live=live, now=then)
    keep(old, iter([WEBM]), max_bytes=1_000, store=store, storage=storage, now=then)
    sessions.finish(old.id, EndedBy.CANDIDATE, store=store, live=live, now=then)

    retention.purge(store=store, storage=storage, now=utc_now(), retention_days=30)

    [entry] = store.audit.of_sessions([old.id])
    told = privacy.receipt(entry.id, store=store)
    assert (told["deleted_by"], told["session"]) == ("retention", old.id)
    assert told["files"] == [
        {
            "bucket": "videos",
            "name": f"{old.id}.webm",
            "size": len(WEBM),
            "sha256": hashlib.sha256(WEBM).hexdigest(),
        }
    ]
    assert told["counts"]["events"] >= 1
    assert "Secretly" not in str(told)


def test_an_exam_keeps_its_sessions_as_long_as_it_says(store: Store, tmp_path: Path) -> None:
    storage, live, now = LocalStorage(tmp_path), silent_live(), utc_now()
    for code, days in (("SHORT", 7), ("LONG", 90), ("USUAL", None)):
        draft = exams.Draft(code, policy=Policy(retention_days=days))
        exam = exams.add(code, draft, store=store, now=now)
        for age in (6, 8, 31, 91):
            then = now - timedelta(days=age)
            made = sessions.create(exam, f"{code} {age}", weights={}, store=store, live=live, now=then)
            sessions.finish(made.id, EndedBy.CANDIDATE, store=store, live=live, now=then)

    retention.purge(store=store, storage=storage, now=now, retention_days=30)

    left, _ = store.sessions.page(SessionFilter(), 50)
    assert {session.candidate_identifier for session in left} == {
        "SHORT 6",
        "LONG 6",
        "LONG 8",
        "LONG 31",
        "USUAL 6",
        "USUAL 8",
    }


def test_what_comes_in_while_a_session_is_deleted_goes_as_well(store: Store, tmp_path: Path) -> None:
    storage, live, then = LocalStorage(tmp_path), silent_live(), utc_now() - timedelta(days=31)
    old = sessions.create(None, "Ann", weights={}, store=store, live=live, now=then)
    finished = sessions.finish(old.id, EndedBy.CANDIDATE, store=store, live=live, now=then)
    retention.purge(store=store, storage=storage, now=utc_now(), retention_days=30)

    events.ingest(old, [events.Report("no_face")], Source.CANDIDATE, store=store, live=live, now=then)
    keep_snapshot(finished, store=store, storage=storage, now=then)
    with pytest.raises(NotFound):
        keep(finished, iter([WEBM]), max_bytes=1_000, store=store, storage=storage, now=then)
    for bucket, name in [(Bucket.VIDEOS, f"{old.id}.camera.webm"), (Bucket.REPORTS, f"report_{old.id}.pdf")]:
        storage.save(bucket, name, [b"x"], max_bytes=10)

    later = utc_now() + timedelta(hours=2)
    retention.keep(store=store, storage=storage, clock=lambda: later, retention_days=30, audit_days=365)

    left = {name for name in store.database.list_collection_names() if store.database[name].count_documents({})}
    assert left == {"audit"}
    assert not [name for bucket in Bucket for name in storage.names(bucket)]


def test_a_session_whose_files_cannot_go_now_holds_up_no_other(store: Store) -> None:
    storage, live, then = StubbornStorage(), silent_live(), utc_now() - timedelta(days=31)
    for name in ("Ann", "Ben", "Cem"):
        made = sessions.create(None, name, weights={}, store=store, live=live, now=then)
        sessions.finish(made.id, EndedBy.CANDIDATE, store=store, live=live, now=then)
    storage.stuck = {store.sessions.of_candidate("Ann")[0].id}

    with pytest.raises(StorageError):
        retention.keep(store=store, storage=storage, clock=utc_now, retention_days=30, audit_days=365)

    left, _ = store.sessions.page(SessionFilter(), 10)
    assert [session.candidate_identifier for session in left] == ["Ann"]

    def in_two_hours() -> datetime:
        return utc_now() + timedelta(hours=2)

    storage.stuck.add(made.id)
    with pytest.raises(StorageError):
        retention.keep(store=store, storage=storage, clock=in_two_hours, retention_days=30, audit_days=365)
    storage.stuck.clear()
    retention.keep(store=store, storage=storage, clock=in_two_hours, retention_days=30, audit_days=365)
    assert store.sessions.page(SessionFilter(), 10) == ([], None)


def test_old_entries_of_the_audit_log_go_and_the_others_stay(store: Store) -> None:
    now = utc_now()
    for age in (364, 366):
        moment = now - timedelta(days=age)
        audit.record(AuditTag.LOGIN, audit.By(f"{age}", "admin"), audit.About(), store=store, now=moment)

    assert retention.purge_audit(store=store, now=now, audit_days=365) == 1

    [left], _ = store.audit.page(AuditFilter(), 10)
    assert left.by == "364"


def test_sessions_that_run_or_ended_lately_stay(store: Store, tmp_path: Path) -> None:
    storage, live, now = LocalStorage(tmp_path), silent_live(), utc_now()
    long_ago = now - timedelta(days=60)
    sessions.create(None, "Running", weights={}, store=store, live=live, now=long_ago)
    lately = sessions.create(None, "Lately", weights={}, store=store, live=live, now=long_ago)
    sessions.finish(lately.id, EndedBy.CANDIDATE, store=store, live=live, now=now - timedelta(days=29))

    assert retention.purge(store=store, storage=storage, now=now, retention_days=30) == 0
    assert store.database["sessions"].count_documents({}) == 2
