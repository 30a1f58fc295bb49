"""One application of many parts: whose middlewares stand before what."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from hub.http.server import build, serving

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def part(name: str, log: list[str], *paths: str) -> web.Application:
    @web.middleware
    async def noted(request: web.Request, handler: Handler) -> web.StreamResponse:
        log.append(name)
        return await handler(request)

    async def said(request: web.Request) -> web.Response:
        return web.Response(text=f"{name} {request.path}")

    async def started(_: web.Application) -> None:
        log.append(f"{name} up")

    async def stopped(_: web.Application) -> None:
        log.append(f"{name} down")

    app = web.Application(middlewares=[noted])
    for path in paths:
        app.router.add_get(path, said)
    app.on_startup.append(started)
    app.on_cleanup.append(stopped)
    return app


async def bare(request: web.Request) -> web.Response:
    return web.Response(text="bare")


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
async def url(log: list[str]) -> AsyncIterator[str]:
    app = build(
        [web.get("/in/{account}", bare)],
        mounted={"/api/v1": part("api", log, "/cases")},
        rest=part("pages", log, "/", "/desk", "/in", "/api"),
    )
    async with serving(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("path", "text", "passed"),
    [
        ("/in/site", "bare", []),
        ("/api/v1/cases", "api /api/v1/cases", ["api"]),
        ("/", "pages /", ["pages"]),
        ("/desk", "pages /desk", ["pages"]),
        ("/in", "pages /in", ["pages"]),
    ],
)
async def test_each_part_has_its_own_middlewares(
    url: str, log: list[str], path: str, text: str, passed: list[str]
) -> None:
    log.clear()
    assert await get(url + path) == (200, text)
    assert log == passed


async def test_what_nobody_serves_passes_the_pages_middlewares(url: str, log: list[str]) -> None:
    log.clear()
    assert (await get(url + "/nowhere"))[0] == 404
    assert log == ["pages"]


async def test_every_part_is_started_and_stopped() -> None:
    log: list[str] = []
    app = build([], mounted={"/api": part("api", log)}, rest=part("pages", log))
    async with serving(app, "127.0.0.1", 0):
        assert sorted(log) == ["api up", "pages up"]
        log.clear()
    assert sorted(log) == ["api down", "pages down"]


def test_every_route_of_every_part_can_be_listed() -> None:
    """Tests of rights enumerate routes: none may hide in a part."""
    app = build(
        [web.get("/in/{account}", bare, allow_head=False)],
        mounted={"/api": part("api", [], "/cases")},
        rest=part("pages", [], "/desk"),
    )
    paths = {
        route.resource.canonical
        for resource in app.router.resources()
        for route in resource
        if route.resource is not None
    }
    assert paths == {"/in/{account}", "/api/cases", "/desk"}
