"""Every command of docs/administration.md is run, and every command that there is stands there."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from string import Template

import click
import pytest
from flask import Flask

from proctor import cli
from proctor.domain.recordings import Quotas, Sent, take_in
from proctor.records import FootageKind
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import AppFactory
from tests.support.actors import Caller
from tests.support.clips import clip

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "administration.md").read_text(encoding="utf-8")
PREFIX = "flask --app wsgi "
PASSWORDS = "a dozen characters\na dozen characters\n"


def lines() -> list[str]:
    """Return the commands of the page in their order."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def commands(app: Flask) -> Iterator[str]:
    """Yield each command of ours, with its group."""
    for name in {module.group.name for module in cli.NOUNS}:
        group = app.cli.commands[name]
        assert isinstance(group, click.Group)
        yield from (f"{name} {command}" for command in group.commands)


def ended_session(app: Flask, name: str) -> str:
    caller = Caller(app)
    joined = caller.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": name})
    caller.post(f"/api/proctor/sessions/{joined.json['session_id']}/terminate", {})
    return str(joined.json["session_id"])


def recorded_session(app: Flask) -> str:
    """Return a session of which one chunk was recorded."""
    s: Services = app.extensions[EXTENSION]
    joined = Caller(app).post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Cleo"})
    Caller(app).claim(joined.json["session_id"])
    session = s.store.sessions.get(joined.json["session_id"])
    assert session
    body, quotas = clip(), Quotas(1_000_000, 1_000_000, 1_000_000)
    sent = Sent(FootageKind.CAMERA, "take", 0, 0, hashlib.sha256(body).hexdigest(), timedelta())
    take_in(session, sent, [body], len(body), quotas=quotas, store=s.store, storage=s.storage, now=s.clock())
    return session.id


def test_every_command_works_as_the_page_says(
    make_app: AppFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(api_access="open", data_dir=tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.json").write_text('{"rules": {"voice_detected": {"off": true}}}')
    (tmp_path / "consent.txt").write_text("The dean sees it.", encoding="utf-8")
    values = {"SESSION": ended_session(app, "Ann Archer"), "RECORDED": recorded_session(app)}
    ended_session(app, "Ben Baker")

    for line in lines():
        args = [Template(word).substitute(values) for word in shlex.split(line.removeprefix(PREFIX))]
        result = app.test_cli_runner().invoke(args=args, input=PASSWORDS)
        assert result.exit_code == 0, f"{line}: {result.output}"

    assert (tmp_path / "ann.zip").stat().st_size > 1_000
    assert "exam_made" in (tmp_path / "audit.csv").read_text(encoding="utf-8")


def test_every_command_stands_on_the_page(app: Flask) -> None:
    described = {" ".join(shlex.split(line.removeprefix(PREFIX))[:2]) for line in lines()}

    assert described == set(commands(app))
