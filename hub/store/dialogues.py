"""Where talks of staff with bots stand."""

from __future__ import annotations

from collections.abc import Sequence

from hub.ports.dialogues import Dialogue
from hub.store.asking import parts
from hub.store.client import Mongo, repeated
from hub.store.codec import Document, document, struct
from hub.store.rows import put
from hub.store.together import Together


class Dialogues:
    """See hub.ports.dialogues."""

    def __init__(self, database: Mongo) -> None:
        self._dialogues = database["dialogues"]
        self._asked = Together(self._find)

    async def get(self, dialogue_id: str) -> Dialogue | None:
        """The dialogue, None while nothing was ever asked."""
        found = await self._asked.ask(dialogue_id)
        return None if found is None else struct(Dialogue, found)

    @repeated
    async def _find(self, ids: Sequence[str]) -> Sequence[Document | None]:
        found = {
            one["_id"]: one
            for some in parts(list(dict.fromkeys(ids)))
            for one in await self._dialogues.find({"_id": {"$in": some}}).to_list()
        }
        return [found.get(one) for one in ids]

    async def put(self, dialogue: Dialogue) -> None:
        """Insert or replace."""
        await put(self._dialogues, document(dialogue))
