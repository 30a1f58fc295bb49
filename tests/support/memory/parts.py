"""Twin of parts of messages."""

from __future__ import annotations

from hub.domain.parts import PartBook
from hub.ports.saving import Conflict
from tests.support.memory.table import Table


class MemoryParts:
    def __init__(self) -> None:
        self._books = Table(PartBook)

    async def get(self, name: str) -> PartBook | None:
        return self._books.get(name)

    async def save(self, book: PartBook) -> None:
        if book.rev:
            self._books.swap(book)
            return
        if book.id in self._books:
            raise Conflict(book.id)
        book.rev = 1
        self._books.put(book)
