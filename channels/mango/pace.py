"""Requests to an exchange, no more than it allows."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable


class TooBusy(Exception):
    """So many wait already that this one would wait too long."""


class Pace:
    """At most `count` requests in `seconds`; whoever comes later waits, `patience` seconds at most.

    It counts within this process. Several processes share the exchange's own limit, which answers
    429 beyond it.
    """

    def __init__(
        self,
        count: int,
        seconds: float,
        *,
        patience: float = 5.0,
        now: Callable[[], float] | None = None,
    ) -> None:
        self._seconds = seconds
        self._patience = patience
        self._now = now
        self._taken: deque[float] = deque(maxlen=count)

    async def turn(self) -> None:
        """Return when a request may go. Raises TooBusy."""
        now = (self._now or asyncio.get_running_loop().time)()
        full = len(self._taken) == self._taken.maxlen
        at = max(now, self._taken[0] + self._seconds) if full else now
        if at - now > self._patience:
            raise TooBusy
        # Written down before the wait: who comes meanwhile stands behind.
        self._taken.append(at)
        if at > now:
            await asyncio.sleep(at - now)
