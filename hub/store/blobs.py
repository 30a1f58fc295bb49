"""Bytes in GridFS, each under a name of ours that is unique.

An upload gets an id of its own and takes its name only when it is whole: two at once, or one
after a crash, never mix their parts. What a crash left half done is cleared away by later uploads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from gridfs.asynchronous import AsyncGridFSBucket
from gridfs.errors import FileExists
from pymongo.errors import AutoReconnect

from hub.domain.errors import StoreDown, TooLarge
from hub.store.client import Mongo, repeated
from hub.store.codec import Document

CHUNK = 255 * 1024
GIVEN_UP = timedelta(hours=2)
"""No upload takes so long; an older unfinished one died."""


class Blobs:
    """A GridFS bucket."""

    def __init__(self, database: Mongo, bucket: str) -> None:
        self._bucket = AsyncGridFSBucket(database, bucket, chunk_size_bytes=CHUNK)
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
        upload = ObjectId()
        await self._begin(upload)
        size = 0
        whole = False
        try:
            stream = self._bucket.open_upload_stream_with_id(upload, name, metadata=dict(metadata))
            async for part in data:
                size += len(part)
                if size > limit:
                    raise TooLarge(limit=limit)
                await stream.write(part)
            try:
                await stream.close()
                whole = True
            except FileExists:
                return
        except AutoReconnect as lost:
            # What was streamed is gone with the connection: who has it must bring it again.
            raise StoreDown(reason="upload") from lost
        finally:
            await self._end(upload, whole=whole)

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
            await self._end(upload["_id"], whole=False)
