"""Every line of docs/api.md is run, and its answer compared with the one that stands there."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shlex
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from proctor.domain import verdicts
from proctor.domain.flags import judge_due
from proctor.web.services import EXTENSION, Services
from tests.integration.conftest import SECRET, AppFactory
from tests.support.actors import Caller
from tests.support.evidence import JPEG, keep_snapshot

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^### `([A-Z]+) (\S+)`\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
SERVER = "http://localhost"
# The header of a WebM file, which is all that tells what it is.
VIDEO = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm".ljust(2_048, b"\x00")
OPEN_ENDED = {"payload", "paths", "components", "info"}


class Example(NamedTuple):
    """One section of the page."""

    method: str
    path: str
    curl: str
    answer: str | None
    media_type: str | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def examples() -> list[Example]:
    found = []
    for method, path, text in SECTION.findall(PAGE):
        [curl] = re.findall(r"^```sh\n(curl .*)\n```$", text, re.MULTILINE)
        answer = re.search(r"^```json\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
        media_type = re.search(r"^Answers `(.*)`\.$", text, re.MULTILINE)
        found.append(
            Example(
                method, path, curl, answer.group(1) if answer else None, media_type.group(1) if media_type else None
            )
        )
    return found


def curl(line: str, client: FlaskClient, values: dict[str, str]) -> TestResponse:
    """Do what the shell and curl would do with ``line``; the client keeps the cookies."""
    parser = ArgumentParser()
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-H", action="append", default=[])
    for option in ("-X", "-b", "-c", "-d", "-F", "-o", "-r", "--data-binary"):
        parser.add_argument(option)
    parser.add_argument("url")
    given = parser.parse_args([Template(word).substitute(values) for word in shlex.split(line)[1:]])
    headers = [tuple(header.split(": ", 1)) for header in given.H]
    headers += [("Range", f"bytes={given.r}")] if given.r else []
    data: Any = given.d
    if given.F:
        field, filename = given.F.split("=@")
        data = {field: (io.BytesIO(VIDEO), filename)}
    if given.data_binary:
        data = JPEG if given.data_binary.endswith(".jpg") else VIDEO
    method = given.X or ("GET" if data is None else "POST")
    return client.open(given.url.removeprefix(SERVER), method=method, headers=headers, data=data, buffered=True)


class Scene:
    """A server with one session, brought to where an example can show what it does."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.exam_app, self.proctor, self.candidate = Caller(app), Caller(app).with_token(), Caller(app)
        joined = self.exam_app.post("/api/session/join", {"exam_code": "DEMO", "candidate_identifier": "Ada"}).json
        self.session_id = joined["session_id"]
        self.token = self.proctor.headers["Authorization"].removeprefix("Bearer ")

    def values(self) -> dict[str, str]:
        session = json.loads(self.proctor.get(f"/api/proctor/sessions/{self.session_id}").data)
        return {
            "PROCTOR": SERVER,
            "TOKEN": self.token,
            "SESSION": self.session_id,
            "EXAM": session["exam_id"],
            "AGENT_SECRET": SECRET,
            "SHA256": hashlib.sha256(VIDEO).hexdigest(),
        }

    def claim(self) -> dict[str, str]:
        """Start as the candidate, with the client that runs the example."""
        line = next(example.curl for example in examples() if example.path == "/entry/claim")
        answer = json.loads(curl(line, self.client, self.values()).data)
        return {"HANDLE": answer["handle"], "CSRF_TOKEN": answer["csrf_token"]}

    def act(self, *actions: str) -> None:
        for action in actions:
            body = {"message": "Please stay in the picture."} if action in {"warn", "chat"} else None
            answer = self.proctor.post(f"/api/proctor/sessions/{self.session_id}/{action}", body)
            assert answer.status_code == 200, answer.text

    def get(self, path: str) -> None:
        assert self.proctor.get(path).status_code == 200

    def show_phone(self) -> dict[str, str]:
        """Have an agent see a phone, and the flag raised; return it as a variable."""
        body = {"session_id": self.session_id, "event_type": "phone_detected", "payload": {"confidence": 0.8}}
        assert self.exam_app.post("/api/internal/agent-event", body, X_Agent_Secret=SECRET).status_code == 204
        services: Services = self.app.extensions[EXTENSION]
        assert judge_due(**services.context)
        [flag] = self.proctor.get(f"/api/proctor/sessions/{self.session_id}/flags").json["flags"]
        return {"FLAG": flag["id"]}

    def raise_hand(self) -> None:
        event = {"event_type": "hand_raised"}
        assert self.exam_app.post(f"/sessions/{self.session_id}/events", event).status_code == 200

    def ask_for_photo(self) -> dict[str, str]:
        """Ask the candidate for a photo; return the id of the request as a variable."""
        asked = self.proctor.post(f"/api/proctor/sessions/{self.session_id}/identity_photo")
        return {"ACTION": asked.json["action_id"]}

    def keep_picture(self) -> dict[str, str]:
        """Keep a picture as evidence; return its file's name as a variable."""
        services: Services = self.app.extensions[EXTENSION]
        session = services.store.sessions.get(self.session_id)
        assert session
        kept = keep_snapshot(session, store=services.store, storage=services.storage, now=services.clock())
        return {"EVIDENCE": kept.name}

    def send_video(self) -> None:
        line = next(example.curl for example in examples() if example.path.endswith("/video"))
        assert curl(line, self.client, self.values()).status_code == 200

    def end(self) -> None:
        """End the session, and give it its place in the queue."""
        self.act("terminate")
        verdicts.rank_changed(store=self.app.extensions[EXTENSION].store)

    def note(self) -> None:
        url = f"/api/proctor/sessions/{self.session_id}/notes"
        assert self.proctor.post(url, {"note": "Odd.", "timestamp_sec": 61.5}).status_code == 200


