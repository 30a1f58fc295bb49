"""What changes, told to open pages (events) and to drivers (one long question after another)."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import web
from aiohttp_sse import EventSourceResponse

from bots.emulator.world import World

LONGEST_WAIT = 30.0
_BEAT = 15.0


class Live:
    def __init__(self, world: World) -> None:
        self._world = world
        self._stop = asyncio.Event()

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/phones/api/events", self._events)
        app.router.add_get("/phones/api/changes", self._changes)
        app.on_shutdown.append(self._shutdown)

    async def _shutdown(self, app: web.Application) -> None:
        self._stop.set()
        self._world.feed.tell("stop", "", {})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events; «reset» says that the page must read everything anew."""
        feed = self._world.feed
        last = request.headers.get("Last-Event-ID") or request.query.get("since", "")
        seq = int(last) if last.isdigit() else feed.seq
        stream = EventSourceResponse()
        await stream.prepare(request)
        # Who closes a page does not say so before we write to it.
        with contextlib.suppress(ConnectionResetError):
            async with stream:
                await self._tell(stream, seq)
        return stream

    async def _tell(self, stream: EventSourceResponse, seq: int) -> None:
        feed = self._world.feed
        while stream.is_connected() and not self._stop.is_set():
            events = feed.since(seq)
            if events is None:
                seq = feed.seq
                await stream.send(json.dumps({"kind": "reset", "seq": seq}), id=str(seq))
            for event in events or ():
                await stream.send(json.dumps(event.json()), id=str(event.seq))
                seq = event.seq
            await feed.wait(seq, _BEAT)

    async def _changes(self, request: web.Request) -> web.Response:
        feed = self._world.feed
        seq = int(request.query.get("since", feed.seq))
        timeout = min(float(request.query.get("timeout", "0")), LONGEST_WAIT)
        found = feed.since(seq)
        if found is not None and not found:
            await feed.wait(seq, timeout)
            found = feed.since(seq)
        body: dict[str, Any] = {"seq": feed.seq, "reset": found is None}
        body["events"] = [event.json() for event in found or ()]
        return web.json_response(body)
