"""Whether a caller is one of the institution's exam apps.

Exam apps send no credentials of their own. What proves them is, strongest first: a bearer key that a forwarder
beside the exam app adds; the address range it calls from, on the listener meant for it; a secret path prefix, which
candidates could learn and which therefore counts only together with the address range.
"""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from functools import lru_cache

from proctor.settings import Settings


@dataclass(frozen=True, slots=True)
class Caller:
    """What the connection shows. ``address`` and ``port`` are the socket's own, never a forwarded header's.

    A request that a proxy forwarded therefore shows the proxy's address, which proves nothing about its sender.
    """

    address: str
    port: int
    bearer: str | None
    prefix: str | None
    was_forwarded: bool


def is_exam_app(caller: Caller, settings: Settings) -> bool:
    """True where the caller has proved to be an exam app."""
    if caller.bearer is not None:
        return any(hmac.compare_digest(caller.bearer.encode(), key.encode()) for key in settings.exam_app_keys)
    if not _is_allowed_address(caller, settings):
        return False
    if not settings.exam_app_prefixes:
        return True
    given = (caller.prefix or "").encode()
    return any(hmac.compare_digest(given, prefix.encode()) for prefix in settings.exam_app_prefixes)


def is_open_to(caller: Caller, settings: Settings) -> bool:
    """True where no credentials are asked for: open access, from this very machine, with no proxy between."""
    return settings.api_access == "open" and not caller.was_forwarded and _is_loopback(caller.address)


def _is_allowed_address(caller: Caller, settings: Settings) -> bool:
    if caller.was_forwarded or settings.exam_app_port not in {None, caller.port}:
        return False
    try:
        address = ipaddress.ip_address(caller.address)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in ipaddress.ip_network(network) for network in settings.exam_app_networks)


@lru_cache(maxsize=1_000)
def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback
