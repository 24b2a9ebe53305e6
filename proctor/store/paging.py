"""Pages of a sorted list, found by key and never by skipping rows, so that page 1,000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from pymongo import DESCENDING

from proctor.errors import InvalidInput

Document = dict[str, Any]


def after(cursor: str | None, field: str, direction: int) -> Document:
    """Return the query for what follows ``cursor`` in a list sorted by (``field``, ``_id``); ``{}`` for None.

    Raises ``InvalidInput`` for a text that is no cursor of ours.
    """
    if cursor is None:
        return {}
    at, last_id = _decode(cursor)
    beyond = "$lt" if direction == DESCENDING else "$gt"
    return {"$or": [{field: {beyond: at}}, {field: at, "_id": {beyond: last_id}}]}


def cut(documents: list[Document], limit: int, field: str) -> tuple[list[Document], str | None]:
    """Split ``limit`` + 1 fetched documents into the page and the cursor of what follows, None at the end."""
    if len(documents) <= limit:
        return documents, None
    last = documents[limit - 1]
    return documents[:limit], _encode(last[field], last["_id"])


def _encode(at: datetime, last_id: str) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{last_id}".encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, last_id = text.split("|", 1)
        return datetime.fromisoformat(at).astimezone(UTC), last_id
    except (binascii.Error, OverflowError, ValueError) as error:
        message = "The cursor is not one that this list gave."
        raise InvalidInput(message, errors={"cursor": [message]}) from error
