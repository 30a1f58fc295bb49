"""/app/v1: residents in the organisation's own app see their cases and write."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from hub.domain.errors import Forbidden
from hub.http.api.ask import read_body, read_query
from hub.http.api.problems import Speaker
from hub.http.app import cases, cors, files, writing
from hub.http.app.call import Call, Desk
from hub.http.app.ears import Ears
from hub.http.app.live import serve
from hub.http.app.openapi import openapi
from hub.http.app.routes import Route, is_response
from hub.ports.channel import Accept
from hub.ports.residentapp import AppDoor, Presence
from hub.services.residentapp import ResidentApp
from hub.services.services import Services

HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
ROUTES: tuple[Route, ...] = (*cases.ROUTES, *writing.ROUTES, *files.ROUTES)
SOCKETS = 5_000
"""Open connections of a process, those included that have not said yet who is there."""


def build(
    services: Services, doors: Sequence[AppDoor], accept: Accept, presence: Presence
) -> web.Application:
    """The application to be mounted at /app/v1."""
    speaker = Speaker(services.deps.texts)
    desk = Desk(doors, accept, services, ResidentApp(services), presence)
    origins = frozenset(origin for door in doors for origin in door.origins)
    ears, room = Ears(services.deps.live), asyncio.Semaphore(SOCKETS)

    @web.middleware
    async def speak(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = cors.preflight(request, origins)
        if asked is not None:
            return asked
        try:
            return await handler(request)
        except Exception as error:
            return speaker.of(request, error)

    async def head(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        cors.mark(request, response, origins)

    async def described(_: web.Request) -> web.Response:
        return web.Response(body=document, content_type="application/json")

    async def live(request: web.Request) -> web.StreamResponse:
        if not cors.allowed(request, origins):
            raise Forbidden(action="live")
        if room.locked():
            raise web.HTTPServiceUnavailable
        async with room:
            return await serve(desk, ears, request)

    app = web.Application(middlewares=[speak])
    app.on_response_prepare.append(head)
    app.cleanup_ctx.append(ears.context)
    app.on_shutdown.append(ears.close)
    for route in ROUTES:
        app.router.add_route(route.method, route.path, _door(desk, route))
    document = msgspec.json.encode(openapi(ROUTES))
    app.router.add_route("GET", "/openapi.json", described)
    app.router.add_get("/live", live, allow_head=False)
    return app


def _door(desk: Desk, route: Route) -> Handler:
    """Who asks, not too often, is what they say in order: then the handler."""

    async def answer(request: web.Request) -> web.StreamResponse:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        door, resident = await desk.who(token.strip() if kind.lower() == "bearer" else "")
        caller = await desk.caller(door, resident)
        await caller.spend(route.spends)
        done = await route.handler(
            Call(
                caller=caller,
                request=request,
                query=read_query(request, route.query),
                body=await read_body(request, route.body) if route.body is not None else None,
            )
        )
        if is_response(done):
            found: web.StreamResponse = done
            return found
        return web.Response(
            status=route.status, body=msgspec.json.encode(done), content_type="application/json"
        )

    return answer
