"""A process to which updates are posted: the hub's own ingress, a store that is away at times."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable
from typing import Any, cast
from unittest.mock import Mock

from aiohttp.streams import StreamReader
from aiohttp.test_utils import make_mocked_request
from yarl import URL

import channels
from hub.botapi.webhook import set_webhook
from hub.domain.errors import StoreDown
from hub.http.ingress import Ingress
from hub.ports.channel import Kept, Key, RawRequest
from hub.ports.channel_build import Account, ChannelDeps
from hub.ports.keeping import Keeper
from tests.simulation.process import NumberedIds, Process
from tests.support.botworld import DOM
from tests.support.budget import WindowsBudget
from tests.support.memory import Memory

ADDRESS = "http://127.0.0.1"
SECRET = "s" * 32


class Shaky:
    """An inbox whose store is away for a part of the calls: half of them before it kept, half of
    them before it could say so."""

    def __init__(self, inbox: Keeper, rng: random.Random, share: float) -> None:
        self._inbox, self._rng, self._share = inbox, rng, share

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        self._away()
        kept = await self._inbox.keep(raw, key)
        self._away()
        return kept

    def _away(self) -> None:
        if self._rng.random() < self._share / 2:
            raise StoreDown


class HookedProcess(Process):
    """Web, worker and scheduler; nobody polls. `posted` is where its webhooks come in."""

    def __init__(
        self,
        memory: Memory,
        budget: WindowsBudget,
        ids: NumberedIds,
        rng: random.Random,
        away: float,
    ) -> None:
        super().__init__(memory, budget, ids, rng)
        self._inbox, self._away, self._rng = memory.inbox, away, rng

    async def start(self) -> None:
        await super().start()
        self._inbox.on_kept = self.engine.take
        shaky = Shaky(self.store.inbox, self._rng, self._away)
        self._ingress = Ingress(cast(Any, self._doors), shaky, self.clock)
        await cast(Any, self.channel).connect()
        await set_webhook(self.staff_bot.bot, f"{ADDRESS}/in/shift", SECRET)

    async def residents_channel(self) -> object:
        account = Account(
            id="dom",
            kind="telegram",
            options={"token": DOM.token, "api": self.url, "mode": "webhook", "secret": SECRET},
        )
        deps = ChannelDeps(
            clock=self.clock,
            files=self.store.files,
            public_url=ADDRESS,
            file_url=lambda file: file,
        )
        return channels.build(account, deps)

    def polling(self) -> list[Awaitable[None]]:
        return []

    async def posted(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """One call of a webhook; its status."""
        loop = asyncio.get_running_loop()
        content = StreamReader(Mock(), 2**16, loop=loop)
        content.feed_data(body)
        content.feed_eof()
        path = URL(url).path
        request = make_mocked_request(
            "POST",
            path,
            {**headers, "Content-Type": "application/json", "Content-Length": str(len(body))},
            match_info={"account": path.rpartition("/")[2]},
            payload=content,
        )
        return (await self._ingress.handle(request)).status
