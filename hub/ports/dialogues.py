"""Where talks with people stand: what a bot asked and has no answer to yet. Durable."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec


class Dialogue(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One person in one chat of one bot. `state` names what was asked (empty: nothing), `data` is
    what the question was about, `focus` the case they looked at last, `row` the last inbox row
    that changed it."""

    id: str = msgspec.field(name="_id")
    state: str = ""
    data: dict[str, str] = {}
    focus: int = 0
    row: str = ""
    at: datetime


class Dialogues(Protocol):
    """Kept where Redis may forget everything."""

    async def get(self, dialogue_id: str) -> Dialogue | None: ...

    async def put(self, dialogue: Dialogue) -> None:
        """Insert or replace."""
