"""What the same driver does with nothing around it: one document, one insert, one answer."""

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from pymongo import AsyncMongoClient

CONCURRENCY = 64


async def insert(url: str, bodies: Sequence[bytes]) -> tuple[list[float], float]:
    """Insert every body as a document of its own, majority and journal, 64 at a time.

    Returns the seconds of each insert and of all together.
    """
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        url, w="majority", journal=True, maxPoolSize=CONCURRENCY
    )
    bare = client.get_default_database()["bench_bare"]
    todo = list(bodies)
    times: list[float] = []

    async def writer() -> None:
        while todo:
            body = todo.pop()
            started = perf_counter()
            await bare.insert_one({"account": "bench", "body": body})
            times.append(perf_counter() - started)

    try:
        await bare.insert_one({"account": "bench"})
        await asyncio.gather(*(client.admin.command("ping") for _ in range(CONCURRENCY)))
        started = perf_counter()
        await asyncio.gather(*(writer() for _ in range(CONCURRENCY)))
        return times, perf_counter() - started
    finally:
        await bare.drop()
        await client.close()
