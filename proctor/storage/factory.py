"""The one place that knows which class belongs to which ``STORAGE_BACKEND``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from proctor.storage.base import RunBlocking, Storage, call_directly
from proctor.storage.config import Backend, StorageConfig
from proctor.storage.local import LocalStorage
from proctor.storage.staging import StagedStorage

if TYPE_CHECKING:
    from pymongo.database import Database


def make_storage(
    config: StorageConfig,
    *,
    database: Database[dict[str, Any]] | None = None,
    run_blocking: RunBlocking = call_directly,
) -> Storage:
    """Return the configured storage; every backend that a network separates from us gets a staging disk.

    ``database`` is where ``gridfs`` keeps its files. ``run_blocking`` is how the disk is waited for: under
    eventlet pass ``eventlet.tpool.execute``. Raises ``ValueError`` when the backend's own settings are missing.
    """
    if config.backend is Backend.LOCAL:
        return LocalStorage(config.data_dir, run_blocking=run_blocking)
    backend = _make_remote(config, database)
    return StagedStorage(backend, config.data_dir / "staging", run_blocking=run_blocking)


def _make_remote(config: StorageConfig, database: Database[dict[str, Any]] | None) -> Storage:
    """Import only what the chosen backend needs: boto3 alone takes longer than the rest of the start."""
    if config.backend is Backend.GRIDFS and database is not None:
        from proctor.storage.gridfs import GridFSStorage  # noqa: PLC0415

        return GridFSStorage(database)
    if config.backend is Backend.S3 and config.s3 is not None:
        from proctor.storage.s3 import S3Storage  # noqa: PLC0415

        return S3Storage(config.s3)
    if config.backend is Backend.DETA and config.deta is not None:
        from proctor.storage.deta import DetaStorage  # noqa: PLC0415

        return DetaStorage(config.deta)
    raise ValueError(f"The storage backend {config.backend} lacks its own settings.")
