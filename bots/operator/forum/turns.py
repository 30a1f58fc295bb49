"""Whose turn it is to say something in a group that bears twenty calls a minute."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from hub.botapi.limits import limits
from hub.domain.forum import ForumPlace
from hub.ports.budget import Budget

PATIENCE = 10.0
"""Seconds that one drawing waits for its turns in all; after that it comes again later."""
WAITING = 4
"""Drawings that wait for a group at a time, first come first served: enough that no turn is lost,
and few beside all else that a process has to do."""
EARLY = 2.5
"""Seconds by which a drawing comes back before its turn: sweeps are not that exact, a wait is."""

BEHIND = 6.0
"""Seconds after which a drawing looks again whether the line has become shorter."""

_left: ContextVar[list[float] | None] = ContextVar("forum_patience", default=None)


@contextmanager
def patient() -> Iterator[None]:
    """The turns of one drawing share one patience."""
    token = _left.set([PATIENCE])
    try:
        yield
    finally:
        _left.reset(token)


class Turns:
    """The budget of each group, and a short line before it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._lines: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: dict[str, int] = defaultdict(int)

    async def take(self, place: ForumPlace, mark: str = "") -> float:
        """Take a turn: 0 when it is ours, else the seconds after which to come again. By its
        `mark`, which no other has, it can be given back."""
        budgets = limits(place.account, place.chat)
        wait = 0.0
        if not self._waiting[place.id]:
            wait = await self._budget.spend(budgets, mark)
            if wait <= 0:
                return 0.0
        left = _left.get() or [0.0]
        if self._waiting[place.id] >= WAITING:
            return BEHIND
        if wait > left[0]:
            return max(wait - EARLY, 1.0)
        self._waiting[place.id] += 1
        try:
            return await self._in_line(place, left, mark)
        finally:
            self._waiting[place.id] -= 1

    async def give_back(self, place: ForumPlace, mark: str) -> None:
        """No call was made: the turn is free for whoever waits for one."""
        await self._budget.give_back(limits(place.account, place.chat), mark)

    async def _in_line(self, place: ForumPlace, left: list[float], mark: str) -> float:
        budgets, line = limits(place.account, place.chat), self._lines[place.id]
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            # Patience ends in the line, never while the budget is asked: a turn that was granted
            # to somebody who has gone would be lost.
            async with asyncio.timeout(max(left[0], 0.0)):
                await line.acquire()
        except TimeoutError:
            left[0] -= clock() - began
            return 1.0
        try:
            while (wait := await self._budget.spend(budgets, mark)) > 0:
                if clock() - began + wait > left[0]:
                    return max(wait - EARLY, 1.0)
                await asyncio.sleep(wait)
            return 0.0
        finally:
            line.release()
            left[0] -= clock() - began
