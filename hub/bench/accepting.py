"""Keeps what a poller would hand on, so many at a time, and prints how long it took.

A program of its own (``python -m hub.bench.accepting CONNECTIONS``): what came in stands on stdin,
a JSON list of requests. What follows from a kept row is left to others.
"""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from time import perf_counter

import msgspec
import uvloop

from hub import log, wiring
from hub.bench.figures import cpu_seconds
from hub.collector import rest_from_start
from hub.embedded import Urls
from hub.ports.channel import RawRequest
from hub.settings import load


async def accepting(requests: Sequence[RawRequest], connections: int) -> dict[str, object]:
    settings = load()
    assert settings.mongo_url is not None
    assert settings.redis_url is not None
    urls = Urls(settings.mongo_url.get_secret_value(), settings.redis_url.get_secret_value())
    todo, times = list(reversed(requests)), []
    async with wiring.opened(settings, urls) as hub:

        async def one() -> None:
            while todo:
                raw = todo.pop()
                began = perf_counter()
                await hub.ingress.accept(raw)
                times.append(perf_counter() - began)

        await hub.services.deps.staff.directory()
        rest_from_start()
        cpu, started = cpu_seconds(os.getpid()), perf_counter()
        await asyncio.gather(*(one() for _ in range(connections)))
        seconds, used = perf_counter() - started, cpu_seconds(os.getpid()) - cpu
    return {"seconds": seconds, "cpu": used, "times": times}


def main() -> None:
    log.configure("error")
    requests = msgspec.json.decode(sys.stdin.buffer.read(), type=list[RawRequest])
    json.dump(uvloop.run(accepting(requests, int(sys.argv[1]))), sys.stdout)


if __name__ == "__main__":
    main()
