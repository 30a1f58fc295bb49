"""Signals, draining and failing parts of a process that stays."""

import asyncio
import os
import signal

from hub.commands.frame import until_stopped


async def test_a_signal_lets_every_part_finish_what_it_began() -> None:
    finished: list[str] = []
    ready = asyncio.Event()

    async def part(stop: asyncio.Event) -> None:
        ready.set()
        await stop.wait()
        await asyncio.sleep(0)
        finished.append("drained")

    async def kill() -> None:
        await ready.wait()
        os.kill(os.getpid(), signal.SIGTERM)

    failed, _ = await asyncio.gather(until_stopped({"a": part, "b": part}), kill())
    assert failed == []
    assert finished == ["drained", "drained"]


async def test_a_stop_before_the_parts_run_is_not_lost() -> None:
    stop = asyncio.Event()
    stop.set()

    async def part(stop: asyncio.Event) -> None:
        await stop.wait()

    async with asyncio.timeout(60):
        assert await until_stopped({"a": part}, stop=stop) == []


async def test_a_failing_part_stops_the_others_in_order_and_is_named() -> None:
    drained = asyncio.Event()

    async def breaks(stop: asyncio.Event) -> None:
        raise RuntimeError("broken")

    async def works(stop: asyncio.Event) -> None:
        await stop.wait()
        drained.set()

    async with asyncio.timeout(60):
        assert await until_stopped({"works": works, "breaks": breaks}) == ["breaks"]
    assert drained.is_set()


async def test_what_does_not_drain_in_time_is_cancelled() -> None:
    cancelled = asyncio.Event()
    stop = asyncio.Event()
    stop.set()

    async def stuck(stop: asyncio.Event) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async with asyncio.timeout(60):
        await until_stopped({"stuck": stuck}, stop=stop, drain_seconds=0.01)
    assert cancelled.is_set()


async def test_a_second_signal_does_not_wait() -> None:
    ready = asyncio.Event()

    async def stuck(stop: asyncio.Event) -> None:
        ready.set()
        await asyncio.Event().wait()

    async def kill_twice() -> None:
        await ready.wait()
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    async with asyncio.timeout(60):
        await asyncio.gather(until_stopped({"stuck": stuck}, drain_seconds=60), kill_twice())
