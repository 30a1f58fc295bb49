"""The role `scheduler`: sweeps by the clock. Several schedulers side by side do no harm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta, timezone

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from hub.services.timers import Timers

log = structlog.get_logger(__name__)

WAKE = 2.0
DEADLINES = 10.0
TIDY = 600.0
MEASURE = 10.0


async def run(timers: Timers, measure: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """Sweep until `stop`; a sweep that fails is tried again at its next time, and one that has
    begun is finished."""
    scheduler = AsyncIOScheduler(timezone=timezone(timedelta(0)))
    sweeping = Sweeping()
    sweeps: list[tuple[Callable[[], Awaitable[None]], float]] = [
        (timers.wake, WAKE),
        (timers.deadlines, DEADLINES),
        (timers.digests, DEADLINES),
        (timers.callbacks, DEADLINES),
        (timers.tidy, TIDY),
        (measure, MEASURE),
    ]
    for sweep, seconds in sweeps:
        scheduler.add_job(
            sweeping.guarded,
            "interval",
            args=[sweep],
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    # What was left from the last run is woken at once, not after the first interval.
    await sweeping.guarded(timers.wake)
    scheduler.start()
    try:
        await stop.wait()
        # The scheduler's own stop cuts off what is under way, and calls that an error.
        scheduler.pause()
        await sweeping.over()
    finally:
        scheduler.shutdown(wait=False)


class Sweeping:
    """Sweeps that are under way; one that fails is told of and disturbs nobody."""

    def __init__(self) -> None:
        self._count = 0
        self._over = asyncio.Event()
        self._over.set()

    async def guarded(self, sweep: Callable[[], Awaitable[None]]) -> None:
        self._count += 1
        self._over.clear()
        try:
            await sweep()
        except Exception as error:
            log.warning(
                "sweep.failed",
                sweep=getattr(sweep, "__qualname__", ""),
                error=type(error).__name__,
            )
        finally:
            self._count -= 1
            if not self._count:
                self._over.set()

    async def over(self) -> None:
        """Wait until none is under way any more."""
        # Whoever was called has not begun yet.
        await asyncio.sleep(0)
        await self._over.wait()
