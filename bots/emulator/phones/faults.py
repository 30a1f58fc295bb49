"""Switching faults and limits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web

from bots.emulator.errors import PhoneError
from bots.emulator.world import World

_FIELDS = {"share": float, "count": int, "method": str, "bot": str, "seconds": float}
_MODES = ("off", "lenient", "strict")


class FaultSwitch:
    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self, app: web.Application) -> None:
        root = "/phones/api"
        app.router.add_get(f"{root}/faults", self._list)
        app.router.add_post(f"{root}/faults", self._add)
        app.router.add_delete(f"{root}/faults", self._clear)
        app.router.add_delete(f"{root}/faults/{{id:\\d+}}", self._remove)
        app.router.add_post(f"{root}/limits", self._limits)

    def _shown(self) -> dict[str, Any]:
        return {"faults": [rule.json() for rule in self._world.faults.rules()]}

    def _tell(self) -> web.Response:
        self._world.feed.tell("faults", "", self._shown())
        return web.json_response(self._shown())

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response(self._shown())

    async def _add(self, request: web.Request) -> web.Response:
        body = await request.json()
        narrowed = {
            name: kind(body[name]) for name, kind in _FIELDS.items() if body.get(name) is not None
        }
        rule = self._world.faults.add(str(body.get("kind", "")), **narrowed)
        self._world.feed.tell("faults", "", self._shown())
        return web.json_response({**self._shown(), "id": rule.id})

    async def _remove(self, request: web.Request) -> web.Response:
        if not self._world.faults.remove(int(request.match_info["id"])):
            raise PhoneError("no such fault", 404)
        return self._tell()

    async def _clear(self, request: web.Request) -> web.Response:
        self._world.faults.clear()
        return self._tell()

    async def _limits(self, request: web.Request) -> web.Response:
        body = await request.json()
        limits = self._world.limiter.limits
        if "mode" in body:
            if body["mode"] not in _MODES:
                raise PhoneError("no such mode")
            limits.mode = body["mode"]
        limits.per_bot = int(body.get("per_bot", limits.per_bot))
        limits.per_group = int(body.get("per_group", limits.per_group))
        return web.json_response(asdict(limits))
