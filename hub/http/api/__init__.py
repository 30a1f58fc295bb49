"""API v1: programs do what people do, by the same services and the same rights."""

from __future__ import annotations

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.http.api.ask import Ask, Reply, read_body, read_query, read_version
from hub.http.api.openapi import openapi
from hub.http.api.problems import Speaker, Unauthorized
from hub.http.api.routes import Route
from hub.http.api.table import ROUTES
from hub.services.services import Services

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def build(services: Services) -> web.Application:
    """The application to be mounted at /api/v1."""
    speaker = Speaker(services.deps.texts)

    @web.middleware
    async def speak(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Exception as error:
            return speaker.of(request, error)

    app = web.Application(middlewares=[speak])
    app.on_response_prepare.append(_head)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, _door(services, route))
    document = msgspec.json.encode(openapi(ROUTES))

    async def described(_: web.Request) -> web.Response:
        return web.Response(body=document, content_type="application/json")

    app.router.add_route("GET", "/openapi.json", described)
    return app


def _door(services: Services, route: Route) -> Handler:
    """Who asks, may they, is what they say in order: then the handler."""

    async def answer(request: web.Request) -> web.StreamResponse:
        actor = await who(services, request)
        require(actor, route.right)
        ask = Ask(
            services=services,
            request=request,
            actor=actor,
            query=read_query(request, route.query),
            body=await read_body(request, route.body) if route.body is not None else None,
            expect=read_version(request) if route.versioned else None,
        )
        done = await route.handler(ask)
        return _response(route, done) if isinstance(done, Reply) else done

    return answer


async def who(services: Services, request: web.Request) -> Actor:
    """The program behind the token of the request. Raises Unauthorized."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    actor = None
    if kind.lower() == "bearer" and 0 < len(token.strip()) <= 200:
        actor = await services.people.by_token(token.strip())
    if actor is None:
        raise Unauthorized()
    return actor


def _response(route: Route, reply: Reply) -> web.Response:
    response = web.Response(status=route.status, headers=reply.headers)
    if route.status != web.HTTPNoContent.status_code:
        response.content_type = "application/json"
        response.body = msgspec.json.encode(reply.body)
    if reply.version is not None:
        response.headers["ETag"] = f'"{reply.version}"'
    return response


async def _head(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
