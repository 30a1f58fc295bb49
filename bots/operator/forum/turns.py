"""Whose turn it is to say something in a group that bears twenty calls a minute."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field

from hub.botapi.limits import limits
from hub.domain.forum import ForumPlace
from hub.ports.budget import Budget

PATIENCE = 10.0
"""Seconds that one drawing waits for its turns in all; after that it comes again later."""
WAITING = 4
"""Drawings that wait for a group at a time: enough that no turn is lost, and few beside all else
that a process has to do."""
EARLY = 2.5
"""Seconds by which a drawing comes back before its turn: sweeps are not that exact, a wait is."""

BEHIND = 6.0
"""Seconds after which a drawing looks again whether the line has become shorter."""


@dataclass
class Drawing:
    """What shares one patience. `since`: when it was asked for, in seconds since 1970."""

    since: float
    left: float = 0.0


@dataclass(order=True)
class Waiter:
    """One drawing in the line: who was asked for first goes first, however often it had to go away
    and come again."""

    since: float
    number: int
    moved: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


_drawing: ContextVar[Drawing | None] = ContextVar("forum_drawing", default=None)


@contextmanager
def patient(since: float) -> Iterator[Drawing]:
    """The turns of one drawing share one patience."""
    drawing = Drawing(since, PATIENCE)
    token = _drawing.set(drawing)
    try:
        yield drawing
    finally:
        _drawing.reset(token)


class Turns:
    """The budget of each group, and a short line before it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._lines: dict[str, list[Waiter]] = defaultdict(list)
        self._numbers = itertools.count()

    async def take(self, place: ForumPlace, mark: str = "") -> float:
        """Take a turn: 0 when it is ours, else the seconds after which to come again. By its
        `mark`, which no other has, it can be given back."""
        drawing = _drawing.get() or Drawing(float("inf"))
        line = self._lines[place.id]
        if not line:
            wait = await self._budget.spend(limits(place.account, place.chat), mark)
            if wait <= 0:
                return 0.0
            if wait > drawing.left:
                return max(wait - EARLY, 1.0)
        me = Waiter(drawing.since, next(self._numbers))
        if len(line) >= WAITING and me > max(line):
            return BEHIND
        line.append(me)
        line.sort()
        if len(line) > WAITING:
            # The youngest comes again later.
            line.pop().moved.set()
        clock = asyncio.get_running_loop().time
        began, left = clock(), drawing.left
        try:
            return await self._in_line(place, line, me, mark, began + left)
        finally:
            drawing.left = left - (clock() - began)
            if me in line:
                line.remove(me)
            if line:
                line[0].moved.set()

    async def give_back(self, place: ForumPlace, mark: str) -> None:
        """No call was made: the turn is free for whoever waits for one."""
        await self._budget.give_back(limits(place.account, place.chat), mark)

    async def _in_line(
        self, place: ForumPlace, line: list[Waiter], me: Waiter, mark: str, until: float
    ) -> float:
        budgets, clock = limits(place.account, place.chat), asyncio.get_running_loop().time
        while me in line:
            me.moved.clear()
            pause = until - clock()
            if line[0] is me:
                pause = await self._budget.spend(budgets, mark)
                if pause <= 0:
                    return 0.0
                if clock() + pause > until:
                    return max(pause - EARLY, 1.0)
            elif pause <= 0:
                return 1.0
            # Patience ends here, never while the budget is asked: a turn that was granted to
            # somebody who has gone would be lost.
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await me.moved.wait()
        return BEHIND
