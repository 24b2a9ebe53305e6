"""Whether a page lets itself be shown in a frame on ours."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

TIMEOUT_S = 2.0


def refuses(headers: Mapping[str, str], our_origin: str) -> bool:
    """True where the response ``headers`` (names in lower case) forbid a frame on ``our_origin``.

    ``frame-ancestors`` wins over ``X-Frame-Options`` (CSP Level 3, section 6.4.2; RFC 7034).
    """
    policies = [found for text in headers.get("content-security-policy", "").split(",") if (found := _ancestors(text))]
    if policies:
        return any(not sources & _names_of(our_origin) for sources in policies)
    return headers.get("x-frame-options", "").strip().lower() in {"deny", "sameorigin"}


def page_refuses(url: str, our_origin: str) -> bool:
    """Ask the page at ``url``, whose origin must be one the operator allows, without following it anywhere else.

    A page that does not answer in two seconds counts as willing: the candidate's page offers a second window anyway.
    """
    parts = urlsplit(url)
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    try:
        connection = _connect(parts.scheme, parts.hostname or "", parts.port)
        try:
            connection.request("HEAD", target, headers={"User-Agent": "Proctor"})
            answered = connection.getresponse()
            headers = {name.lower(): answered.getheader(name, "") for name, _ in answered.getheaders()}
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return False
    return refuses(headers, our_origin)


def _ancestors(policy: str) -> frozenset[str]:
    """Return the sources of a policy's first ``frame-ancestors``, with its name; empty where there is none."""
    for directive in policy.lower().split(";"):
        words = directive.split()
        if words[:1] == ["frame-ancestors"]:
            return frozenset(words)
    return frozenset()


def _names_of(origin: str) -> frozenset[str]:
    """Return the source expressions that match ``origin``; ``http:`` matches https as well (CSP Level 3, 6.7.2.8)."""
    return frozenset({"*", "http:", origin} | ({"https:"} if origin.startswith("https:") else set()))


def _connect(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
