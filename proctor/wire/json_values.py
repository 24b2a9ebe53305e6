"""Reading JSON from strangers: what no body of ours ever needs is refused before anything looks at it."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from proctor.errors import InvalidInput, MalformedInput
from proctor.settings import Limits

MAX_DEPTH = 16
MAX_KEYS = 64
MAX_INTEGER = 2**53
"""Beyond it, JavaScript can no longer tell neighbours apart (RFC 8259, section 6)."""

M = TypeVar("M", bound=BaseModel)


def parse(raw: bytes) -> Any:
    """Return the JSON value in ``raw``. Raises ``MalformedInput`` for anything else, NaN and surrogates included."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise MalformedInput("The body is not valid JSON.") from error
    check(value)
    return value


def check(value: object) -> None:
    """Raise ``MalformedInput`` where ``value`` is too deep, has too many keys, NULs, surrogates or vast numbers."""
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        inner: list[object] = []
        for outer in level:
            if isinstance(outer, str):
                _check_text(outer)
            elif isinstance(outer, dict):
                _check_number_of_keys(outer)
                inner += outer
                inner += outer.values()
            elif isinstance(outer, list):
                inner += outer
            else:
                _check_scalar(outer)
        if not inner:
            return
        level = inner
    raise MalformedInput(f"The body is nested more than {MAX_DEPTH} deep.")


def validate(model: type[M], value: object, limits: Limits | None = None) -> M:
    """Return ``value`` as ``model``, within ``limits`` (the default ones for None).

    Raises ``MalformedInput`` for what is no object, ``InvalidInput`` by field.
    """
    if not isinstance(value, dict):
        raise MalformedInput("The body must be a JSON object.")
    try:
        return model.model_validate(value, context=limits)
    except ValidationError as error:
        raise invalid(error) from error


def validate_list(model: type[M], values: list[object], limits: Limits) -> list[M]:
    """Return ``values`` as a list of ``model``; raises like ``validate``, and for lists that are empty or too long."""
    if not 1 <= len(values) <= limits.event_batch:
        message = f"Send between 1 and {limits.event_batch} in one list."
        raise InvalidInput(message, errors={"body": [message]})
    if not all(isinstance(value, dict) for value in values):
        raise MalformedInput("Each one in the list must be a JSON object.")
    try:
        return _list_of(model).validate_python(values, context=limits)
    except ValidationError as error:
        raise invalid(error) from error


@cache
def _list_of(model: type[M]) -> TypeAdapter[list[M]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]  # a type that is only known at run time


def invalid(error: ValidationError) -> InvalidInput:
    """Return what is wrong, by field, as one of our errors."""
    problems: dict[str, list[str]] = {}
    for fault in error.errors(include_url=False, include_context=False, include_input=False):
        field = ".".join(str(part) for part in fault["loc"]) or "body"
        problems.setdefault(field, []).append(fault["msg"].removeprefix("Value error, "))
    named = ", ".join(sorted(problems))
    return InvalidInput(f"Please check: {named}.", errors=problems)


def _check_number_of_keys(value: dict[object, object]) -> None:
    if len(value) > MAX_KEYS:
        raise MalformedInput(f"An object has more than {MAX_KEYS} keys.")


def _check_scalar(value: object) -> None:
    if isinstance(value, int | float) and not -MAX_INTEGER <= value <= MAX_INTEGER:
        raise MalformedInput("A number is out of range.")
    if isinstance(value, bytes):
        raise MalformedInput("Binary data has no place here.")


def _check_text(text: str) -> None:
    if "\x00" in text or (not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text)):
        raise MalformedInput("A text holds characters that no text may hold.")
