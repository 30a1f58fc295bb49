"""Who dies and when: roles without a word, the database, Valkey with all that it knew."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.exceptions import RedisError

from hub.embedded.keeper import Keeper
from tests.chaos.fleet import Fleet

STORES = ("mongo", "valkey")
AGAIN = ("bots", "web")
"""Those who hold lines die once more when they are bound again."""


@dataclass
class Killer:
    """`kills`: how often each role and store died; `rush` fills the hub's hands before."""

    fleet: Fleet
    keeper: Keeper
    rng: random.Random
    rush: Callable[[str], Awaitable[None]]
    kills: Counter[str] = field(default_factory=Counter)

    async def everybody(self) -> None:
        """Each process and each store once, in any order."""
        await self._all([*(one.name for one in self.fleet.members), *STORES])

    async def again(self) -> None:
        """Each process of those roles once more."""
        names = [one.name for one in self.fleet.members]
        await self._all([name for name in names if name.startswith(AGAIN)])

    async def some(self, count: int) -> None:
        """As many as that, anybody."""
        names = [one.name for one in self.fleet.members]
        await self._all(
            [
                self.rng.choice(STORES) if self.rng.random() < 0.3 else self.rng.choice(names)
                for _ in range(count)
            ]
        )

    async def _all(self, names: list[str]) -> None:
        self.rng.shuffle(names)
        for name in names:
            await asyncio.sleep(self.rng.uniform(0.3, 1.5))
            await self.rush(name.rstrip("0123456789"))
            await asyncio.sleep(self.rng.uniform(0, 0.02))
            if name == "mongo":
                await self._store(name)
            elif name == "valkey":
                await self._wipe()
            else:
                await self.fleet.kill(name)
            self.kills[name.rstrip("0123456789")] += 1

    async def _store(self, name: str) -> None:
        assert self.keeper.record is not None
        run = getattr(self.keeper.record, name).run
        if run is not None and run.alive:
            os.kill(run.pid, signal.SIGKILL)

    async def _wipe(self) -> None:
        """Everything that Redis knew is gone, and then it dies."""
        assert self.keeper.record is not None
        client = Redis.from_url(self.keeper.record.redis_url)
        try:
            await client.flushall()
        except (RedisError, OSError):
            pass
        finally:
            await client.aclose()
        await self._store("redis")
