"""What is particular to one backend."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import gridfs
import pytest
from bson import ObjectId
from pymongo import MongoClient
from pymongo.database import Database

from proctor.storage import Backend, Bucket, DetaConfig, S3Config, StagedStorage, StorageConfig, make_storage
from proctor.storage.base import PART_BYTES
from proctor.storage.deta import DetaStorage
from proctor.storage.errors import StorageUnavailable
from proctor.storage.gridfs import GridFSStorage
from proctor.storage.s3 import S3Storage
from tests.support.deta_drive import DetaDrive
from tests.support.s3_server import BUCKET as S3_BUCKET
from tests.support.streams import pattern

VIDEOS = Bucket.VIDEOS
LIMIT = 100 * 1024 * 1024
MULTIPART = PART_BYTES + 1_500_000

Mongo = Database[dict[str, Any]]


class _BrokenOffError(Exception):
    """The client went away."""


def broken_off() -> Iterator[bytes]:
    yield pattern(MULTIPART)
    raise _BrokenOffError


@pytest.fixture
def mongo(mongodb_url: str, database: str) -> Iterator[Mongo]:
    """Give the empty database itself."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_url, tz_aware=True)
    with client:
        yield client[database]


@pytest.fixture
def s3_config(s3_port: int) -> S3Config:
    return S3Config(
        bucket=S3_BUCKET,
        endpoint_url=f"http://127.0.0.1:{s3_port}",
        prefix=f"{uuid4().hex}/",
        access_key_id="test",
        secret_access_key="test",
    )


@pytest.fixture
def s3_storage(s3_config: S3Config) -> Iterator[S3Storage]:
    storage = S3Storage(s3_config)
    yield storage
    storage._client.close()


def deta_config(drive: DetaDrive) -> DetaConfig:
    return DetaConfig(f"{uuid4().hex}_secret", drive.url)


def test_gridfs_files_are_readable_by_mongodbs_own_tools(mongo: Mongo) -> None:
    GridFSStorage(mongo).save(VIDEOS, "a.webm", io.BytesIO(pattern(MULTIPART)), max_bytes=LIMIT)

    [file] = gridfs.GridFSBucket(mongo, "videos").find({"filename": "a.webm"})

    assert file.read() == pattern(MULTIPART)
    assert file.metadata["contentType"] == "video/webm"


def test_gridfs_files_of_mongodbs_own_tools_are_readable_here(mongo: Mongo) -> None:
    bucket = gridfs.GridFSBucket(mongo, "videos")
    bucket.upload_from_stream("a.webm", pattern(MULTIPART), chunk_size_bytes=100_000)

    with GridFSStorage(mongo).open(VIDEOS, "a.webm", 99_990, 500_010) as opened:
        assert b"".join(opened.chunks) == pattern(MULTIPART)[99_990:500_010]


def test_gridfs_leaves_no_chunks_of_broken_or_replaced_or_deleted_files(
    mongo: Mongo,
) -> None:
    storage = GridFSStorage(mongo)
    with pytest.raises(_BrokenOffError):
        storage.save(VIDEOS, "a.webm", broken_off(), max_bytes=LIMIT)
    for _ in range(2):
        storage.save(VIDEOS, "a.webm", io.BytesIO(pattern(MULTIPART)), max_bytes=LIMIT)
    [file] = mongo["videos.files"].find()
    assert mongo["videos.chunks"].distinct("files_id") == [file["_id"]]

    storage.delete(VIDEOS, "a.webm")

    assert mongo["videos.chunks"].count_documents({}) == 0


def test_gridfs_sweeps_up_the_chunks_of_an_upload_whose_server_died(
    mongo: Mongo,
) -> None:
    storage = GridFSStorage(mongo)
    storage.save(VIDEOS, "a.webm", io.BytesIO(b"whole"), max_bytes=LIMIT)
    long_ago, just_now = ObjectId.from_datetime(datetime(2020, 1, 1, tzinfo=UTC)), ObjectId()
    for file_id in (long_ago, just_now):
        mongo["videos.chunks"].insert_one({"files_id": file_id, "n": 0, "data": b"half"})

    assert storage.remove_abandoned(before=datetime.now(UTC) - timedelta(days=1)) == 1

    assert long_ago not in mongo["videos.chunks"].distinct("files_id")
    assert just_now in mongo["videos.chunks"].distinct("files_id")
    assert storage.exists(VIDEOS, "a.webm")


def test_gridfs_looks_for_such_chunks_without_reading_any(mongo: Mongo) -> None:
    storage = GridFSStorage(mongo)
    storage.save(VIDEOS, "a.webm", io.BytesIO(pattern(MULTIPART)), max_bytes=LIMIT)
    mongo.command("profile", 2)

    storage.remove_abandoned(before=datetime.now(UTC) + timedelta(days=1))

    mongo.command("profile", 0)
    [look] = mongo["system.profile"].find({"command.find": "videos.chunks"})
    mongo.drop_collection("system.profile")
    assert (look["nreturned"], look["docsExamined"]) == (1, 0)
    assert storage.exists(VIDEOS, "a.webm")


def test_gridfs_keeps_one_of_two_saves_that_publish_at_the_same_moment(
    mongo: Mongo, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = GridFSStorage(mongo)
    both_published = threading.Barrier(2, timeout=30)
    remove_older = storage._remove_older

    def remove_older_later(bucket: Bucket, kept: Any) -> None:
        both_published.wait()
        remove_older(bucket, kept)

    monkeypatch.setattr(storage, "_remove_older", remove_older_later)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda data: storage.save(VIDEOS, "a", [data], max_bytes=LIMIT), (b"one", b"two")))

    assert mongo["videos.files"].count_documents({}) == 1
    with storage.open(VIDEOS, "a") as opened:
        assert b"".join(opened.chunks) in {b"one", b"two"}


