"""OpenAPI 3.1 of the same route table and structs that the API runs on."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from hub.domain.rights import SCOPES
from hub.http.api.problems import MIME, Problem
from hub.http.api.routes import Route
from hub.http.api.shapes import PREFIX

Json = dict[str, Any]
TEMPLATE = "#/components/schemas/{name}"
BINARY: Json = {"type": "string", "contentMediaType": "application/octet-stream"}


def openapi(routes: Sequence[Route]) -> Json:
    """The document."""
    types = list(
        dict.fromkeys(
            one
            for route in routes
            for one in (route.query, route.body, route.returns)
            if one is not None
        )
    )
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template=TEMPLATE)
    named = dict(zip([*types, Problem], schemas, strict=True))
    queries = {_name(named[route.query]) for route in routes}
    queries -= {_name(named[route.body]) for route in routes if route.body is not None}
    paths: dict[str, Json] = {}
    for route in routes:
        operation = _operation(route, named, components)
        paths.setdefault(route.plain_path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Residents hub", "version": "1"},
        "servers": [{"url": PREFIX}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            # Structs of query strings stand as parameters.
            "schemas": {name: one for name, one in components.items() if name not in queries},
            "responses": {
                "Problem": {
                    "description": "Refused",
                    "content": {MIME: {"schema": named[Problem]}},
                }
            },
        },
    }


def _operation(route: Route, named: dict[Any, Json], components: dict[str, Json]) -> Json:
    scopes = sorted(name for name, rights in SCOPES.items() if route.right in rights)
    operation: Json = {
        "operationId": route.name,
        "summary": inspect.getdoc(route.handler) or "",
        "tags": [route.path.split("/")[1]],
        "security": [{"bearer": scopes}],
        "parameters": _parameters(route, named, components),
        "responses": {str(route.status): _success(route, named)},
    }
    if route.body is not None:
        required = bool(components[_name(named[route.body])].get("required"))
        operation["requestBody"] = {
            "required": required,
            "content": {"application/json": {"schema": named[route.body]}},
        }
    if route.upload:
        form = {"type": "object", "properties": {"file": BINARY}, "required": ["file"]}
        operation["requestBody"] = {
            "required": True,
            "content": {"multipart/form-data": {"schema": form}},
        }
    operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}
    return operation


def _parameters(route: Route, named: dict[Any, Json], components: dict[str, Json]) -> list[Json]:
    found: list[Json] = []
    for name, pattern in route.parameters.items():
        schema: Json = {"type": "string", "pattern": f"^{pattern}$"}
        if name == "number":
            schema = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    shape = components[_name(named[route.query])]
    for name, schema in shape["properties"].items():
        required = name in shape.get("required", [])
        found.append({"name": name, "in": "query", "required": required, "schema": schema})
    if route.versioned and route.method != "GET":
        schema = {"type": "string"}
        found.append({"name": "If-Match", "in": "header", "required": False, "schema": schema})
    return found


def _success(route: Route, named: dict[Any, Json]) -> Json:
    answer: Json = {"description": HTTPStatus(route.status).phrase}
    if route.returns is not None:
        answer["content"] = {"application/json": {"schema": named[route.returns]}}
    elif route.status != HTTPStatus.NO_CONTENT:
        answer["content"] = {"application/octet-stream": {"schema": BINARY}}
    if route.versioned:
        answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
    return answer


def _name(schema: Json) -> str:
    name: str = schema["$ref"].rpartition("/")[2]
    return name
