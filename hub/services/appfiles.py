"""Files in the resident app: what residents bring, and what they may read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from hub.domain.case import Case
from hub.domain.errors import NotFound
from hub.domain.message import stable_id
from hub.ports.files import StoredFile
from hub.services.appreader import Reader, dialogue, lines_before
from hub.services.deps import Deps

LINES = 100


class AppFiles:
    """Rights: what they brought themselves, and files of lines that they see."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def put(
        self, reader: Reader, key: str, name: str, data: AsyncIterator[bytes]
    ) -> StoredFile:
        """Store what they upload; the same `key` again is the file as it was first."""
        return await self._deps.files.put(
            stable_id("app file", reader.identity, key),
            name[:200],
            data,
            case=0,
            by=reader.identity,
            limit=self._deps.policy.max_file,
        )

    async def info(self, reader: Reader, file_id: str) -> StoredFile:
        """A file that they brought, or one of a line that they see; else NotFound."""
        found = await self._deps.files.info(file_id)
        if found is not None and (found.by == reader.identity or await self._shown(reader, found)):
            return found
        raise NotFound(what="file", id=file_id)

    async def own(self, reader: Reader, ids: Sequence[str]) -> None:
        """Raise NotFound unless they brought each of these."""
        for file_id in ids:
            info = await self._deps.files.info(file_id)
            if info is None or info.by != reader.identity:
                raise NotFound(what="file", id=file_id)

    def read(self, info: StoredFile, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes [start, end) of a file that `info` allowed."""
        return self._deps.files.read(info.id, start, end)

    async def _shown(self, reader: Reader, info: StoredFile) -> bool:
        case = await self._deps.cases.get(info.case) if info.case else None
        if case is None:
            return False
        for number in await self._through(reader, case):
            talk = await dialogue(self._deps, reader, number)
            before: tuple[int, int] | None = None
            while lines := await lines_before(self._deps, talk, reader, before, LINES):
                if any(
                    file.id == info.id and not one.entry.deleted
                    for one in lines
                    for file in one.entry.files
                ):
                    return True
                before = (lines[0].doc, lines[0].entry.seq)
        return False

    async def _through(self, reader: Reader, case: Case) -> list[int]:
        """By which of their cases they look at this one."""
        if case.contact.id in reader.contacts:
            return [case.number]
        found = await self._deps.cases.many(await self._deps.cases.merged_from(case.number))
        return [one.number for one in found.values() if one.contact.id in reader.contacts]
