"""Twins of hub.store.notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.domain.shift import ShiftSpan
from hub.ports.notices import Held
from tests.support.memory.table import Table


class MemoryHeld:
    def __init__(self) -> None:
        self._rows = Table(Held)

    async def add(self, held: Held) -> None:
        if held.id not in self._rows:
            self._rows.add(held)

    async def oldest(self) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        for one in self._rows:
            found[one.login] = min(one.at, found.get(one.login, one.at))
        return found

    async def gather(self, login: str, batch: str) -> None:
        for one in self._rows:
            if one.login == login and not one.batch:
                one.batch = batch
                self._rows.put(one)

    async def of(self, login: str) -> list[Held]:
        found = [one for one in self._rows if one.login == login]
        return sorted(found, key=lambda held: (held.at, held.case, held.id))

    async def drop(self, ids: Sequence[str]) -> None:
        for ident in ids:
            self._rows.drop(ident)


class MemoryShifts:
    def __init__(self) -> None:
        self._rows = Table(ShiftSpan)

    async def put(self, span: ShiftSpan) -> None:
        self._rows.put(span)

    async def since(self, begin: datetime, login: str = "") -> list[ShiftSpan]:
        found = [one for one in self._rows if one.until > begin and login in {"", one.login}]
        return sorted(found, key=lambda span: (span.since, span.id))
