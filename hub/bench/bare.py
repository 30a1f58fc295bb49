"""What the same driver does with nothing around it: one document, one insert, one answer.

The document is the very row that the hub keeps, in a collection without any index of its own.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from pymongo import AsyncMongoClient

from hub.bench.posts import ACCOUNT
from hub.ports.channel import Key, RawRequest
from hub.store.inboxrows import row_document

CONCURRENCY = 64


async def insert(url: str, bodies: Sequence[bytes]) -> tuple[list[float], float]:
    """Insert every body as a document of its own, majority and journal, 64 at a time.

    Returns the seconds of each insert and of all together.
    """
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        url, w="majority", journal=True, maxPoolSize=CONCURRENCY
    )
    bare = client.get_default_database()["bench_bare"]
    todo = [_row(number, body) for number, body in enumerate(bodies)]
    times: list[float] = []

    async def writer() -> None:
        while todo:
            row = todo.pop()
            started = perf_counter()
            await bare.insert_one(row)
            times.append(perf_counter() - started)

    try:
        await bare.insert_one({"_id": "first"})
        await asyncio.gather(*(client.admin.command("ping") for _ in range(CONCURRENCY)))
        started = perf_counter()
        await asyncio.gather(*(writer() for _ in range(CONCURRENCY)))
        return times, perf_counter() - started
    finally:
        await bare.drop()
        await client.close()


def _row(number: int, body: bytes) -> dict[str, Any]:
    raw = RawRequest(
        account=ACCOUNT,
        method="POST",
        path=f"/in/{ACCOUNT}",
        headers={"content-type": "application/json"},
        body=body,
        received_at=datetime.now(UTC),
    )
    key = Key(f"bare-{number}", f"{ACCOUNT}:resident-{number}", strict=True)
    return row_document(raw, key, number.to_bytes(11, "big"))
