"""An event loop whose time jumps: when nobody has anything to do, the next appointment is now.

A day is played in minutes, and the same seed plays the same day. Real sockets and threads do not
go with it: what is to run in a thread runs at once.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

START = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""Eight o'clock in the morning of a Monday in Moscow."""


class Standstill(RuntimeError):
    """Everybody waits, and nobody for a time: this would last for ever."""


class _Jumping(selectors.SelectSelector):
    """Never waits; moves the time instead."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise Standstill
        self.now += max(timeout, 0.0)
        return []


class JumpingLoop(asyncio.SelectorEventLoop):
    """Use it by `play`."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._jumping.now

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run it here and now, as there is no other time."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


class LoopClock:
    """The time of the running loop, for the hub (`now`) and for the local Telegram (`seconds`)."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        return START + timedelta(seconds=self._loop.time())


class LoopSeconds:
    """The same as seconds since 1970."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> float:
        return START.timestamp() + self._loop.time()


def play(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `main` to its end in a time of its own."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(main())
