"""Bytes of files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

import msgspec


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """`size` in bytes; `cases` whose people may read it; `by` who brought it."""

    id: str
    name: str
    mime: str
    size: int
    case: int
    by: str
    at: datetime


class NewFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is there as a whole. `mime` is what it is said to be, or, if `made` by ourselves,
    what it is."""

    id: str
    name: str
    data: bytes
    case: int
    by: str
    mime: str = ""
    made: bool = False


class Files(Protocol):
    """File bytes (GridFS). The type is sniffed from the bytes."""

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

    async def put_many(self, files: Sequence[NewFile]) -> dict[str, StoredFile]:
        """`put` for whole files, with few calls for all of them: how each stands now, by its id."""

    async def info(self, file_id: str) -> StoredFile | None: ...

    async def attach(self, file_ids: Sequence[str], case: int) -> None:
        """Uploaded files belong to this case now."""

    def read(self, file_id: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Bytes [start, end)."""
