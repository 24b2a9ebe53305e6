"""Whether a page lets itself be shown in a frame on ours."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

TIMEOUT_S = 2.0
PATIENT_DIRECTIVES = frozenset({"*", "http:", "https:"})


def refuses(headers: Mapping[str, str], our_origin: str) -> bool:
    """True where the response ``headers`` (names in lower case) forbid a frame on ``our_origin``.

    ``frame-ancestors`` wins over ``X-Frame-Options`` (CSP Level 3, section 6.4.2; RFC 7034).
    """
    for policy in headers.get("content-security-policy", "").split(","):
        for directive in policy.split(";"):
            name, *sources = directive.split() or [""]
            if name.lower() == "frame-ancestors":
                return not ({source.lower() for source in sources} & (PATIENT_DIRECTIVES | {our_origin}))
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
            headers = {name.lower(): value for name, value in answered.getheaders()}
        finally:
            connection.close()
    except (OSError, http.client.HTTPException):
        return False
    return refuses(headers, our_origin)


def _connect(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
