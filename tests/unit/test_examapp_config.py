"""What an exam app learns by importing this package, in a process where nothing of ours is installed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from proctor import examapp_config

ROOT = Path(__file__).resolve().parents[2]
KEYS = ["enabled", "name", "backend_url", "frontend_url", "exam_code"]
# Isolated (-I) and without site-packages (-S): the standard library and the folder are all there is.
IMPORT_IT = "import sys; sys.path.insert(0, sys.argv[1]); import proctor, json; print(json.dumps({0}))"


def ask(expression: str, root: Path, **environ: str) -> object:
    command = [sys.executable, "-S", "-I", "-c", IMPORT_IT.format(expression), str(root)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True, timeout=30)
    assert done.stderr == ""
    return json.loads(done.stdout)


def write(root: Path, name: str, values: object) -> None:
    (root / name).write_text(json.dumps(values))


def test_it_needs_nothing_but_the_standard_library() -> None:
    assert ask("sorted(proctor.get_config())", ROOT) == sorted(KEYS)
    assert ask("proctor.is_configured()", ROOT, PROCTOR_ENABLED="true") is True


def test_it_loads_none_of_the_server() -> None:
    loaded = ask("sorted(name for name in sys.modules if name.startswith(('proctor', 'flask', 'pymongo')))", ROOT)

    assert loaded == ["proctor", "proctor.examapp_config"]


def test_the_environment_reaches_it() -> None:
    expression = "proctor.get_config()['backend_url']"

    assert ask(expression, ROOT, PROCTOR_BACKEND_URL="http://127.0.0.1:9100") == "http://127.0.0.1:9100"


def test_the_file_in_the_root_leads_to_the_demo() -> None:
    assert json.loads((ROOT / "fce_config.json").read_text()) == examapp_config.DEFAULTS


def test_without_any_file_the_defaults_hold(tmp_path: Path) -> None:
    assert examapp_config.read(tmp_path, {}) == examapp_config.DEFAULTS


def test_config_json_comes_before_fce_config_json(tmp_path: Path) -> None:
    write(tmp_path, "fce_config.json", {"exam_code": "SECOND", "name": "Second"})
    assert examapp_config.read(tmp_path, {})["exam_code"] == "SECOND"

    write(tmp_path, "config.json", {"exam_code": "FIRST"})

    values = examapp_config.read(tmp_path, {})
    assert (values["exam_code"], values["name"]) == ("FIRST", "Proctor")


def test_the_environment_comes_before_both_files(tmp_path: Path) -> None:
    write(tmp_path, "config.json", {"exam_code": "FILE", "enabled": False})

    values = examapp_config.read(tmp_path, {"PROCTOR_EXAM_CODE": "ENV", "PROCTOR_ENABLED": "1"})

    assert (values["exam_code"], values["enabled"]) == ("ENV", True)


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    environ = {f"PROCTOR_{key.upper()}": "" for key in KEYS}

    assert examapp_config.read(tmp_path, environ) == examapp_config.DEFAULTS


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"text"', "\xff"])
def test_a_file_that_cannot_be_used_counts_as_absent(tmp_path: Path, content: str) -> None:
    write(tmp_path, "fce_config.json", {"exam_code": "SECOND"})
    (tmp_path / "config.json").write_bytes(content.encode("latin-1"))

    assert examapp_config.read(tmp_path, {})["exam_code"] == "SECOND"


def test_only_the_five_values_are_handed_on(tmp_path: Path) -> None:
    write(tmp_path, "config.json", {"mongodb_url": "mongodb://db.example", "exam_code": "FIRST"})

    assert list(examapp_config.read(tmp_path, {})) == KEYS


@pytest.mark.parametrize("text", ["1", "true", "YES", " on "])
def test_proctoring_is_switched_on_in_any_usual_spelling(tmp_path: Path, text: str) -> None:
    assert examapp_config.read(tmp_path, {"PROCTOR_ENABLED": text})["enabled"] is True


@pytest.mark.parametrize("text", ["0", "false", "no", "off", "nonsense"])
def test_anything_else_switches_it_off(tmp_path: Path, text: str) -> None:
    values = examapp_config.read(tmp_path, {"PROCTOR_ENABLED": text})

    assert not examapp_config.is_complete(values)


@pytest.mark.parametrize("key", ["enabled", "backend_url", "frontend_url", "exam_code"])
def test_proctoring_is_not_configured_while_a_value_is_missing(tmp_path: Path, key: str) -> None:
    write(tmp_path, "config.json", {key: None})
    assert not examapp_config.is_complete(examapp_config.read(tmp_path, {}))

    write(tmp_path, "config.json", {})
    assert examapp_config.is_complete(examapp_config.read(tmp_path, {}))
