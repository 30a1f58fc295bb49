"""Parts of messages, until they are whole."""

from __future__ import annotations

from hub.domain.parts import PartBook
from hub.ports.saving import Conflict, Duplicate
from hub.store.client import Mongo, repeated
from hub.store.codec import document, struct
from hub.store.rows import add, swap


class Parts:
    """See hub.ports.parts.Parts."""

    def __init__(self, database: Mongo) -> None:
        self._books = database["parts"]

    @repeated
    async def get(self, name: str) -> PartBook | None:
        """Everything that came under this name."""
        found = await self._books.find_one({"_id": name})
        return None if found is None else struct(PartBook, found)

    async def save(self, book: PartBook) -> None:
        """Insert (`rev` 0) or replace on {_id, rev}. Raises Conflict."""
        if book.rev:
            await swap(self._books, book, document(book))
            return
        try:
            await add(self._books, {**document(book), "rev": 1})
        except Duplicate:
            raise Conflict(book.id) from None
        book.rev = 1