def test_gridfs_reports_a_file_with_a_missing_chunk(mongo: Mongo) -> None:
    storage = GridFSStorage(mongo)
    storage.save(VIDEOS, "a.webm", io.BytesIO(pattern(MULTIPART)), max_bytes=LIMIT)
    mongo["videos.chunks"].delete_one({"n": 3})

    with storage.open(VIDEOS, "a.webm") as opened, pytest.raises(StorageUnavailable):
        list(opened.chunks)


def test_s3_aborts_an_upload_that_breaks_off(s3_storage: S3Storage, s3_config: S3Config) -> None:
    with pytest.raises(_BrokenOffError):
        s3_storage.save(VIDEOS, "a.webm", broken_off(), max_bytes=LIMIT)

    listed = s3_storage._client.list_multipart_uploads(Bucket=S3_BUCKET, Prefix=s3_config.prefix)
    assert not listed.get("Uploads")


def test_s3_sweeps_up_the_upload_of_a_server_that_died(s3_storage: S3Storage, s3_config: S3Config) -> None:
    key = f"{s3_config.prefix}videos/a.webm"
    s3_storage._client.create_multipart_upload(Bucket=S3_BUCKET, Key=key)

    # Moto says of every upload that it was begun in November 2010.
    assert s3_storage.remove_abandoned(before=datetime(2010, 1, 1, tzinfo=UTC)) == 0
    assert s3_storage.remove_abandoned(before=datetime(2011, 1, 1, tzinfo=UTC)) == 1


def test_s3_keeps_the_content_type_for_others_who_read_the_bucket(s3_storage: S3Storage, s3_config: S3Config) -> None:
    for name, size in (("small.html", 10), ("large.webm", MULTIPART)):
        s3_storage.save(VIDEOS, name, io.BytesIO(bytes(size)), max_bytes=LIMIT)

    types = [
        s3_storage._client.head_object(Bucket=S3_BUCKET, Key=f"{s3_config.prefix}videos/{name}")["ContentType"]
        for name in ("small.html", "large.webm")
    ]

    assert types == ["text/html; charset=utf-8", "video/webm"]


def test_s3_configuration_does_not_print_its_keys() -> None:
    config = S3Config("bucket", access_key_id="AKIA", secret_access_key="hush")

    assert "AKIA" not in repr(config)
    assert "hush" not in repr(config)
    assert "hush" not in repr(DetaConfig("project_hush"))


def test_deta_aborts_an_upload_that_breaks_off(tmp_path: Path) -> None:
    with DetaDrive(tmp_path) as drive:
        with pytest.raises(_BrokenOffError):
            DetaStorage(deta_config(drive)).save(VIDEOS, "a.webm", broken_off(), max_bytes=LIMIT)

        assert drive.unfinished_uploads() == []


@pytest.mark.parametrize(("start", "end"), [(0, None), (10, 20), (300_000, None), (MULTIPART, None), (5, 5)])
def test_deta_reads_ranges_where_the_service_always_sends_whole_files(
    tmp_path: Path, start: int, end: int | None
) -> None:
    with DetaDrive(tmp_path, answers_ranges=False) as drive:
        storage = DetaStorage(deta_config(drive))
        storage.save(VIDEOS, "a.webm", io.BytesIO(pattern(MULTIPART)), max_bytes=LIMIT)

        with storage.open(VIDEOS, "a.webm", start, end) as opened:
            assert opened.info.size == MULTIPART
            assert b"".join(opened.chunks) == pattern(MULTIPART)[start:end]


def test_deta_lists_files_over_several_pages(tmp_path: Path) -> None:
    with DetaDrive(tmp_path, page_size=2) as drive:
        storage = DetaStorage(deta_config(drive))
        names = [f"{letter}.webm" for letter in "abcde"]
        for name in names:
            storage.save(VIDEOS, name, io.BytesIO(b"x"), max_bytes=LIMIT)

        assert list(storage.names(VIDEOS)) == names


def test_deta_with_a_wrong_key_is_unavailable_and_not_empty(deta_drive: DetaDrive) -> None:
    storage = DetaStorage(DetaConfig("project_wrong", deta_drive.url))

    with pytest.raises(StorageUnavailable):
        list(storage.names(VIDEOS))
    with pytest.raises(StorageUnavailable):
        storage.exists(VIDEOS, "a.webm")


@pytest.mark.parametrize("backend", [Backend.GRIDFS, Backend.S3, Backend.DETA])
def test_the_factory_puts_a_staging_disk_before_every_backend_behind_a_network(
    backend: Backend,
    tmp_path: Path,
    mongo: Mongo,
    s3_config: S3Config,
    deta_drive: DetaDrive,
) -> None:
    config = StorageConfig(backend, tmp_path, s3=s3_config, deta=deta_config(deta_drive))

    storage = make_storage(config, database=mongo)

    assert isinstance(storage, StagedStorage)
    assert not storage.save(VIDEOS, "a.webm", io.BytesIO(b"x"), max_bytes=LIMIT).pending
    assert storage.stat(VIDEOS, "a.webm").size == 1
    assert list((tmp_path / "staging").iterdir()) == []
