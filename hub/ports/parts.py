"""Parts of messages, until they are whole."""

from __future__ import annotations

from typing import Protocol

from hub.domain.parts import PartBook


class Parts(Protocol):
    """By the name that a message's sender gives its parts. Forgotten after a week."""

    async def get(self, name: str) -> PartBook | None: ...

    async def save(self, book: PartBook) -> None:
        """Insert (`rev` 0) or replace on {_id, rev}. Raises Conflict."""
