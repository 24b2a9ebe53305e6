"""Recordings and reports as files: one interface, four places to keep them."""

from proctor.storage.base import Bucket, ObjectInfo, Opened, Source, Storage, StoredObject
from proctor.storage.config import Backend, DetaConfig, S3Config, StorageConfig, default_backend
from proctor.storage.factory import make_storage
from proctor.storage.staging import StagedStorage

__all__ = [
    "Backend",
    "Bucket",
    "DetaConfig",
    "ObjectInfo",
    "Opened",
    "S3Config",
    "Source",
    "StagedStorage",
    "Storage",
    "StorageConfig",
    "StoredObject",
    "default_backend",
    "make_storage",
]
