"""Imports point one way: blueprints and sockets to domain, domain to store."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = {"flask", "flask_babel", "flask_login", "flask_socketio", "flask_wtf", "socketio", "werkzeug", "wtforms"}
DATABASE = {"bson", "gridfs", "pymongo"}
OUTER = {"proctor.blueprints", "proctor.factory", "proctor.runtime", "proctor.sockets", "proctor.web"}

FORBIDDEN = {
    "store": WEB | OUTER | {"proctor.domain", "proctor.storage"},
    "domain": WEB | OUTER | DATABASE,
    "storage": WEB | OUTER | {"proctor.domain"},
    "web": DATABASE | {"proctor.blueprints", "proctor.sockets", "proctor.factory", "proctor.runtime"},
    "blueprints": DATABASE | {"proctor.sockets", "proctor.factory", "proctor.runtime"},
    "sockets": DATABASE | {"proctor.blueprints", "proctor.factory", "proctor.runtime"},
    "runtime": WEB | {"proctor.domain", "proctor.store", "proctor.web", "proctor.blueprints", "proctor.sockets"},
}


def imported_by(source: Path) -> set[str]:
    """Every module that the file imports, `from a import b` as both `a` and `a.b`."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def belongs_to(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_a_layer_imports_nothing_from_outside_its_direction(layer: str) -> None:
    wrong = {
        f"{source.relative_to(ROOT)} imports {name}"
        for source in (ROOT / "proctor" / layer).rglob("*.py")
        for name in imported_by(source)
        if belongs_to(name, FORBIDDEN[layer])
    }

    assert wrong == set()


def test_the_application_never_imports_what_runs_it() -> None:
    wrong = [
        source
        for source in (ROOT / "proctor").rglob("*.py")
        if "runtime" not in source.parts and any(belongs_to(name, {"proctor.runtime"}) for name in imported_by(source))
    ]

    assert wrong == []
