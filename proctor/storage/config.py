"""Which backend keeps the files, and how to reach it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Backend(StrEnum):
    """The values of ``STORAGE_BACKEND``."""

    LOCAL = "local"
    GRIDFS = "gridfs"
    S3 = "s3"
    DETA = "deta"


@dataclass(frozen=True)
class S3Config:
    """An S3 bucket. Without ``endpoint_url`` it is Amazon's, without keys boto3 looks for its usual ones."""

    bucket: str
    endpoint_url: str = ""
    region: str = "us-east-1"
    prefix: str = ""
    access_key_id: str = field(default="", repr=False)
    secret_access_key: str = field(default="", repr=False)
    connect_timeout_s: float = 5
    timeout_s: float = 30


@dataclass(frozen=True)
class DetaConfig:
    """A service that speaks Deta Drive's HTTP API. The part of the key before ``_`` names the project."""

    project_key: str = field(repr=False)
    base_url: str = "https://drive.deta.sh"
    timeout_s: float = 30

    @property
    def project_id(self) -> str:
        """The project that the key belongs to."""
        return self.project_key.partition("_")[0]


@dataclass(frozen=True)
class StorageConfig:
    """Everything ``make_storage`` needs to know."""

    backend: Backend
    data_dir: Path
    s3: S3Config | None = None
    deta: DetaConfig | None = None


def default_backend(environ: Mapping[str, str]) -> Backend:
    """Return Deta Drive when running inside Deta, where the disk does not last, else the local disk."""
    inside_deta = environ.get("DETA_SPACE_APP") or environ.get("DETA_PROJECT_KEY")
    return Backend.DETA if inside_deta else Backend.LOCAL
