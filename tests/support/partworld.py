"""A world whose channel brings messages in parts."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec

from hub.domain.message import Fragment, Inbound, Received
from hub.ports.channel import RawRequest, Unreadable
from hub.services.intake import Intake
from tests.support.world import StoppedClock, TestChannel, World


class PartChannel(TestChannel):
    """As its parent; what is no list is one part."""

    __test__ = False

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        if raw.body.startswith(b"["):
            return super().parse(raw)
        try:
            return [msgspec.json.decode(raw.body, type=Fragment)]
        except msgspec.DecodeError as error:
            raise Unreadable(str(error)) from None


class PartWorld(World):
    """`part` brings one part and lets things happen; `wait` lets time pass."""

    def __init__(self, store: Any = None, clock: StoppedClock | None = None) -> None:
        super().__init__(store)
        if clock is not None:
            self.clock.time = clock.time
        self.channel = PartChannel()
        self.intake = Intake(
            self.deps, self.services.book, self.services.contacts, {"site": self.channel}
        )
        self.rows = itertools.count(1)

    def fragment(self, half: bytes, total: int, index: int, ref: str = "site:anna:42") -> Fragment:
        message = self.inbound("")
        return Fragment(
            key=message.key,
            account="site",
            ref=ref,
            total=total,
            index=index,
            half=half,
            message=message,
        )

    def cut(self, text: str, total: int) -> list[Fragment]:
        """The parts of a message, all as long but for the last one."""
        size = -(-len(text) // total)
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        return [
            self.fragment(piece.encode("utf-16-be", "surrogatepass"), total, at)
            for at, piece in enumerate(pieces, 1)
        ]

    async def keep_part(self, fragment: Fragment) -> None:
        """The provider brings it; each time it is a request of its own."""
        raw = RawRequest(
            account="site",
            method="POST",
            body=msgspec.json.encode(fragment),
            headers={"id": f"row{next(self.rows)}-{fragment.key}", "lane": "site:anna"},
            received_at=self.clock.now(),
        )
        await self.store.inbox.keep(raw, self.channel.key(raw))
        await self.kicks.take(["site:anna"])

    async def part(self, fragment: Fragment) -> None:
        await self.keep_part(fragment)
        await self.settle()

    async def plain(self, text: str) -> Inbound:
        return await self.say(text, sent_at=self.clock.now())

    async def wait(self, time: timedelta) -> None:
        """Let this time pass and a little more, with the sweeps that it brings."""
        self.clock.time += time + timedelta(seconds=4)
        await self.timers.wake()
        await self.settle()

    async def waiting(self) -> int:
        """Rows that are not done."""
        return int((await self.store.inbox.stats(self.clock.now()))["new"])
