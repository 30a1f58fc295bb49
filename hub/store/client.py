"""The connection to MongoDB and what every write relies on.

Every write waits for the majority and its journal. A write that lost its connection is repeated:
each of ours may be, by a fixed id, a unique key, or `rev` and op.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar

from pymongo import AsyncMongoClient, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ExecutionTimeout,
    WaitQueueTimeoutError,
    WriteConcernError,
)

from hub.domain.errors import StoreDown
from hub.store.codec import Document

Collection = AsyncCollection[Document]
Mongo = AsyncDatabase[Document]

PATIENCE = 5.0
"""Seconds for which a call is repeated before the store counts as down."""
PAUSE = 0.1

LIGHT = WriteConcern(w=1)
"""For writes whose loss is harmless: marks that a later durable write makes durable
with itself (the journal and the oplog keep their order)."""

DUPLICATE = 11000

P = ParamSpec("P")
T = TypeVar("T")


def connect(url: str, name: str) -> tuple[AsyncMongoClient[Document], Mongo]:
    """Open a client (it connects by itself when it is first used) and name the database."""
    client: AsyncMongoClient[Document] = AsyncMongoClient(
        url,
        w="majority",
        journal=True,
        tz_aware=True,
        tzinfo=UTC,
        appname="hub",
        serverSelectionTimeoutMS=2_500,
        connectTimeoutMS=2_500,
        socketTimeoutMS=20_000,
        waitQueueTimeoutMS=10_000,
        maxPoolSize=64,
    )
    return client, client[name]


def repeated(call: Callable[P, Awaitable[T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Run the whole call again after a lost connection; StoreDown when that lasts."""

    @functools.wraps(call)
    async def steady(*args: P.args, **kwargs: P.kwargs) -> T:
        end = 0.0
        while True:
            try:
                return await call(*args, **kwargs)
            except (AutoReconnect, WaitQueueTimeoutError, ExecutionTimeout) as lost:
                now = time.monotonic()
                end = end or now + PATIENCE
                if now >= end:
                    raise StoreDown(reason=type(lost).__name__) from lost
                await asyncio.sleep(PAUSE)
            except WriteConcernError as unsure:
                raise StoreDown(reason="unconfirmed") from unsure

    return steady


def refused(error: BulkWriteError) -> dict[int, dict[str, Any]]:
    """Which of a batch were refused for a unique key: index → the error. Raises for others."""
    details: dict[str, Any] = dict(error.details or {})
    if details.get("writeConcernErrors"):
        raise StoreDown(reason="unconfirmed") from error
    errors: list[dict[str, Any]] = details.get("writeErrors", [])
    for one in errors:
        if one["code"] != DUPLICATE:
            raise error
    return {int(one["index"]): one for one in errors}


async def server_time(database: Mongo) -> datetime:
    """The clock of the store."""
    answer = await database.client.admin.command("hello")
    at = answer["localTime"]
    assert isinstance(at, datetime)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
