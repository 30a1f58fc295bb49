"""Twin of hub.store.codes."""

from __future__ import annotations

from datetime import datetime

from hub.domain.linking import Code
from tests.support.memory.table import Table


class MemoryCodes:
    def __init__(self) -> None:
        self._rows = Table(Code)

    async def put(self, code: Code) -> None:
        self._rows.put(code)

    async def guess(self, contact: str, most: int, now: datetime) -> Code | None:
        code = self._rows.get(contact)
        if code is None or code.tries >= most or code.expires_at <= now:
            return None
        code.tries += 1
        self._rows.put(code)
        return code

    async def drop(self, code: Code) -> None:
        held = self._rows.get(code.id)
        if held is not None and held.salt == code.salt:
            self._rows.drop(code.id)
