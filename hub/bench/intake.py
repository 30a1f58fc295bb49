"""How many messages a second are kept and understood, beside what the bare driver does.

In rounds, with bare inserts before and after each of the hub's turns at the door, so that a machine
that is slow for a moment is slow for both. All run on the same fresh store.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from hub.bench import bare, posts
from hub.bench.figures import cpu_seconds, percentile_ms
from hub.bench.hammer import __file__ as HAMMER
from hub.bench.house import House, house

MESSAGES = 8000
ROUNDS = 4
WARM = 512
"""Messages before the measured ones: as the bare driver, the hub has its connections open and its
code read when the clock starts."""
CONNECTIONS = 64
KEPT = "2"
"""How the statuses begin of what was kept."""


@dataclass(frozen=True)
class Acked:
    times: list[float]
    per_s: float
    cpu: float


@dataclass
class Sums:
    """Of one kind of turn: messages, seconds, the seconds of each, processor time."""

    count: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    times: list[float] = field(default_factory=list)

    def add(self, count: int, seconds: float, cpu: float, times: Iterable[float] = ()) -> None:
        self.count += count
        self.seconds += seconds
        self.cpu += cpu
        self.times += times

    @property
    def per_s(self) -> float:
        return self.count / self.seconds


async def measure(messages: int = MESSAGES) -> dict[str, Any]:
    """In each round its part of ``messages`` from as many new residents, then as many again from
    the same ones; half as many bare inserts before and after each turn at the door."""
    dice = Random(1842)  # noqa: S311
    part = max(2, messages // ROUNDS)
    first = posts.bodies(part * ROUNDS, part * ROUNDS, "new", dice)
    again = posts.bodies(part * ROUNDS, part * ROUNDS, "follow", dice)
    plain, kept, new, follow = Sums(), Sums(), Sums(), Sums()
    async with house(posts.accounts()) as own, own.hub("web") as web:
        early = [posts.body(f"early-{one}", f"early-{one}", posts.TEXT) for one in range(WARM)]
        await acked(own, web.pid, map(posts.request, early))
        await understood(own, WARM)

        async def inserts(bodies: list[bytes]) -> None:
            times, seconds = await bare.insert(own.urls.mongo, bodies)
            plain.add(len(bodies), seconds, 0.0, times)

        for begin in range(0, part * ROUNDS, part):
            for bodies, sums in ((first, new), (again, follow)):
                some = bodies[begin : begin + part]
                await inserts(some[: part // 2])
                taken = await acked(own, web.pid, map(posts.request, some))
                kept.add(part, part / taken.per_s, taken.cpu, taken.times)
                await inserts(some[: part // 2])
                done = await understood(own, part)
                sums.add(part, done["seconds"], done["cpu"])
    cpu = kept.cpu + new.cpu + follow.cpu
    return {
        "acked_per_s": round(kept.per_s),
        "bare_per_s": round(plain.per_s),
        "ratio": round(kept.per_s / plain.per_s, 2),
        "ack_p50_ms": percentile_ms(kept.times, 0.5),
        "ack_p99_ms": percentile_ms(kept.times, 0.99),
        "bare_p99_ms": percentile_ms(plain.times, 0.99),
        "understood_new_per_s": round(new.per_s),
        "understood_follow_per_s": round(follow.per_s),
        "cpu_ms_per_message": round(cpu / kept.count * 1000, 3),
        "messages": new.count,
    }


async def acked(own: House, web: int, requests: Iterable[bytes]) -> Acked:
    """Whole HTTP requests, posted as fast as they are taken; raises for one that was not kept."""
    hammer = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(Path(HAMMER)),
        str(own.settings.port),
        str(CONNECTIONS),
        stdin=PIPE,
        stdout=PIPE,
    )
    todo = list(requests)
    before = cpu_seconds(web)
    out, _ = await hammer.communicate(posts.packed(todo))
    cpu = cpu_seconds(web) - before
    result = json.loads(out)
    if any(status[0] != KEPT for status in result["statuses"]):
        raise RuntimeError(f"not everything was kept: {result['statuses']}")
    return Acked(result["times"], len(todo) / result["seconds"], cpu)


async def understood(own: House, messages: int, account: str = posts.ACCOUNT) -> dict[str, float]:
    """Seconds and CPU until so many rows of the account are saved in cases."""
    async with own.process("hub.bench.understand", str(messages), account) as running:
        out, _ = await running.communicate()
    found: dict[str, float] = json.loads(out)
    return found
