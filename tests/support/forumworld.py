"""A forum group at the local Telegram, connected to a queue, with phones of those who are in it.

async with BotWorld() as world:
    await world.hire()
    desk = await ForumDesk.connected(world, "main")
    await world.resident.say("Нет горячей воды")
    topic = await desk.topic("1 · ")
    await desk.emma.press("Взять", on=await desk.card(topic))
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp

from bots.emulator.chats import Chat
from tests.support.botworld import ADMIN, EMMA, SHIFT, STRANGER, VERA, BotWorld
from tests.support.phone import Phone, Seen

PATIENCE = 60.0
SHIFT_BOT = int(SHIFT.token.partition(":")[0])


class ForumDesk:
    """One group; `emma` leads the house as an admin here, so that she may connect it."""

    def __init__(self, world: BotWorld, chat: int) -> None:
        self.world = world
        self.chat = chat
        self.emma = Phone(world.url, EMMA.id, str(chat))
        self.vera = Phone(world.url, VERA.id, str(chat))
        self.stranger = Phone(world.url, STRANGER.id, str(chat))

    @classmethod
    async def made(cls, world: BotWorld, title: str = "Диспетчеры", **body: Any) -> ForumDesk:
        """A group with the bot in it that is no desk yet."""
        given = {
            "title": title,
            "people": [EMMA.id, VERA.id, STRANGER.id],
            "bots": ["shift_bot"],
            "forum": True,
            **body,
        }
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{world.url}/phones/api/groups", json=given) as answer,
        ):
            return cls(world, int((await answer.json())["ref"]))

    @classmethod
    async def connected(cls, world: BotWorld, group: str = "main", **body: Any) -> ForumDesk:
        """A desk that works. Emma is an admin from here on."""
        desk = await cls.made(world, **body)
        await desk.promote()
        await desk.connect(group)
        await desk.emma.wait_for("Группа подключена")
        return desk

    async def promote(self) -> None:
        """Emma may connect groups."""
        person = await self.world.services.people.get("emma")
        person.roles = ["admin", "operator"]
        await self.world.store.staff.save(person)

    async def connect(self, group: str) -> None:
        """Emma types the code that the group's page shows."""
        code = await self.world.services.places.code(group, ADMIN)
        await self.emma.say(f"/connect {code}")

    async def close(self) -> None:
        for phone in (self.emma, self.vera, self.stranger):
            await phone.close()

    # ── what stands there ────────────────────────────────────────────────────────────────────

    @property
    def group(self) -> Chat:
        return self.world.emulator.world.chats[f"g{self.chat}"]

    async def topics(self) -> dict[int, tuple[str, bool]]:
        """Number → name, closed."""
        view = await self.emma.chat()
        return {one["id"]: (one["name"], one["closed"]) for one in view["topics"]}

    async def topic(self, name: str, *, closed: bool | None = None, but: int = 0) -> int:
        """The number of the topic with these words in its name, once it is there (and closed)."""

        def fits(shown: tuple[str, bool]) -> bool:
            return name in shown[0] and closed in {None, shown[1]}

        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            shown = await self.topics()
            found = [ident for ident, one in shown.items() if fits(one) and ident != but]
            if found:
                return found[-1]
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"no topic {name!r} (closed: {closed}): {shown}")
            await self.emma.changes(0.2)

    async def seen(self, thread: int | None, words: str | Callable[[Seen], bool]) -> Seen:
        """The newest message of a topic (None: of General) with these words."""

        def fits(one: Seen) -> bool:
            if one.thread != thread:
                return False
            return words in one.text and one.from_bot if isinstance(words, str) else words(one)

        return await self.emma.wait_for(fits, PATIENCE)

    async def card(self, thread: int) -> Seen:
        """The pinned card of a topic."""
        return await self.seen(thread, lambda one: one.pinned and bool(one.buttons))

    async def texts(self, thread: int | None) -> list[str]:
        """What bots and people said in a topic."""
        return [one.text for one in await self.emma.history() if one.thread == thread and one.text]
