"""A stop of the scheduler finishes the sweep that has begun."""

from __future__ import annotations

import asyncio
import logging

import pytest

from hub.roles import scheduler


class Slow:
    """Timers whose second wake takes until it is let go."""

    def __init__(self) -> None:
        self.begun, self.gate = asyncio.Event(), asyncio.Event()
        self.count = 0
        self.finished = 0

    async def wake(self) -> None:
        self.count += 1
        if self.count > 1:
            self.begun.set()
            await self.gate.wait()
        self.finished += 1

    async def deadlines(self) -> None:
        raise ConnectionError("store")

    async def nothing(self) -> None:
        return

    digests = callbacks = tidy = nothing


async def test_a_sweep_under_way_is_finished_and_its_stop_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A stop in the middle of a sweep cut it off, and the log of the hub told of an error."""
    monkeypatch.setattr(scheduler, "WAKE", 0.01)
    timers, stop = Slow(), asyncio.Event()
    with caplog.at_level(logging.ERROR):
        running = asyncio.create_task(scheduler.run(timers, timers.nothing, stop))  # type: ignore[arg-type]
        await timers.begun.wait()
        stop.set()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not running.done()
        timers.gate.set()
        await running
    assert timers.finished == timers.count == 2
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_sweep_that_fails_disturbs_nobody() -> None:
    timers, sweeping = Slow(), scheduler.Sweeping()
    await sweeping.guarded(timers.deadlines)
    await sweeping.over()
