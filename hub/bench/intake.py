"""How many messages a second are kept and understood, beside what the bare driver does.

Bare inserts stand before and after the hub's turn, so that a machine that slows down on the way
slows both. All run on the same fresh store.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from hub.bench import bare, posts
from hub.bench.figures import cpu_seconds, percentile_ms
from hub.bench.hammer import __file__ as HAMMER
from hub.bench.house import House, house

MESSAGES = 4000
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


async def measure(messages: int = MESSAGES) -> dict[str, Any]:
    """``messages`` from as many residents, then as many again from the same ones."""
    dice = Random(1842)  # noqa: S311
    first = posts.bodies(messages, messages, "new", dice)
    again = posts.bodies(messages, messages, "follow", dice)
    async with house(posts.accounts()) as own, own.hub("web") as web:
        early = [posts.body(f"early-{one}", f"early-{one}", posts.TEXT) for one in range(WARM)]
        await acked(own, web.pid, map(posts.request, early))
        await understood(own, WARM)
        before = await bare.insert(own.urls.mongo, first[: messages // 2])
        kept = await acked(own, web.pid, map(posts.request, first))
        after = await bare.insert(own.urls.mongo, first[: messages // 2])
        new = await understood(own, messages)
        follow_acked = await acked(own, web.pid, map(posts.request, again))
        follow = await understood(own, messages)
    bare_times = before[0] + after[0]
    bare_per_s = len(bare_times) / (before[1] + after[1])
    cpu = kept.cpu + follow_acked.cpu + new["cpu"] + follow["cpu"]
    return {
        "acked_per_s": round(kept.per_s),
        "bare_per_s": round(bare_per_s),
        "ratio": round(kept.per_s / bare_per_s, 2),
        "ack_p50_ms": percentile_ms(kept.times, 0.5),
        "ack_p99_ms": percentile_ms(kept.times, 0.99),
        "bare_p99_ms": percentile_ms(bare_times, 0.99),
        "understood_new_per_s": round(messages / new["seconds"]),
        "understood_follow_per_s": round(messages / follow["seconds"]),
        "cpu_ms_per_message": round(cpu / (2 * messages) * 1000, 3),
        "messages": messages,
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
