"""A program that calls the API of a world of twins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientResponse, FormData, web
from aiohttp.test_utils import TestClient, TestServer

from hub.domain.catalog import CaseType, ResultCode
from hub.domain.staff import SYSTEM
from hub.http.api import build
from hub.services.services import Services
from tests.support.world import World


class Program:
    """Calls the API with a token."""

    def __init__(self, client: TestClient[web.Request, web.Application], token: str) -> None:
        self.client = client
        self.token = token

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **more: Any
    ) -> ClientResponse:
        """One call; the answer is read already."""
        given = self.token if token is None else token
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        response = await self.client.request(method, f"/api/v1{path}", headers=headers, **more)
        await response.read()
        return response

    async def get(self, path: str, **more: Any) -> Any:
        """What stands there; anything but 200 fails the test."""
        response = await self.call("GET", path, **more)
        assert response.status == 200, await response.text()
        return await response.json()

    async def post(self, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        """The JSON answer; anything but `status` fails the test."""
        response = await self.call("POST", path, {} if body is None else body, **more)
        assert response.status == status, await response.text()
        return await response.json(content_type=None)

    async def upload(self, name: str, data: bytes) -> str:
        """Store a file; returns its id."""
        form = FormData()
        form.add_field("file", data, filename=name)
        response = await self.call("POST", "/files", data=form)
        assert response.status == 201, await response.text()
        file_id: str = (await response.json())["id"]
        return file_id


async def token(services: Services, *scopes: str, name: str = "crm") -> str:
    """A new token with these scopes."""
    return await services.people.add_token(name, list(scopes), SYSTEM)


async def furnish(world: World) -> None:
    """What a desk has: a group, two operators, an executor, result codes, types."""
    await world.group("north")
    await world.staff("emma", name="Аксакова Эмма Юрьевна")
    await world.staff("oleg")
    await world.staff("ivan", "executor")
    catalog = world.store.catalog
    await catalog.put_result(ResultCode(id="done", name="Выполнено"))
    await catalog.put_result(ResultCode(id="quiet", name="Не требует", tell=False))
    for type_ in ("request", "complaint"):
        await catalog.put_type(CaseType(id=type_, name=type_))


@asynccontextmanager
async def serving(services: Services, *scopes: str) -> AsyncIterator[Program]:
    """A program at a served API; all scopes unless some are named."""
    app = web.Application()
    app.add_subapp("/api/v1", build(services))
    async with TestClient(TestServer(app)) as client:
        yield Program(client, await token(services, *(scopes or ("*",)), name="tests"))
