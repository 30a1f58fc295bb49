"""Where talks of staff with bots stand."""

from __future__ import annotations

from hub.ports.dialogues import Dialogue
from hub.store.client import Mongo, repeated
from hub.store.codec import document, struct
from hub.store.rows import put


class Dialogues:
    """See hub.ports.dialogues."""

    def __init__(self, database: Mongo) -> None:
        self._dialogues = database["dialogues"]

    @repeated
    async def get(self, dialogue_id: str) -> Dialogue | None:
        """The dialogue, None while nothing was ever asked."""
        found = await self._dialogues.find_one({"_id": dialogue_id})
        return None if found is None else struct(Dialogue, found)

    async def put(self, dialogue: Dialogue) -> None:
        """Insert or replace."""
        await put(self._dialogues, document(dialogue))
