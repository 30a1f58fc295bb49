"""Residents: they write in bursts, send pictures, correct themselves, answer, rate."""

from __future__ import annotations

import random

from bots.emulator.chats import Chat, Message
from bots.emulator.world import World
from tests.simulation.ledger import Ledger, tags
from tests.simulation.people import PATIENCE, Someone, has_key, keys, words

TROUBLES = (
    "Нет горячей воды с утра",
    "Не работает лифт",
    "Течёт кран на кухне",
    "В подъезде нет света",
    "Батареи холодные",
    "Когда придёт мастер?",
    "Не закрывается дверь подъезда",
    "Неверно начислили за октябрь",
)


class Resident(Someone):
    """Someone who lives here. `ledger` hands out what may still be said today."""

    def __init__(
        self, world: World, person: int, chat: Chat, rng: random.Random, ledger: Ledger
    ) -> None:
        super().__init__(world, person, chat, rng)
        self.ledger = ledger

    async def episode(self, messages: int) -> None:
        """Something happened: a few messages, and what one does about them."""
        if self.chance(0.15):
            self.phone.start()
            await self.think(2, 10)
        before = self.mark
        for _ in range(messages):
            await self._write()
            await self.think(1, 60)
        if self.chance(0.12):
            await self._button("Дополнить", before)
            await self._write()
        elif self.chance(0.06):
            await self._button("Отменить", before)
        elif self.chance(0.05):
            self.phone.say("/my")

    async def _write(self, reply_to: int | None = None) -> None:
        """One thing said, as text, picture or album; sometimes corrected at once."""
        tag = self.ledger.tag("R", self.now, self.chat.id)
        if tag is None:
            return
        text = f"{self.rng.choice(TROUBLES)} {tag}"
        kind = self.rng.random()
        if kind < 0.84:
            said = self.say(text, reply_to)
            if self.chance(0.05):
                await self.think(3, 20)
                self.phone.edit(said.id, f"{text}, срочно")
        elif kind < 0.94:
            await self.photos(1, text, reply_to=reply_to)
        else:
            await self.photos(self.rng.randint(2, 4), text, reply_to=reply_to)

    async def _button(self, key: str, since: int) -> None:
        card = await self.wait_for(has_key(key), since)
        if card is not None:
            await self.think(1, 5)
            await self.press(card, key)
            await self.think(1, 3)

    async def live(self) -> None:
        """React to what comes, for the rest of the day."""
        while True:
            message = await self.next()
            if tags(words(message), "A"):
                await self._answered(message)
            elif "👍" in keys(message):
                await self._closed(message)

    async def _answered(self, answer: Message) -> None:
        if not self.chance(0.3):
            return
        await self.think(10, 240)
        await self._write(answer.id if self.chance(0.3) else None)

    async def _closed(self, card: Message) -> None:
        if not self.chance(0.5):
            return
        await self.think(5, PATIENCE * 4)
        if self.chance(0.15):
            if await self.press(card, "Не решено"):
                await self.think(2, 20)
                await self._write()
        else:
            await self.press(card, "👍" if self.chance(0.8) else "👎")
