"""A local server that checks commands and gives recordings after the document of MANGO OFFICE."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

from aiohttp import web

KEY, SALT = "vpbx-key", "vpbx-salt"
SOUND = b"ID3" + bytes(range(256)) * 40


class Office:
    """The exchange: remembers commands, and answers as it is told."""

    def __init__(self) -> None:
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.status, self.body = 200, b'{"result": 1000}'
        self.hang = asyncio.Event()
        self.hang.set()
        self.location = ""
        self.links: set[str] = set()
        self.made = True
        self.direct = ""
        self.asked_for = "MToxMDA6NTAwOjE"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/vpbx/commands/{name:.+}", self.command),
            web.post("/vpbx/account/balance", self.command),
            web.post("/vpbx/queries/recording/post", self.recording),
            web.get("/vpbx/queries/recording/{link}", self.sound),
        ]

    async def said(self, asked: web.Request) -> dict[str, Any]:
        """The command, if its form is what the document asks for."""
        assert asked.content_type == "application/x-www-form-urlencoded"
        form = await asked.post()
        assert set(form) == {"vpbx_api_key", "sign", "json"}
        text = str(form["json"])
        ours = hashlib.sha256(f"{KEY}{text}{SALT}".encode()).hexdigest()
        if form["vpbx_api_key"] != KEY or form["sign"] != ours:
            raise web.HTTPUnauthorized
        told = json.loads(text)
        assert isinstance(told, dict)
        return told

    async def command(self, asked: web.Request) -> web.Response:
        told = await self.said(asked)
        self.commands.append((asked.path.removeprefix("/vpbx/"), told))
        await self.hang.wait()
        return web.Response(status=self.status, body=self.body, content_type="application/json")

    async def recording(self, asked: web.Request) -> web.Response:
        told = await self.said(asked)
        assert told == {"recording_id": self.asked_for, "action": "download"}
        if not self.made:
            return web.Response(status=404)
        if self.direct:
            return web.Response(body=SOUND, content_type=self.direct)
        link = f"link-{len(self.links)}-secret"
        self.links.add(link)
        to = self.location or f"/vpbx/queries/recording/{link}"
        return web.Response(status=302, headers={"Location": to})

    async def sound(self, asked: web.Request) -> web.Response:
        link = asked.match_info["link"]
        if link not in self.links:
            return web.Response(status=404)
        self.links.remove(link)
        return web.Response(body=SOUND, content_type="audio/mpeg")
