"""Calls of the database that come while another of their kind is under way go together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Together(Generic[T, R]):
    """One ``call`` at a time, each for all that was asked since the last one began; it answers in
    the order asked.

    What ``call`` raises, all of them raise. It must bear being repeated: who is cancelled while
    calling leaves the others' to the next.
    """

    def __init__(self, call: Callable[[Sequence[T]], Awaitable[Sequence[R]]]) -> None:
        self._call = call
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._turn = asyncio.Lock()

    async def ask(self, item: T) -> R:
        """The answer for this item, asked for alone or with others."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        mine = item, answer
        self._waiting.append(mine)
        try:
            async with self._turn:
                if not answer.done():
                    await self._all()
        except asyncio.CancelledError:
            if mine in self._waiting:
                self._waiting.remove(mine)
            answer.cancel()
            raise
        return await answer

    async def _all(self) -> None:
        group, self._waiting = self._waiting, []
        try:
            answers = await self._call([item for item, _ in group])
        except asyncio.CancelledError:
            self._waiting = group + self._waiting
            raise
        except Exception as error:
            for _, answer in group:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_, answer), given in zip(group, answers, strict=True):
                if not answer.done():
                    answer.set_result(given)
