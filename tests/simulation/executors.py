"""Executors: accept or refuse, go, are there, report with a photo; ask the dispatcher."""

from __future__ import annotations

import random

from bots.emulator.chats import Chat, Message
from bots.emulator.world import World
from tests.simulation.ledger import Ledger
from tests.simulation.people import Someone, has_key, keys, place


class Executor(Someone):
    """Someone who does the work itself."""

    def __init__(
        self, world: World, person: int, chat: Chat, rng: random.Random, ledger: Ledger
    ) -> None:
        super().__init__(world, person, chat, rng)
        self.ledger = ledger

    async def live(self) -> None:
        """One task after the other, each key as it is shown."""
        while True:
            message = await self.next()
            shown = keys(message)
            await self.think(3, 30)
            if "Не могу" in shown and "Принять" in shown:
                await self._begin(message)
            elif "Готово" in shown:
                await self._go_on(message)

    async def _begin(self, task: Message) -> None:
        if self.chance(0.85):
            await self.press(task, "Принять")
            if self.chance(0.2):
                self.say(f"Уточните подъезд {self._tag()}", task.id)
            return
        since = self.mark
        if await self.press(task, "Не могу"):
            menu = await self.wait_for(has_key("Занят"), since)
            if menu is not None:
                await self.think(1, 5)
                await self.press(menu, self.rng.choice(("Занят", "Нет материала")))

    async def _go_on(self, task: Message) -> None:
        await self.think(30, 600)
        for key in ("Выехал", "На месте"):
            if place(self.world.message(self.chat, task.id), key) and self.chance(0.7):
                await self.press(task, key)
                await self.think(30, 300)
        since = self.mark
        if not await self.press(task, "Готово"):
            return
        if await self.wait_for(has_key("Отмена"), since) is None:
            return
        since = self.mark
        if self.chance(0.6):
            await self.photos(1, f"Сделано {self._tag()}" if self.chance(0.5) else "")
        else:
            self.say(f"Сделано {self._tag()}")
        report = await self.wait_for(has_key("Отправить"), since)
        if report is not None:
            await self.think(1, 5)
            await self.press(report, "Отправить")

    def _tag(self) -> str:
        return self.ledger.tag("E", self.now, self.chat.id) or ""
