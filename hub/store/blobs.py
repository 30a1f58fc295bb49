"""Bytes in GridFS, each under a name of ours that is unique.

An upload gets an id of its own and takes its name only when it is whole: two at once, or one
after a crash, never mix their parts. What a crash left half done is cleared away by later uploads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from bson import ObjectId
from pymongo.errors import BulkWriteError

from hub.domain.errors import TooLarge
from hub.store.client import LIGHT, Mongo, refused, repeated
from hub.store.codec import Document

CHUNK = 255 * 1024
GIVEN_UP = timedelta(hours=2)
"""No upload takes so long; an older unfinished one died."""
AT_ONCE = 4 * 1024 * 1024
"""Bytes of chunks that go in one command."""


class Blob(NamedTuple):
    """A file that is there as a whole."""

    name: str
    data: bytes
    metadata: Mapping[str, Any]


class Blobs:
    """A bucket, of the shape that GridFS gives it."""

    def __init__(self, database: Mongo, bucket: str) -> None:
        self._files = database[f"{bucket}.files"]
        self._chunks = database[f"{bucket}.chunks"]
        self._uploads = database[f"{bucket}.uploads"]

    @repeated
    async def find(self, name: str) -> Document | None:
        """The file document (`length`, `uploadDate`, `metadata`)."""
        return await self._files.find_one({"filename": name})

    @repeated
    async def describe(self, names: list[str], metadata: Mapping[str, Any]) -> None:
        """Change facts of these files."""
        changes = {f"metadata.{key}": value for key, value in metadata.items()}
        await self._files.update_many({"filename": {"$in": names}}, {"$set": changes})

    async def put(
        self, name: str, data: AsyncIterator[bytes], limit: int, metadata: Mapping[str, Any]
    ) -> None:
        """Store; a name that stands already stays as it is. Raises TooLarge over `limit` bytes."""
        await self._clear()
        made = _file(Blob(name, b"", metadata))
        await self._begin(made["_id"])
        whole = False
        try:
            # GridFS's own upload first looks whether there are chunks at all, for which the
            # embedded database reads every one that it has.
            async for heap in _as_they_come(made, data, limit):
                await self._add(heap)
            whole = not await self._stand([made])
        finally:
            await self._end(made["_id"], whole=whole)

    async def read(
        self, found: Document, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Bytes [start, end) of a file that `find` gave, chunk by chunk."""
        size, step = int(found["length"]), int(found["chunkSize"])
        end = size if end is None else min(end, size)
        for number in range(start // step, -(-end // step)):
            chunk = await self._chunk(found["_id"], number)
            begin = number * step
            yield chunk[max(start - begin, 0) : end - begin]

    async def whole(self, name: str) -> bytes:
        """All bytes of a file; empty if it is not there."""
        found = await self.find(name)
        if found is None:
            return b""
        return b"".join([part async for part in self.read(found)])

    @repeated
    async def drop(self, names: list[str]) -> None:
        """Delete these files."""
        async for found in self._files.find({"filename": {"$in": names}}, {"_id": 1}):
            await self._files.delete_one({"_id": found["_id"]})
            await self._chunks.delete_many({"files_id": found["_id"]})

    @repeated
    async def _chunk(self, upload: ObjectId, number: int) -> bytes:
        found = await self._chunks.find_one({"files_id": upload, "n": number})
        if found is None:
            raise LookupError(f"chunk {number} of {upload} is missing")
        return bytes(found["data"])

    @repeated
    async def _begin(self, upload: ObjectId) -> None:
        await self._uploads.update_one({"_id": upload}, {"$set": {"open": True}}, upsert=True)

    @repeated
    async def _end(self, upload: ObjectId, *, whole: bool) -> None:
        if not whole and await self._files.find_one({"_id": upload}, {"_id": 1}) is None:
            await self._chunks.delete_many({"files_id": upload})
        await self._uploads.delete_one({"_id": upload})

    @repeated
    async def _clear(self) -> None:
        old = ObjectId.from_datetime(datetime.now(UTC) - GIVEN_UP)
        async for upload in self._uploads.find({"_id": {"$lt": old}}).limit(10):
            for one in upload.get("files", ()):
                await self._end(one, whole=False)
            await self._end(upload["_id"], whole=False)

    async def put_many(self, blobs: Sequence[Blob]) -> dict[str, Document]:
        """Store these with one command of each kind; a name that stands already stays as it is.
        How each stands now, by its name."""
        held = await self._named([one.name for one in blobs])
        fresh = {one.name: one for one in reversed(blobs) if one.name not in held}
        if not fresh:
            return held
        await self._clear()
        made = [_file(one) for one in fresh.values()]
        upload = ObjectId()
        await self._open(upload, [one["_id"] for one in made])
        for part in _heaped(made, [one.data for one in fresh.values()]):
            await self._add(part)
        other = await self._stand(made)
        await self._forget(upload, [one["_id"] for one in made if one["filename"] in other])
        return held | {one["filename"]: one for one in made} | other

    @repeated
    async def _named(self, names: Sequence[str]) -> dict[str, Document]:
        found = self._files.find({"filename": {"$in": list(names)}})
        return {one["filename"]: one async for one in found}

    @repeated
    async def _open(self, upload: ObjectId, files: Sequence[ObjectId]) -> None:
        # What follows is durable, and this with it: the journal keeps the order.
        light = self._uploads.with_options(write_concern=LIGHT)
        marks = {"open": True, "files": list(files)}
        await light.update_one({"_id": upload}, {"$set": marks}, upsert=True)

    @repeated
    async def _add(self, chunks: Sequence[Document]) -> None:
        try:
            await self._chunks.insert_many(chunks, ordered=False)
        except BulkWriteError as error:
            # Nobody else has these ids: what is there is ours, of a call whose answer was lost.
            refused(error)

    @repeated
    async def _stand(self, files: Sequence[Document]) -> dict[str, Document]:
        """Give them their names; those that are somebody else's by now."""
        try:
            await self._files.insert_many(files, ordered=False)
        except BulkWriteError as error:
            doubtful = {files[index]["filename"]: files[index]["_id"] for index in refused(error)}
            held = await self._named(list(doubtful))
            return {name: one for name, one in held.items() if one["_id"] != doubtful[name]}
        return {}

    @repeated
    async def _forget(self, upload: ObjectId, lost: Sequence[ObjectId]) -> None:
        if lost:
            await self._chunks.delete_many({"files_id": {"$in": list(lost)}})
        await self._uploads.with_options(write_concern=LIGHT).delete_one({"_id": upload})


def _file(blob: Blob) -> Document:
    """Its document, as GridFS would have it."""
    now = datetime.now(UTC)
    return {
        "_id": ObjectId(),
        "filename": blob.name,
        "metadata": dict(blob.metadata),
        "chunkSize": CHUNK,
        "length": len(blob.data),
        # As it is read back: the store counts in milliseconds.
        "uploadDate": now.replace(microsecond=now.microsecond // 1000 * 1000),
    }


def _heaped(files: Sequence[Document], data: Sequence[bytes]) -> Iterator[list[Document]]:
    """Their chunks, as many at a time as go in one command."""
    heap: list[Document] = []
    size = 0
    for file, whole in zip(files, data, strict=True):
        for number, start in enumerate(range(0, len(whole), CHUNK)):
            part = whole[start : start + CHUNK]
            if heap and size + len(part) > AT_ONCE:
                yield heap
                heap, size = [], 0
            heap.append({"_id": ObjectId(), "files_id": file["_id"], "n": number, "data": part})
            size += len(part)
    if heap:
        yield heap


async def _as_they_come(
    file: Document, data: AsyncIterator[bytes], limit: int
) -> AsyncIterator[list[Document]]:
    """Chunks of a file whose bytes arrive bit by bit; its `length` is right at the end. Raises
    TooLarge."""
    held = bytearray()
    number = 0
    async for part in data:
        file["length"] += len(part)
        if file["length"] > limit:
            raise TooLarge(limit=limit)
        held += part
        if len(held) >= AT_ONCE:
            full = len(held) // CHUNK * CHUNK
            yield _cut(file, bytes(held[:full]), number)
            number += full // CHUNK
            del held[:full]
    if held:
        yield _cut(file, bytes(held), number)


def _cut(file: Document, data: bytes, number: int) -> list[Document]:
    """Chunks from `number` on."""
    return [
        {"_id": ObjectId(), "files_id": file["_id"], "n": at, "data": data[start : start + CHUNK]}
        for at, start in enumerate(range(0, len(data), CHUNK), number)
    ]
