"""Telegram that posts updates: over several connections, those of a chat one after the other, again
until they are taken, and some of them twice."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any

from bots.emulator.clock import Clock
from bots.emulator.mailbox import Mailbox
from bots.emulator.webhooks import SECRET_HEADER, WebhookPusher
from tests.simulation.wire import SLOWEST

PAUSE, LONGEST_PAUSE = 0.5, 8.0
LATE = 60.0
"""Seconds within which an update that was taken long ago is posted once more."""

Door = Callable[[str, dict[str, str], bytes], Awaitable[int]]
"""Where it is posted: address, headers and body; answers the status."""


class Poster(WebhookPusher):
    """Stands in for the emulator's own pusher; `setWebhook` turns it on. `share` is the part of
    the posts whose answer is lost, and of the updates that are posted at once on two connections,
    or once more when they are long done. `door` is asked at each post. `heard` counts answers by
    their status, and posts whose answer nobody heard."""

    def __init__(self, clock: Clock, rng: random.Random, share: float) -> None:
        super().__init__(clock)
        self._rng = rng
        self._share = share
        self.door: Door | None = None
        self.heard: Counter[str] = Counter()
        self.under_way = 0

    async def _run(self, mailbox: Mailbox) -> None:
        connections = asyncio.Semaphore(mailbox.settings.max_connections)
        chats: dict[int, deque[dict[str, Any]]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                update = await mailbox.head()
                mailbox.posted(update)
                self.under_way += 1
                waiting = chats.setdefault(_chat(update), deque())
                waiting.append(update)
                if len(waiting) == 1:
                    group.create_task(self._chat(mailbox, waiting, connections, group))

    async def _chat(
        self,
        mailbox: Mailbox,
        waiting: deque[dict[str, Any]],
        connections: asyncio.Semaphore,
        group: asyncio.TaskGroup,
    ) -> None:
        while waiting:
            await self._bring(mailbox, waiting[0], connections)
            if self._happens():
                self.under_way += 1
                group.create_task(self._later(mailbox, waiting[0], connections))
            waiting.popleft()
            self.under_way -= 1

    async def _later(
        self, mailbox: Mailbox, update: dict[str, Any], connections: asyncio.Semaphore
    ) -> None:
        await asyncio.sleep(self._rng.uniform(0.0, LATE))
        await self._bring(mailbox, update, connections)
        self.under_way -= 1

    async def _bring(
        self, mailbox: Mailbox, update: dict[str, Any], connections: asyncio.Semaphore
    ) -> None:
        """Until it is heard that somebody took it."""
        times, pause = 2 if self._happens() else 1, PAUSE
        while not any(
            await asyncio.gather(*(self._once(mailbox, update, connections) for _ in range(times)))
        ):
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _once(
        self, mailbox: Mailbox, update: dict[str, Any], connections: asyncio.Semaphore
    ) -> bool:
        assert self.door is not None
        settings, body = mailbox.settings, json.dumps(update, ensure_ascii=False).encode()
        async with connections:
            await asyncio.sleep(self._rng.uniform(0.01, SLOWEST))
            status = await self.door(settings.url, {SECRET_HEADER: settings.secret}, body)
            await asyncio.sleep(self._rng.uniform(0.01, SLOWEST))
        unheard = self._happens()
        self.heard["unheard" if unheard else str(status)] += 1
        return not unheard and 200 <= status < 300

    def _happens(self) -> bool:
        return self._rng.random() < self._share


def _chat(update: dict[str, Any]) -> int:
    """Where it happened, or with whom."""
    event = next(value for name, value in update.items() if name != "update_id")
    where = event.get("chat") or event.get("message", {}).get("chat") or event["from"]
    return int(where["id"])
