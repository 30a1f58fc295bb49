"""What a process that died left of its files: cleared away later, and never what stands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandListener, CommandStartedEvent

from hub.store.blobs import AT_ONCE, CHUNK, GIVEN_UP, Blob, Blobs
from hub.store.client import Mongo, connect
from hub.store.codec import Document
from hub.store.indexes import ensure


@pytest.fixture
async def mongo(mongo_url: str, database: str) -> AsyncIterator[Mongo]:
    client, opened = connect(mongo_url, database)
    await ensure(opened)
    yield opened
    await client.close()


async def begun(mongo: Mongo, files: list[ObjectId]) -> None:
    """Somebody began to store these long ago, and died."""
    long_ago = ObjectId.from_datetime(datetime.now(UTC) - 2 * GIVEN_UP)
    await mongo["files.uploads"].insert_one({"_id": long_ago, "open": True, "files": files})


async def test_what_was_begun_together_and_not_ended_is_cleared(mongo: Mongo) -> None:
    blobs = Blobs(mongo, "files")
    stands = (await blobs.put_many([Blob("stands", b"x" * 300_000, {})]))["stands"]
    half = [ObjectId(), ObjectId()]
    for upload in half:
        await mongo["files.chunks"].insert_one({"files_id": upload, "n": 0, "data": b"half"})
    await begun(mongo, [*half, stands["_id"]])
    await blobs.put_many([Blob("later", b"y", {})])
    assert await mongo["files.uploads"].count_documents({}) == 0
    assert await mongo["files.chunks"].count_documents({"files_id": {"$in": half}}) == 0
    assert await blobs.whole("stands") == b"x" * 300_000


async def test_what_came_second_leaves_no_bytes_behind(mongo: Mongo) -> None:
    one, other = Blobs(mongo, "files"), Blobs(mongo, "files")
    await one.put_many([Blob("a", b"first", {})])

    look = other._named

    async def before(names: Sequence[str]) -> dict[str, Document]:
        """It looked before the first one stood."""
        other._named = look  # type: ignore[method-assign]
        return {}

    other._named = before  # type: ignore[method-assign]
    told = await other.put_many([Blob("a", b"second", {}), Blob("b", b"new", {})])
    assert (told["a"]["length"], told["b"]["length"]) == (5, 3)
    assert await one.whole("a") == b"first"
    assert await mongo["files.chunks"].count_documents({}) == 2
    assert await mongo["files.uploads"].count_documents({}) == 0


async def bit_by_bit(whole: bytes, step: int) -> AsyncIterator[bytes]:
    for start in range(0, len(whole), step):
        yield whole[start : start + step]


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, AT_ONCE, AT_ONCE + CHUNK + 7])
async def test_what_comes_bit_by_bit_stands_as_a_whole(mongo: Mongo, size: int) -> None:
    blobs = Blobs(mongo, "files")
    whole = bytes(number % 251 for number in range(size))
    await blobs.put("a", bit_by_bit(whole, 100_003), size, {"by": "t"})
    assert await blobs.whole("a") == whole
    found = await blobs.find("a")
    assert found is not None
    assert (found["length"], found["metadata"]) == (size, {"by": "t"})
    await blobs.put("a", bit_by_bit(b"another", 3), 7, {})
    assert await blobs.whole("a") == whole
    assert await mongo["files.chunks"].count_documents({}) == -(-size // CHUNK)
    assert await mongo["files.uploads"].count_documents({}) == 0


class Asked(CommandListener):
    """Remembers what was read without a condition."""

    def __init__(self) -> None:
        self.whole: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == "find" and not event.command.get("filter"):
            self.whole.append(str(event.command["find"]))

    def succeeded(self, event: object) -> None:
        """Not asked for."""

    def failed(self, event: object) -> None:
        """Not asked for."""


async def test_storing_reads_nothing_of_what_is_stored(
    mongo: Mongo, mongo_url: str, database: str
) -> None:
    """The embedded database reads a whole collection to say whether anything is in it: every
    upload read all mails kept so far, until its cache was full and nobody was answered."""
    asked = Asked()
    client: AsyncMongoClient[Document] = AsyncMongoClient(mongo_url, event_listeners=[asked])
    blobs = Blobs(client[database], "files")
    await blobs.put("a", bit_by_bit(b"one", 1), 3, {})
    await blobs.put_many([Blob("b", b"two", {})])
    await client.close()
    assert await Blobs(mongo, "files").whole("a") == b"one"
    assert asked.whole == []
