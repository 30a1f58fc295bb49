"""OpenAPI 3.1 of the app's routes and of what its WebSocket says."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from hub.http.api.openapi import BINARY, TEMPLATE
from hub.http.api.problems import MIME, Problem
from hub.http.app.frames import FRAMES
from hub.http.app.routes import Route
from hub.http.app.shapes import PREFIX

Json = dict[str, Any]


def openapi(routes: Sequence[Route]) -> Json:
    """The document. `/live` is described as the shapes of its frames, which OpenAPI has no words
    for."""
    types = list(
        dict.fromkeys(
            one
            for route in routes
            for one in (route.query, route.body, route.returns)
            if one is not None
        )
    )
    types += [Problem, *FRAMES]
    schemas, components = msgspec.json.schema_components(types, ref_template=TEMPLATE)
    named = dict(zip(types, schemas, strict=True))
    queries = {_name(named[route.query]) for route in routes}
    paths: dict[str, Json] = {}
    for route in routes:
        operation = _operation(route, named, components)
        paths.setdefault(route.plain_path, {})[route.method.lower()] = operation
    paths["/live"] = {"get": _live(named)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Residents hub: the resident app", "version": "1"},
        "servers": [{"url": PREFIX}],
        "security": [{"resident": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "resident": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
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
    operation: Json = {
        "operationId": route.name,
        "summary": inspect.getdoc(route.handler) or "",
        "parameters": _parameters(route, named, components),
        "responses": {str(route.status): _success(route, named)},
    }
    if route.body is not None:
        operation["requestBody"] = {
            "required": True,
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
    return found


def _success(route: Route, named: dict[Any, Json]) -> Json:
    answer: Json = {"description": HTTPStatus(route.status).phrase}
    if route.returns is not None:
        answer["content"] = {"application/json": {"schema": named[route.returns]}}
    else:
        answer["content"] = {"application/octet-stream": {"schema": BINARY}}
    return answer


def _live(named: dict[Any, Json]) -> Json:
    frames = {"anyOf": [named[one] for one in FRAMES]}
    return {
        "operationId": "get_live",
        "summary": "A WebSocket of JSON frames; the first one says who is there.",
        # The token comes in the first frame: a browser sends no headers with a WebSocket.
        "security": [{}],
        "responses": {
            "101": {
                "description": "Frames of both sides",
                "content": {"application/json": {"schema": frames}},
            },
            "default": {"$ref": "#/components/responses/Problem"},
        },
    }


def _name(schema: Json) -> str:
    name: str = schema["$ref"].rpartition("/")[2]
    return name
