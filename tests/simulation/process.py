"""One process of the bots over stores that outlive it: it may be killed at any instant."""

from __future__ import annotations

import asyncio
import inspect
import random
from typing import Any, cast
from zoneinfo import ZoneInfo

from hub.ports.clock import Ids
from hub.texts import TemplateTexts
from tests.simulation.loop import LoopClock
from tests.simulation.wire import API
from tests.support.botworld import BotWorld
from tests.support.budget import WindowsBudget
from tests.support.memory import Memory

WAKE = 2.0
DEADLINES = 10.0
TIDY = 600.0
"""Seconds between sweeps, as the scheduler has them (hub.roles.scheduler)."""
STORE = 0.004
"""Seconds that a call of the store takes at most."""


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Cord:
    """By it hangs all that one process may do to the stores."""

    def __init__(self, rng: random.Random) -> None:
        self.cut = False
        self._rng = rng

    async def pull(self) -> None:
        if self.cut:
            raise Killed
        await asyncio.sleep(self._rng.uniform(0.0005, STORE))
        if self.cut:
            raise Killed


class _Part:
    """One port of the stores as this process sees it; every call takes its time."""

    def __init__(self, part: Any, cord: Cord) -> None:
        self._part, self._cord = part, cord

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def call(*args: Any, **options: Any) -> Any:
            await self._cord.pull()
            return await method(*args, **options)

        self.__dict__[name] = call
        return call


class _Store:
    """All ports on one cord."""

    def __init__(self, memory: Memory, cord: Cord) -> None:
        for name, part in vars(memory).items():
            setattr(self, name, _Part(part, cord))


class NumberedIds:
    """Ids of all processes in order, so that a seed gives the same day again."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def new(self) -> str:
        return f"{self._rng.getrandbits(128):032x}"


class Process(BotWorld):
    """Pollers, worker and scheduler. Use `start` and `kill`."""

    def __init__(
        self, memory: Memory, budget: WindowsBudget, ids: NumberedIds, rng: random.Random
    ) -> None:
        super().__init__(server=API)
        self._cord = Cord(rng)
        self.clock = LoopClock(asyncio.get_running_loop())  # type: ignore[assignment]
        self.texts = TemplateTexts(cast(Any, self.clock), ZoneInfo("Europe/Moscow"))
        self.store = cast(Memory, _Store(memory, self._cord))
        self.budget = cast(Any, _Part(budget, self._cord))
        self.ids = cast(Ids, ids)  # type: ignore[assignment]

    async def start(self) -> None:
        await self.__aenter__()

    async def kill(self) -> None:
        """As SIGKILL does it: nothing is finished, nothing is given back."""
        self._cord.cut = True
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.engine.close()

    async def _sweep(self) -> None:
        timers = self.timers
        for due in (timers.deadlines, timers.tidy):
            self.engine.run(self._every(DEADLINES if due == timers.deadlines else TIDY, due))
        await self._every(WAKE, timers.wake)

    async def _every(self, seconds: float, sweep: Any) -> None:
        while True:
            await sweep()
            await asyncio.sleep(seconds)
