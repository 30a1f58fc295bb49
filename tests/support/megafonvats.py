"""A local server that takes commands as the exchange of MegaFon does."""

from __future__ import annotations

import asyncio

from aiohttp import web

OWN = "ats-key"
SOUND = b"ID3" + bytes(range(256)) * 40


class Vats:
    """The exchange: remembers what it was asked, and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.status, self.body = 200, b'"43294397431"'
        self.hang = asyncio.Event()
        self.hang.set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sys/crm_api.wcgp", self.command),
            web.get("/records/7.mp3", self.sound),
        ]

    async def command(self, asked: web.Request) -> web.Response:
        assert asked.content_type == "application/x-www-form-urlencoded"
        form = {name: str(value) for name, value in (await asked.post()).items()}
        self.asked.append(form)
        await self.hang.wait()
        if form.get("token") != OWN:
            return web.Response(status=401, body=b'{"error": "Invalid token"}')
        return web.Response(status=self.status, body=self.body, content_type="application/json")

    async def sound(self, asked: web.Request) -> web.Response:
        return web.Response(body=SOUND, content_type="audio/mpeg")
