"""What a door or a poller kept, for tests of both: a durable inbox reduced to its promise."""

from __future__ import annotations

import asyncio

import msgspec

from hub.domain.errors import StoreDown
from hub.domain.message import stable_id
from hub.ports.channel import Kept, Key, RawRequest


class KeptRows:
    """Unique by the event's name. `down` lanes are not kept; `gate` holds every keep back."""

    def __init__(self) -> None:
        self.rows: dict[str, RawRequest] = {}
        self.down: set[str] = set()
        self.all_down = False
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Condition()
        self.tries = 0

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        async with self.asked:
            self.tries += 1
            self.asked.notify_all()
        await self.gate.wait()
        if self.all_down or key.lane in self.down:
            raise StoreDown
        row = stable_id(raw.account, key.external_id)
        if row in self.rows:
            other = key.strict and self.rows[row].body != raw.body
            return Kept(row, "conflict" if other else "repeat")
        self.rows[row] = raw
        async with self.asked:
            self.asked.notify_all()
        return Kept(row, "new")

    @property
    def written(self) -> list[bytes]:
        """Everything that would stand in the store."""
        return [msgspec.msgpack.encode(raw) for raw in self.rows.values()]

    async def until(self, rows: int, timeout: float = 60.0) -> list[RawRequest]:
        """Wait for so many rows; returns them in the order kept."""
        async with asyncio.timeout(timeout), self.asked:
            await self.asked.wait_for(lambda: len(self.rows) >= rows)
        return list(self.rows.values())

    async def until_tried(self, tries: int, timeout: float = 60.0) -> None:
        """Wait until so many keeps have begun."""
        async with asyncio.timeout(timeout), self.asked:
            await self.asked.wait_for(lambda: self.tries >= tries)
