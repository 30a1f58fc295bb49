"""Understands what waits, as a worker does, and prints how long it took: ``MESSAGES`` rows.

A program of its own (``python -m hub.bench.understand MESSAGES ACCOUNT``) with the environment of a
worker.
What follows from a saved case is not done here: the relay is not counted.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from time import perf_counter

import uvloop

from hub import log, wiring
from hub.bench.figures import cpu_seconds
from hub.collector import rest_from_start
from hub.embedded import Urls
from hub.settings import load

LOOK_SECONDS = 0.02
WAKE_SECONDS = 2.0


async def understand(messages: int, account: str) -> dict[str, float]:
    settings = load()
    assert settings.mongo_url is not None
    assert settings.redis_url is not None
    urls = Urls(settings.mongo_url.get_secret_value(), settings.redis_url.get_secret_value())

    async def nothing(ids: Sequence[object]) -> None:
        """What follows is left for another day."""

    async with wiring.opened(settings, urls) as hub:
        await hub.services.deps.staff.directory()
        hub.engine.register(take=hub.intake.take, drain=nothing, post=nothing)
        rest_from_start()
        cpu, started = cpu_seconds(os.getpid()), perf_counter()
        await hub.engine.start_worker()
        woken = started
        while _done(hub, account) < messages:
            await asyncio.sleep(LOOK_SECONDS)
            if perf_counter() - woken > WAKE_SECONDS:
                # As the scheduler does: a kick that was trimmed is made up for.
                await hub.timers.wake_lanes()
                woken = perf_counter()
        seconds, used = perf_counter() - started, cpu_seconds(os.getpid()) - cpu
        await hub.engine.stop()
    return {"seconds": seconds, "cpu": used}


def _done(hub: wiring.Hub, account: str) -> float:
    labels = {"account": account, "outcome": "done"}
    return hub.metrics.registry.get_sample_value("hub_understood_total", labels) or 0.0


def main() -> None:
    log.configure("error")
    json.dump(uvloop.run(understand(int(sys.argv[1]), sys.argv[2])), sys.stdout)


if __name__ == "__main__":
    main()
