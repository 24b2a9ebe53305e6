"""Asks a server whether it is well, as the launcher and a container engine do."""

from __future__ import annotations

import http.client
from http import HTTPStatus

TIMEOUT_S = 4


def is_well(host: str, port: int, *, public_name: str | None = None) -> bool:
    """Return whether the server at ``host`` and ``port`` answers that it and its database are well.

    ``public_name`` is the name under which clients know it: the application refuses requests for any other.
    """
    connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health", headers={"Host": public_name} if public_name else {})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
