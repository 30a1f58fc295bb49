"""Which bot message stands for what."""

from __future__ import annotations

from typing import Any

from hub.ports.shown import Shown
from hub.store.client import Mongo, repeated
from hub.store.codec import Document, document, struct
from hub.store.rows import put


class ShownStore:
    """See hub.ports.shown.ShownStore."""

    def __init__(self, database: Mongo) -> None:
        self._shown = database["shown"]

    async def add(self, shown: Shown) -> None:
        """Insert or replace by (account, chat, message)."""
        # Case and entry are written down even where they are 0: they are asked for.
        row = {"_id": _id(shown.account, shown.chat, shown.message), **document(shown)}
        await put(self._shown, {**row, "case": shown.case, "entry": shown.entry})

    @repeated
    async def at(self, account: str, chat: int, message: int) -> Shown | None:
        """What this message stands for."""
        found = await self._shown.find_one({"_id": _id(account, chat, message)})
        return None if found is None else struct(Shown, found)

    async def latest(
        self, account: str, chat: int, what: str, case: int, entry: int = 0
    ) -> Shown | None:
        """The newest message in this chat that stands for this."""
        found = await self._find({"case": case, "what": what, "account": account, "chat": chat})
        return next((one for one in reversed(found) if one.entry == entry), None)

    async def chats(self, case: int, what: str) -> list[Shown]:
        """The newest of each chat that shows this of a case."""
        found = await self._find({"case": case, "what": what})
        return list({(one.account, one.chat): one for one in found}.values())

    @repeated
    async def _find(self, wanted: dict[str, Any]) -> list[Shown]:
        """Oldest first."""
        found: list[Document] = await self._shown.find(wanted).to_list()
        rows = [struct(Shown, one) for one in found]
        return sorted(rows, key=lambda row: (row.at, row.message))

    @repeated
    async def drop(self, shown: Shown) -> None:
        """Forget a message."""
        await self._shown.delete_one({"_id": _id(shown.account, shown.chat, shown.message)})


def _id(account: str, chat: int, message: int) -> str:
    return f"{account}:{chat}:{message}"
