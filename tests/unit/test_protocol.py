"""docs/protocol.md is the contract of the live channel: it is compared with the code that keeps it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from proctor.domain.snapshots import MOST_PIXELS
from proctor.errors import ProctorError, Unavailable
from proctor.records import ActionKind, EndedBy
from proctor.settings import Limits, Settings
from proctor.sockets.candidate import CandidateNamespace
from proctor.sockets.guard import Declaration, GuardedNamespace
from proctor.sockets.proctor import ProctorNamespace
from proctor.wire.shapes import ActionAnswer, StateAnswer

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
NAMESPACES: dict[str, type[GuardedNamespace]] = {"/candidate": CandidateNamespace, "/proctor": ProctorNamespace}
TO_SERVER = {"/candidate": "Candidate → server", "/proctor": "Proctor → server"}
TO_CLIENT = {"/candidate": "Server → candidate", "/proctor": "Server → proctor"}
NAME = r"`([a-z_]+)(\?)?`"


def section(title: str, level: int, text: str = TEXT) -> str:
    marker = "#" * level
    found = re.search(rf"^{marker} {re.escape(title)}\n(.*?)(?=^#{{1,{level}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/protocol.md has no section {title!r}"
    return found.group(1)


def rows(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def messages(namespace: str, title: str) -> dict[str, str]:
    """Return the messages of one table: name and fields."""
    table = rows(section(title, 3, section(f"`{namespace}`", 2)))
    return {cells[0].strip("`"): cells[1] for cells in table}


def handlers(namespace: type[GuardedNamespace]) -> dict[str, Declaration]:
    named = {name.removeprefix("on_"): getattr(namespace, name) for name in dir(namespace) if name.startswith("on_")}
    return {name: handler.declaration for name, handler in named.items() if hasattr(handler, "declaration")}


def sources(*folders: str) -> Iterator[ast.AST]:
    for folder in folders:
        for path in (ROOT / "proctor" / folder).glob("*.py"):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def called(name: str, *folders: str) -> list[ast.Call]:
    calls = [node for node in sources(*folders) if isinstance(node, ast.Call)]
    return [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", None)) == name]


def emitted(namespace: str) -> set[str]:
    """Return the names in every ``emit("name", …, namespace=…)``."""
    constant = namespace.removeprefix("/").upper()
    names = set()
    for call in called("emit", "sockets"):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        space, name = given["namespace"], call.args[0]
        assert isinstance(space, ast.Name), "an emit names its namespace by its constant"
        assert isinstance(name, ast.Constant), "an emit names its message as a literal"
        if space.id == constant:
            names.add(str(name.value))
    return names


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_the_messages_that_clients_may_send_are_exactly_those_with_a_handler(namespace: str) -> None:
    assert messages(namespace, TO_SERVER[namespace]).keys() == handlers(NAMESPACES[namespace]).keys()


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_the_messages_that_clients_get_are_exactly_those_that_are_sent(namespace: str) -> None:
    assert messages(namespace, TO_CLIENT[namespace]).keys() == emitted(namespace)


@pytest.mark.parametrize(
    ("namespace", "message"),
    [(namespace, message) for namespace, kind in NAMESPACES.items() for message in handlers(kind)],
)
def test_the_fields_of_a_message_are_exactly_those_its_handler_takes(namespace: str, message: str) -> None:
    described = re.sub(r"`\{.*?\}`", "", messages(namespace, TO_SERVER[namespace])[message])
    body = handlers(NAMESPACES[namespace])[message].body

    assert {name for name, _ in re.findall(NAME, described)} == body.model_fields.keys()
    assert {name for name, mark in re.findall(NAME, described) if mark} <= {
        name for name, field in body.model_fields.items() if not field.is_required()
    }


def test_no_client_can_call_a_method_that_is_not_declared_as_a_handler() -> None:
    for namespace in NAMESPACES.values():
        assert [name for name in dir(namespace) if name.startswith("on_")] == [
            f"on_{name}" for name in sorted(handlers(namespace))
        ]


def test_the_candidates_state_and_actions_have_the_fields_that_are_described() -> None:
    state = re.search(r"^\*\*State\*\*: `\{(.*?)\}`", TEXT, re.MULTILINE)
    action = messages("/candidate", "Server → candidate")["action"]

    assert state
    assert set(re.findall(r'"([a-z_]+)"', state.group(1))) == StateAnswer.__annotations__.keys()
    assert {name for name, _ in re.findall(NAME, re.sub(r"\(.*?\)", "", action))} == ActionAnswer.__annotations__.keys()
    assert set(re.findall(r"`([a-z_]+)`", action.split("(")[1].split(")")[0])) == set(ActionKind) - {ActionKind.START}


def test_the_ends_of_a_session_are_those_that_are_described() -> None:
    [sentence] = re.findall(r"^`ended_by` is one of (.*)\.$", TEXT, re.MULTILINE)

    assert set(re.findall(r"`([a-z_]+)`", sentence)) == set(EndedBy)


def test_a_refused_connection_gets_one_of_the_words_that_are_described() -> None:
    refusals = [*called("Refused", "sockets"), *called("Refusal", "sockets")]
    used = {node.value for call in refusals for node in ast.walk(call) if isinstance(node, ast.Constant)}
    [sentence] = re.findall(r"with `message` one of (.*?)\. Only", TEXT, re.DOTALL)

    assert used
    assert used <= set(re.findall(r"`([a-z_]+)`", sentence))


def subclasses_of(error: type[ProctorError]) -> Iterator[type[ProctorError]]:
    for subclass in error.__subclasses__():
        yield subclass
        yield from subclasses_of(subclass)


def test_every_status_of_an_error_is_explained() -> None:
    explained = {int(cells[0]) for cells in rows(section("Answers", 2))}
    known = {error.__name__: error.status for error in subclasses_of(ProctorError)}
    raised = {status for name, status in known.items() if called(name, "sockets", "wire")}

    assert explained <= {ProctorError.status, *known.values()}
    assert raised | {ProctorError.status, Unavailable.status} <= explained


def kib(number: int) -> str:
    assert number % 1_024 == 0
    return f"{number // 1_024} KiB"


def test_the_limits_are_the_defaults_of_the_settings() -> None:
    limits = Limits()

    assert {cells[0]: cells[1] for cells in rows(section("Limits", 2))} == {
        "one message": kib(limits.socket_message_bytes),
        "signals per connection": f"{limits.signals_per_minute} a minute",
        "events per candidate": f"{limits.events_per_second} a second, bursts of {3 * limits.events_per_second}",
        "events per session": f"{limits.events_per_session:,}",
        "snapshot": f"{kib(limits.snapshot_bytes)}, {MOST_PIXELS} by {MOST_PIXELS} pixels",
        "snapshots per candidate's connection": (
            f"{limits.snapshots_per_minute} a minute, bursts of {limits.snapshots_per_minute // 6}"
        ),
        "event payload": kib(limits.event_payload_bytes),
        "other messages per connection": (
            f"{limits.messages_per_second} a second, bursts of {4 * limits.messages_per_second}"
        ),
        "connections per candidate": str(limits.candidate_connections),
        "viewers per candidate": str(limits.viewers_per_candidate),
    }
    most = re.search(r"(\d+) of", messages("/candidate", "Candidate → server")["events"])
    assert most
    assert int(most.group(1)) == limits.event_batch


def test_a_lost_connection_and_turn_credentials_last_as_long_as_is_described() -> None:
    settings = Settings.model_fields

    assert f"silence of {settings['offline_after_s'].default} s is a lost connection" in TEXT
    assert settings["turn_minutes"].default == 60
    assert "valid for one hour at most" in TEXT