Step = Callable[[Scene], dict[str, str] | None]
CLAIMED = {"start", "warn", "pause", "resume", "extend", "terminate", "release", "finish", "events"}
CLAIMED |= {"/exam/{handle}/chat", "/exam/{handle}/evidence", "/exam/{handle}/recordings", "chunks", "complete"}
STEPS: list[tuple[set[str], Step]] = [
    (CLAIMED, Scene.claim),
    (CLAIMED - {"start"}, lambda scene: scene.act("start")),
    ({"resume"}, lambda scene: scene.act("pause")),
    ({"complete"}, lambda scene: scene.act("terminate")),
    ({"events"}, lambda scene: scene.act("warn")),
    ({"report"}, Scene.note),
    ({"chat"}, lambda scene: scene.act("chat")),
    ({"lower"}, Scene.raise_hand),
    ({"/exam/{handle}/evidence"}, Scene.ask_for_photo),
    ({"score", "flags", "acknowledge", "dismiss"}, Scene.show_phone),
    ({"evidence", "/evidence/{name}"}, Scene.keep_picture),
    ({"/videos/{name}"}, Scene.send_video),
    ({"reviews", "timeline", "verdict", "bundle.zip"}, Scene.end),
    ({"/reports/{name}"}, lambda scene: scene.get(f"/sessions/{scene.session_id}/report")),
]
"""What is done before an example that needs it, by the last word of its path or by all of it."""


def prepare(scene: Scene, path: str) -> dict[str, str]:
    """Bring the session to where the route has its effect; return the variables that come from it."""
    names = {path, path.rsplit("/", 1)[-1]}
    values: dict[str, str] = {}
    for needed_by, step in STEPS:
        if names & needed_by:
            values |= step(scene) or {}
    return scene.values() | values


def shape(value: Any) -> Any:
    """Return what is the same in every answer of a kind: names and types, and of a list its first member."""
    if isinstance(value, dict):
        return {key: ... if key in OPEN_ENDED else shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def fits(documented: Any, given: Any) -> bool:
    """True where both have one shape; null and an empty list stand for what is not there yet."""
    if documented == "NoneType" or given == "NoneType" or [] in (documented, given):
        return True
    if isinstance(documented, dict) and isinstance(given, dict):
        return documented.keys() == given.keys() and all(fits(documented[key], given[key]) for key in given)
    if isinstance(documented, list) and isinstance(given, list):
        return fits(documented[0], given[0])
    return bool(documented == given)


def test_every_json_route_has_a_section_and_every_section_a_route(app: Flask) -> None:
    described = json.loads(Caller(app).get("/openapi.json").data)["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}

    assert {example.name for example in examples()} == routes


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.name)
def test_the_line_answers_as_it_says(make_app: AppFactory, tmp_path: Path, example: Example) -> None:
    (tmp_path / "exam.webm").write_bytes(VIDEO)
    scene = Scene(make_app(api_access="open", agent_secret=SECRET, data_dir=tmp_path / "data", import_dir=tmp_path))
    values = prepare(scene, example.path)

    answer = curl(example.curl, scene.client, values)

    if example.answer is None and example.media_type is None:
        assert (answer.status_code, answer.data) == (204, b"")
    elif example.answer is None:
        assert (answer.status_code in {200, 206}, answer.mimetype) == (True, example.media_type), answer.text
        assert answer.data
    else:
        assert answer.status_code == 200, answer.text
        assert_alike(example, json.loads(answer.data))


def assert_alike(example: Example, given: Any) -> None:
    documented = json.loads(example.answer or "")
    assert fits(shape(documented), shape(given)), given
    if example.method == "POST" and "status" in documented:
        assert documented["status"] == given["status"]
