"""Twin of hub.store.files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import msgspec

from hub.domain.errors import NotFound, TooLarge
from hub.ports.files import NewFile, StoredFile
from hub.store.sniff import sniff


class MemoryFiles:
    def __init__(self) -> None:
        self._files: dict[str, tuple[StoredFile, bytes]] = {}

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
        if file_id in self._files:
            return self._files[file_id][0]
        body = b""
        async for chunk in data:
            body += chunk
            if len(body) > limit:
                raise TooLarge(limit=limit)
        stored = StoredFile(
            id=file_id,
            name=name,
            mime=sniff(body[:4096], name, mime),
            size=len(body),
            case=case,
            by=by,
            at=datetime.now(UTC),
        )
        self._files[file_id] = stored, body
        return stored

    async def put_many(self, files: Sequence[NewFile]) -> dict[str, StoredFile]:
        for file in files:
            if file.id not in self._files:
                stored = StoredFile(
                    id=file.id,
                    name=file.name,
                    mime=file.mime if file.made else sniff(file.data[:4096], file.name, file.mime),
                    size=len(file.data),
                    case=file.case,
                    by=file.by,
                    at=datetime.now(UTC),
                )
                self._files[file.id] = stored, file.data
        return {file.id: self._files[file.id][0] for file in files}

    async def info(self, file_id: str) -> StoredFile | None:
        found = self._files.get(file_id)
        return found[0] if found else None

    async def attach(self, file_ids: Sequence[str], case: int) -> None:
        for file_id in file_ids:
            if file_id in self._files:
                stored, body = self._files[file_id]
                self._files[file_id] = msgspec.structs.replace(stored, case=case), body

    async def read(
        self, file_id: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        if file_id not in self._files:
            raise NotFound(what="file", id=file_id)
        yield self._files[file_id][1][start:end]
