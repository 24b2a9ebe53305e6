"""Declaring a route: who may call it, what it takes, what it answers. A route without a declaration answers nobody."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError

from proctor.errors import MalformedInput, UnsupportedMedia
from proctor.records import Role
from proctor.web.services import services
from proctor.wire import json_values

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is declared of a route; the guard, the API description and the tests read it."""

    roles: frozenset[Role]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: Any = None
    status: int = 200
    errors: tuple[int, ...] = ()
    is_page: bool = False


def endpoint(
    *roles: Role,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: Any = None,
    status: int = 200,
    errors: tuple[int, ...] = (),
) -> Callable[[View], View]:
    """Declare a JSON route. The view gets ``body`` and ``query`` as keyword arguments, checked and typed."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def call(**kwargs: Any) -> Any:
            if query is not None:
                kwargs["query"] = read_query(query)
            if body is not None:
                kwargs["body"] = read_body(body)
            return view(**kwargs)

        return declare(call, Declaration(frozenset(roles), body, query, answer, status, errors))  # type: ignore[return-value]

    return decorate


def page(*roles: Role) -> Callable[[View], View]:
    """Declare a route that answers with a page."""
    return lambda view: declare(view, Declaration(frozenset(roles), is_page=True))


def declare(view: View, declaration: Declaration) -> View:
    """Attach ``declaration`` to ``view`` and return it."""
    view.declaration = declaration  # type: ignore[attr-defined]
    return view


def declaration_of(view: Callable[..., Any]) -> Declaration | None:
    """Return what is declared of ``view``, or None."""
    return getattr(view, "declaration", None)


def read_body(model: type[BaseModel]) -> BaseModel:
    """Return the request's JSON body as ``model``. No body at all counts as an empty object.

    Raises ``UnsupportedMedia`` for another media type: a form or plain text is what a foreign page can send unasked.
    """
    raw, limits = request.get_data(cache=False), services().settings.limits
    if not raw:
        return json_values.validate(model, {}, limits)
    if request.mimetype != "application/json":
        raise UnsupportedMedia("Send JSON, with the header Content-Type: application/json.")
    return json_values.validate(model, json_values.parse(raw), limits)


def read_query(model: type[BaseModel]) -> BaseModel:
    """Return the query string as ``model``.

    Raises ``MalformedInput`` for a name given twice, ``InvalidInput`` by field.
    """
    values: dict[str, str] = {}
    for name, given in request.args.lists():
        if len(given) > 1:
            raise MalformedInput(f"{name} is given more than once.")
        values[name] = given[0]
    json_values.check(values)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise json_values.invalid(error) from error
