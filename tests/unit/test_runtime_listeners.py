"""The demo answers without credentials, so nobody but this machine may reach it."""

import contextlib
import socket
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from proctor.runtime import gunicorn_config, listeners
from proctor.runtime.listeners import ListenError, PortBusyError
from proctor.runtime.ports import free_port
from tests.support.factories import SECRET


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1"])
def test_a_loopback_address_is_accepted(host: str) -> None:
    assert listeners.loopback_addresses(host) == [host]


def test_localhost_means_both_loopback_addresses() -> None:
    assert listeners.loopback_addresses("localhost") == ["127.0.0.1", "::1"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", "", "localhost.example.org"])
def test_an_address_that_others_can_reach_is_refused(host: str) -> None:
    with pytest.raises(ListenError, match=r"listens on this machine only"):
        listeners.loopback_addresses(host)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "", "8000 ", "٨"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ListenError, match="PORT must be a number from 1 to 65535"):
        listeners.parse_port(text)


def test_a_taken_port_is_refused_with_the_command_for_another(taken_port: int) -> None:
    with pytest.raises(PortBusyError, match=f"Port {taken_port} is in use.*PORT={taken_port + 1} make run"):
        listeners.choose("127.0.0.1", str(taken_port))


def test_the_exam_apps_default_port_is_taken_as_well_where_free(monkeypatch: pytest.MonkeyPatch) -> None:
    port, extra = free_port(), free_port()
    monkeypatch.setattr(listeners, "EXAM_APP_DEFAULT_PORT", extra)

    assert listeners.choose("127.0.0.1", str(port)) == [("127.0.0.1", port), ("127.0.0.1", extra)]


def test_the_exam_apps_default_port_is_left_alone_where_taken(taken_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setattr(listeners, "EXAM_APP_DEFAULT_PORT", taken_port)

    assert listeners.choose("127.0.0.1", str(port)) == [("127.0.0.1", port)]


def test_an_address_that_this_machine_lacks_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listeners, "_can_bind", lambda *_: False)

    with pytest.raises(ListenError, match="no address ::1"):
        listeners.choose("::1", "8000")


ADDRESSES = [("127.0.0.1", 8000), ("::1", 8000)]


@pytest.mark.parametrize(
    ("mode", "addresses", "is_refused"),
    [
        ("demo", ADDRESSES, False),
        ("demo", ["/run/proctor.sock"], False),
        ("demo", [*ADDRESSES, ("0.0.0.0", 8000)], True),
        ("demo", [("", 8000)], True),
        ("demo", [("192.0.2.7", 8000)], True),
        ("production", [("0.0.0.0", 8000)], False),
    ],
)
def test_gunicorn_opens_the_demo_to_nobody_else(
    monkeypatch: pytest.MonkeyPatch, mode: str, addresses: list[object], is_refused: bool
) -> None:
    monkeypatch.setenv("PROCTOR_MODE", mode)
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("PROCTOR_PUBLIC_URLS", "http://localhost:8000")
    server = SimpleNamespace(cfg=SimpleNamespace(address=addresses))

    with pytest.raises(SystemExit, match="this machine only") if is_refused else contextlib.nullcontext():
        gunicorn_config.on_starting(server)
