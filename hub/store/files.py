"""File bytes (GridFS), streamed both ways; what they are is told by their beginning."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from hub.domain.errors import NotFound
from hub.ports.files import NewFile, StoredFile
from hub.store.blobs import Blob, Blobs
from hub.store.client import Mongo
from hub.store.codec import Document
from hub.store.indexes import FILES
from hub.store.sniff import HEAD, sniff


class Files:
    """See hub.ports.files.Files."""

    def __init__(self, database: Mongo) -> None:
        self._blobs = Blobs(database, FILES)

    async def put(
        self,
        file_id: str,
        name: str,
        data: AsyncIterator[bytes],
        *,
        case: int,
        by: str,
        limit: int,
        mime: str = "",
    ) -> StoredFile:
        """Store; the same id again is kept as it was first. Raises TooLarge over `limit` bytes."""
        stored = await self.info(file_id)
        if stored is not None:
            return stored
        head = b""
        async for part in data:
            head += part
            if len(head) >= HEAD:
                break
        facts = {"name": name, "mime": sniff(head[:HEAD], name, mime), "case": case, "by": by}
        await self._blobs.put(file_id, _joined(head, data), limit, facts)
        stored = await self.info(file_id)
        assert stored is not None
        return stored

    async def info(self, file_id: str) -> StoredFile | None:
        """What is known of a file."""
        found = await self._blobs.find(file_id)
        return None if found is None else _stored(found)

    async def attach(self, file_ids: Sequence[str], case: int) -> None:
        """These files belong to this case now."""
        if file_ids:
            await self._blobs.describe(list(file_ids), {"case": case})

    async def read(
        self, file_id: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Bytes [start, end). Raises NotFound."""
        found = await self._blobs.find(file_id)
        if found is None:
            raise NotFound(what="file", id=file_id)
        async for part in self._blobs.read(found, start, end):
            yield part

    async def put_many(self, files: Sequence[NewFile]) -> dict[str, StoredFile]:
        """Whole files, with few calls for all of them: how each stands now, by its id."""
        held = await self._blobs.put_many([_blob(one) for one in files]) if files else {}
        return {file_id: _stored(found) for file_id, found in held.items()}


def _blob(file: NewFile) -> Blob:
    mime = file.mime if file.made else sniff(file.data[:HEAD], file.name, file.mime)
    facts = {"name": file.name, "mime": mime, "case": file.case, "by": file.by}
    return Blob(file.id, file.data, facts)


async def _joined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    if head:
        yield head
    async for part in rest:
        yield part


def _stored(found: Document) -> StoredFile:
    facts = found["metadata"]
    return StoredFile(
        id=found["filename"],
        name=facts["name"],
        mime=facts["mime"],
        size=int(found["length"]),
        case=int(facts["case"]),
        by=facts["by"],
        at=found["uploadDate"],
    )
