"""How far pollers have come."""

from __future__ import annotations

from hub.ports.marks import Mark
from hub.store.client import Mongo, repeated
from hub.store.codec import document, struct
from hub.store.rows import put


class Marks:
    """See hub.ports.marks."""

    def __init__(self, database: Mongo) -> None:
        self._marks = database["marks"]

    @repeated
    async def get(self, mark_id: str) -> Mark | None:
        """The mark, None where nothing was ever kept."""
        found = await self._marks.find_one({"_id": mark_id})
        return None if found is None else struct(Mark, found)

    async def put(self, mark: Mark) -> None:
        """Insert or replace."""
        await put(self._marks, document(mark))
