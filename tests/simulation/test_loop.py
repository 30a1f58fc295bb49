"""The loop whose time jumps."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.simulation.ages import Group, Waited, busiest, spread, waited
from tests.simulation.loop import START, LoopClock, Standstill, play


def test_an_hour_takes_no_time_and_things_happen_in_order() -> None:
    async def main() -> list[tuple[str, float]]:
        happened = []

        async def later(name: str, seconds: float) -> None:
            await asyncio.sleep(seconds)
            happened.append((name, asyncio.get_running_loop().time()))

        await asyncio.gather(later("hour", 3600), later("moment", 0.5), later("minute", 60))
        return happened

    began = time.monotonic()
    assert play(main) == [("moment", 0.5), ("minute", 60.0), ("hour", 3600.0)]
    assert time.monotonic() - began < 600


def test_clocks_and_time_outs_go_with_it() -> None:
    async def main() -> float:
        clock = LoopClock(asyncio.get_running_loop())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(90):
                await asyncio.Event().wait()
        return (clock.now() - START).total_seconds()

    assert play(main) == pytest.approx(90)


def test_threads_are_run_at_once() -> None:
    async def main() -> int:
        return await asyncio.to_thread(sum, [1, 2])

    assert play(main) == 3


def test_waiting_for_what_never_comes_is_said() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(Standstill):
        play(main)


def test_figures_are_what_they_are_called() -> None:
    assert busiest([0.0, 30.0, 59.0, 61.0, 200.0]) == 3
    assert spread([0.1, 0.2, 0.3])["p50"] == 200
    assert spread([]) == {}


def test_what_forced_a_card_to_wait_is_named() -> None:
    full, later = Group(turns=[-10.0] * 20), Group(turns=[-10.0] * 19)
    assert waited(0.0, 4.0, Group(), []) == Waited(unforced=4.0)
    assert waited(0.0, 4.0, full, []) == Waited(budget=4.0)
    assert waited(0.0, 4.0, later, []) == Waited(unforced=4.0)
    assert waited(0.0, 4.0, Group(turns=[-1.0] * 5), []) == Waited(budget=4.0)
    assert waited(0.0, 4.0, Group(faults=[(1.0, 3.0)]), []) == Waited(fault=2.0, unforced=2.0)
    assert waited(0.0, 4.0, full, [(1.0, 2.0)]) == Waited(budget=3.0, kill=1.0)
    assert waited(48.0, 52.0, full, []) == Waited(budget=2.0, unforced=2.0)
