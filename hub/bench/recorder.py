"""The least Bot API server that a staff bot can work with: it answers and notes when and what.

The local Telegram (bots/emulator) checks and draws everything; here its time would be measured
instead of the hub's.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from aiohttp import web

from hub.http import server

TOKEN = "7200000001:bench-staff"  # noqa: S105
ME = {"id": 7200000001, "is_bot": True, "first_name": "bench", "username": "bench_bot"}


@dataclass
class Recorder:
    """``heard``: when a text arrived at a chat first, on this process's clock."""

    api: str = ""
    heard: dict[tuple[int, str], float] = field(default_factory=dict)
    calls: int = 0
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        at = perf_counter()
        method = request.match_info["method"]
        form: Any = await request.post() if request.can_read_body else {}
        self.calls += 1
        return web.json_response({"ok": True, "result": await self._result(method, form, at)})

    async def _result(self, method: str, form: Any, at: float) -> Any:
        if method == "getMe":
            return ME
        if method == "getUpdates":
            # Nobody ever writes to these bots.
            try:
                async with asyncio.timeout(float(form.get("timeout", 0))):
                    await self._idle.wait()
            except TimeoutError:
                pass
            return []
        if method in ("sendMessage", "editMessageText"):
            chat, text = int(form["chat_id"]), str(form["text"])
            if method == "sendMessage":
                self.heard.setdefault((chat, text), at)
            return {
                "message_id": int(form.get("message_id", next(self._numbers))),
                "date": 1,
                "chat": {"id": chat, "type": "private", "first_name": "operator"},
                "from": ME,
                "text": text,
            }
        return True


@asynccontextmanager
async def recorder() -> AsyncIterator[Recorder]:
    found = Recorder()
    app = server.build([web.post("/bot{token}/{method}", found.handle)])
    async with server.serving(app, "127.0.0.1", 0) as port:
        found.api = f"http://127.0.0.1:{port}"
        yield found
