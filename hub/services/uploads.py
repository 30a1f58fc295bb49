"""Files that staff and programs bring, and reading files with the case's rights."""

from __future__ import annotations

from collections.abc import AsyncIterator

from hub.domain.errors import Forbidden, NotFound
from hub.domain.rights import may, require
from hub.domain.staff import Actor
from hub.ports.files import StoredFile
from hub.services.casebook import Casebook
from hub.services.deps import Deps


class Uploads:
    """Files in and out."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def put(self, name: str, data: AsyncIterator[bytes], by: Actor) -> StoredFile:
        """Store an uploaded file; it belongs to no case until it is sent. Raises TooLarge."""
        require(by, "file.upload")
        return await self._deps.files.put(
            self._deps.ids.new(),
            name[:200],
            data,
            case=0,
            by=by.login,
            limit=self._deps.policy.max_file,
        )

    async def info(self, file_id: str, by: Actor) -> StoredFile:
        """The file, if this person may read it: its case's rights, or their own upload."""
        info = await self._deps.files.info(file_id)
        if info is None:
            raise NotFound(what="file", id=file_id)
        if not info.case:
            if info.by != by.login and by.kind != "system":
                raise Forbidden(action="file.read")
            return info
        case = await self._book.load(info.case)
        seen = {case.number}
        while case.merged_into not in seen and case.merged_into and not may(by, "case.read", case):
            # Who reads the case that stands for another one reads that as well.
            seen.add(case.merged_into)
            case = await self._book.load(case.merged_into)
        require(by, "case.read", case)
        return info

    def read(
        self, info: StoredFile, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Bytes [start, end) of a file that `info` allowed."""
        return self._deps.files.read(info.id, start, end)
