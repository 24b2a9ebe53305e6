"""Pages of a sorted list, found by key and never by skipping rows, so that page 1,000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from pymongo import DESCENDING

from proctor.errors import InvalidInput

Document = dict[str, Any]
MAX_INT64 = 2**63 - 1
"""Greater numbers cannot be in the database, nor be sent to it."""


def after(cursor: str | None, fields: Sequence[str], direction: int) -> Document:
    """Return the query for what follows ``cursor`` in a list sorted by ``fields``, of which the first is a time.

    None gives ``{}``. Raises ``InvalidInput`` for a text that is no cursor of ours.
    """
    if cursor is None:
        return {}
    last = _decode(cursor, len(fields))
    beyond, from_there = ("$lt", "$lte") if direction == DESCENDING else ("$gt", "$gte")
    later = [
        dict(zip(fields[:depth], last[:depth], strict=True)) | {fields[depth]: {beyond: last[depth]}}
        for depth in range(len(fields))
    ]
    # The first bound is implied by the others; spelled out, it is where the index scan begins.
    return {fields[0]: {from_there: last[0]}, "$or": later}


def cut(documents: list[Document], limit: int, fields: Sequence[str]) -> tuple[list[Document], str | None]:
    """Split ``limit`` + 1 fetched documents into the page and the cursor of what follows, None at the end."""
    if len(documents) <= limit:
        return documents, None
    last = documents[limit - 1]
    return documents[:limit], encode([last[field] for field in fields])


def encode(key: list[Any]) -> str:
    """Return ``key``, the values that a list is sorted by, as a cursor."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).decode().rstrip("=")


def decode_texts(cursor: str, length: int) -> list[str]:
    """Return the key in ``cursor``, which is ``length`` texts; raise ``InvalidInput`` for anything else."""
    try:
        key = _loads(cursor)
    except (binascii.Error, ValueError) as error:
        raise _foreign() from error
    if not isinstance(key, list) or len(key) != length or not all(isinstance(part, str) for part in key):
        raise _foreign()
    return key


def _loads(cursor: str) -> Any:
    return orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


def _decode(cursor: str, length: int) -> list[Any]:
    try:
        at, *rest = _loads(cursor)
        key = [datetime.fromisoformat(at).astimezone(UTC), *rest]
    except (binascii.Error, OverflowError, TypeError, ValueError) as error:
        raise _foreign() from error
    if len(key) != length or not all(isinstance(part, str) or _is_storable(part) for part in rest):
        raise _foreign()
    return key


def _is_storable(part: object) -> bool:
    return isinstance(part, int) and -MAX_INT64 <= part <= MAX_INT64


def _foreign() -> InvalidInput:
    message = "The cursor is not one that this list gave."
    return InvalidInput(message, errors={"cursor": [message]})
