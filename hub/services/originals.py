"""Messages as they came, shown on demand with the rights of their case."""

from __future__ import annotations

import base64

from hub.domain.errors import NotFound
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from hub.ports.files import StoredFile
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.oldentries import standing

MARKUP = 4 * 1024 * 1024
PICTURE, PICTURES = 4 * 1024 * 1024, 12 * 1024 * 1024
"""Bytes of one picture and of all that are shown within a mail; larger ones stand in its files."""


class Originals:
    """Reads what stands behind a message."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def html(self, number: int, seq: int, by: Actor) -> tuple[str, dict[str, str]]:
        """The cleaned markup of a message and its pictures as data addresses, by the names that the
        markup calls them. Raises NotFound, Forbidden."""
        entry = await self._entry(number, seq, by)
        kept = entry.original
        info = await self._deps.files.info(kept.html) if kept and kept.html else None
        if kept is None or info is None:
            raise NotFound(what="message", id=seq)
        markup = (await self._bytes(info, MARKUP)).decode("utf-8", "replace")
        shown: dict[str, str] = {}
        left = PICTURES
        for name, file_id in kept.pictures:
            picture = await self._deps.files.info(file_id)
            fits = picture is not None and picture.size <= min(PICTURE, left)
            if picture is None or not fits or not picture.mime.startswith("image/"):
                continue
            left -= picture.size
            data = base64.b64encode(await self._bytes(picture, PICTURE)).decode("ascii")
            shown[name] = f"data:{picture.mime};base64,{data}"
        return markup, shown

    async def _entry(self, number: int, seq: int, by: Actor) -> Entry:
        case = await self._book.load(number)
        require(by, "case.read", case)
        entry = await standing(self._deps.cases, case, seq)
        if entry is None or entry.deleted:
            raise NotFound(what="message", id=seq)
        return entry

    async def _bytes(self, info: StoredFile, most: int) -> bytes:
        end = min(info.size, most)
        return b"".join([chunk async for chunk in self._deps.files.read(info.id, 0, end)])
