"""The hub as a gateway sees it: its real door and its real channel over twins of the stores."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import channels
from hub.domain.message import Address, Outbound, Outcome
from hub.domain.thread import Entry
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import Kept, Key, RawRequest
from hub.ports.channel_build import Account, ChannelDeps
from hub.services.intake import Intake
from tests.support.world import World

PATIENCE = 90.0


async def until(true: Callable[[], Any], *, seconds: float = PATIENCE) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


class NoFiles:
    async def read(
        self, file_id: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        raise AssertionError("no file is read here")
        yield b""


class Keeping:
    """The world's inbox; `down` refuses as a store that is away does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.asked = 0
        self.keys: list[Key] = []
        self.kept: list[Kept] = []

    async def keep(self, raw: RawRequest, key: Key) -> Kept:
        self.asked += 1
        kept: Kept = await self._world.store.inbox.keep(raw, key)
        await self._world.kicks.take([key.lane])
        self.keys.append(key)
        self.kept.append(kept)
        return kept


class HubSide(World):
    """`said` is everything that residents said; `answer` sends to one of them."""

    def __init__(self, kind: str, options: dict[str, object], port: int) -> None:
        super().__init__()
        self.clock.time = datetime.now(UTC).replace(microsecond=0)
        deps = ChannelDeps(
            clock=self.clock,
            files=NoFiles(),
            public_url=f"http://127.0.0.1:{port}",
            file_url=lambda file_id: "",
        )
        self.gateway: Any = channels.build(Account(id="sms", kind=kind, options=options), deps)
        receivers = {"sms": self.gateway}
        self.intake = Intake(self.deps, self.services.book, self.services.contacts, receivers)
        self.deps.senders["sms"] = self.gateway  # type: ignore[index]
        self.inbox = Keeping(self)
        self.ingress = Ingress(receivers, self.inbox, self.clock)
        self.door = server_of(self.ingress, port)

    async def said(self) -> list[Entry]:
        """Messages of residents in all cases, after everything kept was understood."""
        await self.settle()
        found: list[Entry] = []
        for number in range(1, 400):
            case = await self.store.cases.get(number)
            if case is None:
                break
            found += [one for one in case.thread if one.direction == "in"]
        return found

    async def texts(self) -> list[str]:
        return sorted(one.text for one in await self.said())

    async def hears(self, texts: list[str]) -> None:
        """Wait until residents said exactly this."""
        found: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE):
                while (found := await self.texts()) != sorted(texts):
                    assert len(found) <= len(texts), found
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"heard {found}") from None

    async def send(self, to: str, text: str, id: str = "out") -> Outcome:
        address = Address("sms", "sms", to, f"phone:{to}", f"sms:{to}")
        outcome: Outcome = await self.gateway.send(Outbound(id=id, to=address, text=text))
        return outcome

    async def delivered(self, number: int, state: str) -> Entry:
        """Wait until the last answer of a case fares so."""
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.settle()
                case = await self.store.cases.get(number)
                entry = next((one for one in reversed(case.thread) if one.delivery), None)
                if entry is not None and entry.delivery.state == state:
                    return entry  # type: ignore[no-any-return]
                await asyncio.sleep(0.05)


@asynccontextmanager
async def server_of(ingress: Ingress, port: int) -> AsyncIterator[None]:
    async with serving(build(ingress.routes()), "127.0.0.1", port):
        yield
