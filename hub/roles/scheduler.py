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
    """Sweep until `stop`; a sweep that fails is tried again at its next time."""
    scheduler = AsyncIOScheduler(timezone=timezone(timedelta(0)))
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
            _guarded,
            "interval",
            args=[sweep],
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    # What was left from the last run is woken at once, not after the first interval.
    await _guarded(timers.wake)
    scheduler.start()
    try:
        await stop.wait()
    finally:
        scheduler.shutdown(wait=False)


async def _guarded(sweep: Callable[[], Awaitable[None]]) -> None:
    try:
        await sweep()
    except Exception as error:
        log.warning(
            "sweep.failed",
            sweep=getattr(sweep, "__qualname__", ""),
            error=type(error).__name__,
        )
