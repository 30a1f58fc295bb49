"""A local server that checks signatures as the API of Zadarma does."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from typing import Any

from aiohttp import web

KEY, SECRET = "key", "secret"
SOUND = b"ID3" + bytes(range(256)) * 40


class Api:
    """The API: remembers what it was asked, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.status = 200
        self.body: Any = {"status": "success", "from": 101, "to": 79161234567, "time": 1435573082}
        self.hang = asyncio.Event()
        self.hang.set()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/v1/{rest:.+}", self.handle), web.get("/sound.mp3", self.sound)]

    async def handle(self, asked: web.Request) -> web.Response:
        await self.hang.wait()
        query = asked.rel_url.raw_query_string
        names = [pair.partition("=")[0] for pair in query.split("&")]
        assert names == sorted(names)
        said = asked.path + query + hashlib.md5(query.encode()).hexdigest()
        digest = hmac.new(SECRET.encode(), said.encode(), hashlib.sha1).hexdigest()
        ours = f"{KEY}:{base64.b64encode(digest.encode()).decode()}"
        if asked.headers.get("Authorization") != ours:
            wrong = {"status": "error", "message": "Not authorized"}
            return web.json_response(wrong, status=401)
        self.asked.append((asked.path, dict(asked.query)))
        if isinstance(self.body, bytes):
            return web.Response(status=self.status, body=self.body)
        return web.json_response(self.body, status=self.status)

    async def sound(self, asked: web.Request) -> web.Response:
        return web.Response(body=SOUND, content_type="audio/mpeg")
