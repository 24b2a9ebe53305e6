"""Answers that several areas share."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict


class StatusAnswer(TypedDict):
    """Where the session stands after what was done."""

    status: str
    action_id: NotRequired[str]


class IdAnswer(TypedDict):
    """The id of what was stored."""

    id: str


class HealthAnswer(TypedDict):
    """That the server and its database work."""

    status: str
    message: str
