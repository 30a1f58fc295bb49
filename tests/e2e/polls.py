"""Who waits for updates at our local Telegram: seen from there, by connection."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Polls:
    """`port` is the other end of the connection that waits now for this bot's updates; `most`
    says how many ever waited at once."""

    def __init__(self) -> None:
        self.port: dict[str, int] = {}
        self.most: Counter[str] = Counter()
        self._now: Counter[str] = Counter()

    def middleware(self) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
        """To be added to the emulator's application."""

        @web.middleware
        async def watch(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._watch(request, handler)

        return watch

    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.endswith("/getUpdates"):
            return await handler(request)
        bot = request.path.split("/")[1].removeprefix("bot")
        self._now[bot] += 1
        self.most[bot] = max(self.most[bot], self._now[bot])
        peer = request.transport.get_extra_info("peername") if request.transport else None
        if peer:
            self.port[bot] = int(peer[1])
        try:
            return await handler(request)
        finally:
            self._now[bot] -= 1


def owner(port: int, pids: list[int]) -> int | None:
    """Which of these processes holds the connection from this local port."""
    for pid in pids:
        inodes = {
            fields[9]
            for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
            if (fields := line.split()) and int(fields[1].rpartition(":")[2], 16) == port
        }
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = os.readlink(descriptor)
            except OSError:
                continue
            if target.removeprefix("socket:[").removesuffix("]") in inodes:
                return pid
    return None
