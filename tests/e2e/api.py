"""A program that calls the API of a running hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession, FormData


class Api:
    """Calls the API with a token; the answer is read already."""

    def __init__(self, http: ClientSession, token: str) -> None:
        self._http = http
        self.token = token

    async def call(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, **more: Any
    ) -> tuple[int, Any]:
        given = self.token if token is None else token
        headers = {"Authorization": f"Bearer {given}"} if given else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        async with self._http.request(method, f"/api/v1{path}", headers=headers, **more) as said:
            json = "json" in said.content_type
            return said.status, await said.json() if json else await said.read()

    async def get(self, path: str) -> Any:
        status, body = await self.call("GET", path)
        assert status == 200, body
        return body

    async def upload(self, name: str, data: bytes) -> str:
        """Store a file; returns its id."""
        form = FormData()
        form.add_field("file", data, filename=name)
        status, said = await self.call("POST", "/files", data=form)
        assert status == 201, said
        return str(said["id"])

    async def find(
        self, words: str, true: Callable[[Any], bool] = bool, seconds: float = 90
    ) -> Any:
        """The case that these words of its thread name, once it is so."""
        until = asyncio.get_running_loop().time() + seconds
        while True:
            for item in (await self.get("/cases?limit=200"))["items"]:
                case = await self.get(f"/cases/{item['number']}")
                if any(words in entry["text"] for entry in case["thread"]) and true(case):
                    return case
            if asyncio.get_running_loop().time() > until:
                raise AssertionError(f"no such case: {words}")
            await asyncio.sleep(0.05)

    async def until(self, number: int, true: Callable[[Any], bool], seconds: float = 90) -> Any:
        """The case, once it is so."""
        until = asyncio.get_running_loop().time() + seconds
        while not true(case := await self.get(f"/cases/{number}")):
            if asyncio.get_running_loop().time() > until:
                raise AssertionError(f"№{number} never became so: {case}")
            await asyncio.sleep(0.02)
        return case

    async def post(self, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        got, said = await self.call("POST", path, {} if body is None else body, **more)
        assert got == status, said
        return said
