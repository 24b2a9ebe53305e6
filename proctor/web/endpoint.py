"""Declaring a route: who may call it, what it takes, what it answers. A route without a declaration answers nobody."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar, Unpack, cast

from flask import current_app, request
from flask.globals import request_ctx
from pydantic import BaseModel, ValidationError

from proctor.audit_tags import AuditTag
from proctor.errors import MalformedInput, TooLarge, UnsupportedMedia
from proctor.records import Permission, Role
from proctor.web import audit as audit_log
from proctor.web.application import Asked
from proctor.web.services import services
from proctor.wire import json_values, shapes

FAILED = 400
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
    takes_list: bool = False
    media_types: tuple[str, ...] = ("application/json",)
    upload_field: str | None = None
    upload_types: tuple[str, ...] = ()
    needs: Permission | None = None
    audit: AuditTag | None = None


class Declared(TypedDict, total=False):
    """What ``endpoint`` takes beside the roles: fields of ``Declaration``."""

    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answer: Any
    status: int
    errors: tuple[int, ...]
    takes_list: bool
    media_types: tuple[str, ...]
    upload_field: str | None
    upload_types: tuple[str, ...]
    needs: Permission | None
    audit: AuditTag | None


def endpoint(*roles: Role, **declared: Unpack[Declared]) -> Callable[[View], View]:
    """Declare a route for programs. The view gets ``body`` and ``query`` as keyword arguments, checked and typed.

    Where it ``takes_list``, a JSON list gives a list of bodies. ``media_types`` are what it answers with, and
    ``upload_field`` names the file of a multipart body, ``upload_types`` are what a body that is a file itself may be:
    the view reads both itself while they arrive. ``needs`` is what a proctor must be allowed to do; the other roles
    that are named need no more than to be that. ``audit`` is the entry that is written when a proctor's call has
    succeeded, before the answer leaves.
    """
    declaration = Declaration(frozenset(roles), **declared)
    body, query, takes_list = declaration.body, declaration.query, declaration.takes_list

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def call(**kwargs: Any) -> Any:
            if query is not None:
                kwargs["query"] = read_query(query)
            if body is not None:
                kwargs["body"] = read_body(body, takes_list=takes_list)
            return _written_down(view(**kwargs), declaration)

        return declare(call, declaration)  # type: ignore[return-value]

    return decorate


def step_in(
    *, body: type[BaseModel], audit: AuditTag, answer: Any = shapes.StatusAnswer, errors: tuple[int, ...] = (404, 409)
) -> Callable[[View], View]:
    """Declare a route by which proctors act on candidates: it needs that permission, and goes into the audit log.

    Most of them answer where the session stands then, and fail where there is none, or its state does not allow it.
    """
    return endpoint(Role.PROCTOR, body=body, answer=answer, errors=errors, needs=Permission.STEP_IN, audit=audit)


def page(*roles: Role, needs: Permission | None = None, audit: AuditTag | None = None) -> Callable[[View], View]:
    """Declare a route that answers with a page; ``needs`` and ``audit`` as in ``endpoint``."""
    declaration = Declaration(frozenset(roles), is_page=True, needs=needs, audit=audit)

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def call(**kwargs: Any) -> Any:
            return _written_down(view(**kwargs), declaration)

        return declare(call, declaration)  # type: ignore[return-value]

    return decorate


def _written_down(answer: Any, declaration: Declaration) -> Any:
    """Return ``answer``, once what it says has been done or shown is in the audit log.

    Where the log cannot be written, the caller is told to send the same again instead.
    """
    if declaration.audit is None:
        return answer
    response = current_app.make_response(answer)
    if response.status_code < FAILED:
        audit_log.record(declaration.audit)
    return response


def declare(view: View, declaration: Declaration) -> View:
    """Attach ``declaration`` to ``view`` and return it."""
    view.declaration = declaration  # type: ignore[attr-defined]
    return view


def declaration_of(view: Callable[..., Any]) -> Declaration | None:
    """Return what is declared of ``view``, or None."""
    return getattr(view, "declaration", None)


def read_body(model: type[BaseModel], *, takes_list: bool = False) -> BaseModel | list[BaseModel]:
    """Return the request's JSON body as ``model``. No body at all counts as an empty object.

    With ``takes_list`` a JSON list gives a list, which may be as long and as large as a batch of events.

    Raises ``UnsupportedMedia`` for another media type: a form or plain text is what a foreign page can send unasked.
    """
    limits, sent = services().settings.limits, cast(Asked, request_ctx.request)
    if takes_list:
        sent.max_content_length = limits.event_batch_bytes
    raw = sent.body()
    if len(raw) == sent.max_content_length and sent.content_length is None:
        # Where no length is declared, Werkzeug reads up to the limit and says nothing of the rest.
        raise TooLarge("What was sent is too large.")
    if not raw:
        return json_values.validate(model, {}, limits)
    if sent.mimetype != "application/json":
        raise UnsupportedMedia("Send JSON, with the header Content-Type: application/json.")
    value = json_values.parse(raw)
    if takes_list and isinstance(value, list):
        return json_values.validate_list(model, value, limits)
    return json_values.validate(model, value, limits)


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
