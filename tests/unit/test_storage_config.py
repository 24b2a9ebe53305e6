"""Choosing the backend."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from proctor.storage import Backend, Bucket, DetaConfig, StorageConfig, default_backend, make_storage
from proctor.storage.base import content_type_of
from proctor.storage.local import LocalStorage

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("environ", "backend"),
    [
        ({}, Backend.LOCAL),
        ({"DETA_SPACE_APP": "true"}, Backend.DETA),
        ({"DETA_PROJECT_KEY": "project_secret"}, Backend.DETA),
        ({"DETA_SPACE_APP": ""}, Backend.LOCAL),
    ],
)
def test_deta_is_chosen_by_itself_inside_deta(environ: dict[str, str], backend: Backend) -> None:
    assert default_backend(environ) is backend


def test_the_spacefile_chooses_deta() -> None:
    spacefile = yaml.safe_load((ROOT / "Spacefile").read_text())

    [micro] = spacefile["micros"]
    defaults = {variable["name"]: variable["default"] for variable in micro["presets"]["env"]}
    assert spacefile["v"] == 0
    assert defaults["STORAGE_BACKEND"] == Backend.DETA


def test_the_local_backend_keeps_files_under_data(tmp_path: Path) -> None:
    storage = make_storage(StorageConfig(Backend.LOCAL, tmp_path / "data"))

    storage.save(Bucket.REPORTS, "report_1.html", [b"<p>"], max_bytes=10)

    assert isinstance(storage, LocalStorage)
    assert (tmp_path / "data" / "reports" / "report_1.html").read_bytes() == b"<p>"


@pytest.mark.parametrize("backend", [Backend.GRIDFS, Backend.S3, Backend.DETA])
def test_a_backend_without_its_settings_is_refused(backend: Backend, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=backend):
        make_storage(StorageConfig(backend, tmp_path))


def test_the_deta_project_is_the_part_of_the_key_before_the_underscore() -> None:
    assert DetaConfig("a0abcyxz_aSecretValue_more").project_id == "a0abcyxz"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [("a.WEBM", "video/webm"), ("a.b.pdf", "application/pdf"), ("svg", "application/octet-stream")],
)
def test_content_types_follow_the_ending(name: str, content_type: str) -> None:
    assert content_type_of(name) == content_type
