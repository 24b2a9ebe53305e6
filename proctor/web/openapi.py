"""The OpenAPI 3.1 description of the JSON routes, made from what the routes declare."""

from __future__ import annotations

import inspect
import re
from typing import Any

from flask import current_app
from pydantic import TypeAdapter
from werkzeug.routing import Rule

from proctor.records import Role
from proctor.web.endpoint import Declaration, declaration_of

TITLES = {
    400: "The request could not be read",
    401: "No credentials, or none that hold",
    403: "Not allowed",
    404: "No such thing, or not yours",
    409: "The state does not allow it",
    410: "Too late",
    413: "Too large",
    415: "A media type that is not taken here",
    416: "That range is not in the file",
    422: "A field is missing, of the wrong type or out of range",
    429: "Too many",
    503: "The database is away; send the same again later",
    507: "The server's disk is full; send the same again later",
}
SECURITY: dict[Role, list[dict[str, list[str]]]] = {
    Role.PROCTOR: [{"bearer": []}, {"console": []}],
    Role.EXAM_APP: [{"bearer": []}, {}],
    Role.AGENT: [{"agent": []}],
    Role.ANYONE: [{}],
    Role.CANDIDATE: [{}],
    Role.LOCAL: [{}],
}
REF = "#/components/schemas/{model}"


def describe() -> dict[str, object]:
    """Return the description of every JSON route of the current application."""
    schemas: dict[str, Any] = {"Error": _error_schema()}
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = current_app.view_functions[rule.endpoint]
        declaration = declaration_of(view)
        if declaration is None or declaration.is_page or rule.endpoint == "static":
            continue
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule, view, declaration, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Proctor", "version": "1", "description": "Exam proctoring: sessions, events, actions."},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _security_schemes()},
    }


def _operation(rule: Rule, view: Any, declaration: Declaration, schemas: dict[str, Any]) -> dict[str, Any]:
    summary = inspect.getdoc(view) or ""
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_")
        + ("_" + rule.rule.strip("/") if rule.rule == "/healthz" else ""),
        "summary": summary.split("\n", maxsplit=1)[0],
        "security": [scheme for role in sorted(declaration.roles) for scheme in SECURITY[role]],
        "responses": _responses(declaration, schemas),
    }
    parameters = [_path_parameter(name) for name in sorted(rule.arguments)] + _query_parameters(declaration)
    if parameters:
        operation["parameters"] = parameters
    if declaration.body is not None:
        schema = _schema(declaration.body, schemas, "validation")
        if declaration.takes_list:
            schema = {"oneOf": [schema, {"type": "array", "items": schema}]}
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
        operation["requestBody"]["required"] = any(f.is_required() for f in declaration.body.model_fields.values())
    if declaration.upload_field is not None:
        file = {"type": "string", "contentMediaType": "application/octet-stream"}
        form = {
            "type": "object",
            "required": [declaration.upload_field],
            "properties": {declaration.upload_field: file},
        }
        operation["requestBody"] = {"content": {"multipart/form-data": {"schema": form}}, "required": True}
    if declaration.upload_types:
        file = {"type": "string", "contentMediaType": "application/octet-stream"}
        content = {media_type: {"schema": file} for media_type in declaration.upload_types}
        operation["requestBody"] = {"content": content, "required": True}
    return operation


def _responses(declaration: Declaration, schemas: dict[str, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done"}
    if declaration.answer is not None:
        success["content"] = {"application/json": {"schema": _schema(declaration.answer, schemas, "serialization")}}
    elif declaration.media_types != ("application/json",):
        success["content"] = {media_type: {"schema": {"type": "string"}} for media_type in declaration.media_types}
    usual = {503} | (set() if declaration.roles == {Role.ANYONE} else {401, 403})
    is_upload = bool(declaration.upload_field or declaration.upload_types)
    usual |= {400, 403, 413, 415, 422} if declaration.body or is_upload else set()
    usual |= {507} if is_upload else set()
    usual |= {400, 422} if declaration.query else set()
    usual |= {429} if 404 in declaration.errors else set()
    failed = usual | set(declaration.errors)
    failures = {
        str(status): {
            "description": TITLES[status],
            "content": {"application/json": {"schema": {"$ref": REF.format(model="Error")}}},
        }
        for status in sorted(failed)
    }
    partial = {"206": success | {"description": "The byte range that was asked for"}} if 416 in failed else {}
    return {str(declaration.status): success, **partial, **failures}


def _schema(shape: Any, schemas: dict[str, Any], mode: Any) -> dict[str, Any]:
    schema = TypeAdapter(shape).json_schema(ref_template=REF, mode=mode)
    schemas.update(schema.pop("$defs", {}))
    name = schema.get("title")
    if name is None:
        return schema
    schemas[name] = schema
    return {"$ref": REF.format(model=name)}


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameters(declaration: Declaration) -> list[dict[str, Any]]:
    if declaration.query is None:
        return []
    properties = declaration.query.model_json_schema()["properties"]
    return [{"name": name, "in": "query", "required": False, "schema": shape} for name, shape in properties.items()]


def _error_schema() -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string"}}
    return {
        "type": "object",
        "required": ["detail"],
        "properties": {
            "detail": {"type": "string"},
            "errors": {"type": "object", "additionalProperties": texts},
            "retry_after_s": {"type": "integer"},
        },
    }


def _security_schemes() -> dict[str, Any]:
    return {
        "bearer": {"type": "http", "scheme": "bearer"},
        "console": {"type": "apiKey", "in": "cookie", "name": "proctor_console"},
        "agent": {"type": "apiKey", "in": "header", "name": "X-Agent-Secret"},
    }
