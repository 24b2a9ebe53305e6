"""Requests made from the API's own description: none is answered with a fault of ours, or otherwise than described."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error, unsupported_method
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.wsgi import ClosingIterator

from tests.integration.conftest import AppFactory
from tests.support.actors import Caller
from tests.support.sessions_api import SessionsApi

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

AGENT_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
EXAMPLES = 12
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]


@schemathesis.serializer("video/webm", "video/mp4", "image/jpeg")
def as_bytes(_context: object, value: object) -> bytes:
    """Send what stands for a file as it is."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@pytest.fixture
def app(make_app: AppFactory, tmp_path: Any) -> Flask:
    """Give a server that is patient with strangers: looking for faults means asking for what is not there."""
    limits = {"unknown_ids_per_address": 1_000_000, "login_failures_per_address": 1_000_000}
    return make_app(api_access="open", data_dir=tmp_path, agent_secret=AGENT_SECRET, limits=limits)


@pytest.fixture
def api(app: Flask, tmp_path: Any) -> SessionsApi:
    """Give a proctor with a token, who is an agent as well."""
    caller = Caller(app).with_token()
    caller.headers["X-Agent-Secret"] = AGENT_SECRET
    return SessionsApi(app, caller, tmp_path)


def close_stream(answer: object) -> None:
    if isinstance(answer, ClosingIterator):
        answer.close()


def operations(app: Flask) -> Iterator[Any]:
    def whole(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer at once: the client of these tests closes no streams."""
        answer = app(environ, start_response)
        chunks = list(answer)
        close_stream(answer)
        return chunks

    for found in schemathesis.openapi.from_wsgi("/openapi.json", whole).get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


def known_names(api: SessionsApi) -> dict[str, dict[str, str]]:
    """Return, by path, parameters that name something that is there."""
    session_id = api.make()
    api.report_event(session_id, "no_face")
    api.upload(session_id)
    api.get(f"/sessions/{session_id}/report")
    files = {"/videos/{name}": {"name": f"{session_id}.webm"}, "/reports/{name}": {"name": f"report_{session_id}.html"}}
    return defaultdict(lambda: {"session_id": session_id}, files)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_every_answer_is_described_and_none_is_a_fault_of_ours(
    app: Flask, api: SessionsApi, mode: GenerationMode
) -> None:
    faults: list[str] = []
    tried, known = 0, known_names(api)
    for operation in operations(app):

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            nonlocal tried
            tried += 1
            if tried % 2:
                given_names = known[case.operation.path].items()
                case.path_parameters |= {name: value for name, value in given_names if name in case.path_parameters}
            answer = case.call(headers=api.caller.headers)
            case.validate_response(answer, checks=CHECKS)

        try:
            ask()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, "what takes nothing cannot be given the wrong thing"
        except FailureGroup as error:
            faults += [f"{operation.label}: {fault}" for fault in error.exceptions]

    assert faults == []
    assert tried > 100
