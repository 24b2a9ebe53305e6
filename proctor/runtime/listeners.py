"""Which addresses the demo listens on: loopback only, because it answers without credentials."""

from __future__ import annotations

import errno
import ipaddress
import socket

# Where exam apps send their candidates unless told otherwise.
EXAM_APP_DEFAULT_PORT = 5173
NO_SUCH_ADDRESS = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class ListenError(Exception):
    """The demo cannot listen there; the message says why and what to do."""


class PortBusyError(ListenError):
    """Another program listens on the port."""


def choose(host: str, port_text: str) -> list[tuple[str, int]]:
    """Return the addresses to bind: ``host`` on its port, and on 5173 as well where that is free.

    Raises:
        ListenError: the host is not this machine's loopback, or the port is no port or taken.
    """
    addresses = loopback_addresses(host)
    port = parse_port(port_text)
    chosen = _free(addresses, port)
    if not chosen:
        raise ListenError(f"This machine has no address {host}.")
    try:
        extra = _free(addresses, EXAM_APP_DEFAULT_PORT) if port != EXAM_APP_DEFAULT_PORT else []
    except ListenError:
        extra = []
    return chosen + extra


def loopback_addresses(host: str) -> list[str]:
    """Return the addresses behind ``host``; raise :class:`ListenError` where others could reach one of them."""
    if host == "localhost":
        return ["127.0.0.1", "::1"]
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise ListenError(
            f"The demo answers without credentials, so it listens on this machine only: HOST={host} is refused. "
            "Leave HOST out, or see docs/deployment.md for a server that others can reach."
        )
    return [host]


def parse_port(text: str) -> int:
    """Return the port that ``text`` names; raise :class:`ListenError` where it names none."""
    if text.isascii() and text.isdigit() and 0 < int(text) < 65_536:
        return int(text)
    raise ListenError(f"PORT must be a number from 1 to 65535, not {text!r}.")


def in_url(host: str) -> str:
    """Return ``host`` as a URL or ``--bind`` has it: IPv6 addresses in brackets (RFC 3986, section 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def _free(addresses: list[str], port: int) -> list[tuple[str, int]]:
    return [(address, port) for address in addresses if _can_bind(address, port)]


def _can_bind(address: str, port: int) -> bool:
    """Return False where the machine lacks the address (as it may lack IPv6); raise where the port is not to be had."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:
        if error.errno in NO_SUCH_ADDRESS:
            return False
        if error.errno == errno.EADDRINUSE:
            raise PortBusyError(
                f"Port {port} is in use by another program. Stop that, or take another: PORT={port + 1} make run"
            ) from error
        raise ListenError(f"Port {port} cannot be used: {error.strerror}.") from error
    return True
