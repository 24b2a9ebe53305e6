"""The file of secrets that the server makes for itself."""

import json
import stat
from pathlib import Path

from proctor.runtime import secret_file


def test_missing_secrets_are_made_and_only_their_owner_can_read_them(tmp_path: Path) -> None:
    path = secret_file.ensure(tmp_path / "data")
    values = json.loads(path.read_text())

    assert sorted(values) == ["AGENT_SECRET", "SECRET_KEY", "TURN_SECRET"]
    assert len(set(values.values())) == 3
    assert all(len(value) == 64 for value in values.values())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_secrets_that_are_there_stay(tmp_path: Path) -> None:
    first = json.loads(secret_file.ensure(tmp_path).read_text())
    second = json.loads(secret_file.ensure(tmp_path).read_text())

    assert first == second


def test_a_secret_that_a_newer_release_needs_is_added_to_the_others(tmp_path: Path) -> None:
    path = secret_file.ensure(tmp_path)
    path.write_text(json.dumps({"SECRET_KEY": "kept"}))

    values = json.loads(secret_file.ensure(tmp_path).read_text())

    assert values["SECRET_KEY"] == "kept"
    assert len(values["TURN_SECRET"]) == 64


def test_an_empty_secret_is_made_like_a_missing_one(tmp_path: Path) -> None:
    path = secret_file.ensure(tmp_path)
    path.write_text(json.dumps({"SECRET_KEY": ""}))

    assert len(json.loads(secret_file.ensure(tmp_path).read_text())["SECRET_KEY"]) == 64


def test_no_half_written_file_is_left(tmp_path: Path) -> None:
    secret_file.ensure(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]
