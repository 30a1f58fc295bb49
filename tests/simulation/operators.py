"""Operators at their desk, a private chat or a forum group: take, answer, hand over, close."""

from __future__ import annotations

import random
import re
from contextlib import suppress

from bots.emulator.chats import Chat, Message
from bots.emulator.errors import PhoneError
from bots.emulator.world import World
from tests.simulation.ledger import Ledger, tags
from tests.simulation.people import Someone, has_key, keys, place, words

NUMBER = re.compile(r"№(\d+)")
ANSWERS = ("Мастер будет сегодня", "Проверяем, ответим через час", "Сделано, спасибо", "Записали")


class Operator(Someone):
    """Someone at the desk. `retried` are answers that were sent again by hand."""

    def __init__(
        self, world: World, person: int, chat: Chat, rng: random.Random, ledger: Ledger
    ) -> None:
        super().__init__(world, person, chat, rng)
        self.ledger = ledger
        self.retried: set[str] = set()
        self._mine: set[int] = set()

    async def live(self) -> None:
        """One thing after the other, as the chat shows them."""
        while True:
            message = await self.next()
            await self.think(1, 4)
            # What was looked at may be gone by now, or its topic closed.
            with suppress(PhoneError):
                await self._look(message)

    async def _look(self, message: Message) -> None:
        shown, number = keys(message), _number(message)
        if "Повторить" in shown:
            if self.chance(0.8):
                self.retried.update(tags(words(message), "A"))
                await self.press(message, "Повторить")
        elif "Взять" in shown:
            await self.think(1, 20)
            if await self.press(message, "Взять"):
                await self._begin(message, number)
        elif "Вернуть" in shown and "Принять" in shown:
            await self._handed_over(message, number)
        elif not shown and tags(words(message), "RE"):
            await self._heard(message)

    async def _begin(self, card: Message, number: int) -> None:
        if await self.wait_for(lambda one: one.id == card.id and _taken(one), 0) is None:
            return
        self._mine.add(number)
        await self._work(card)

    async def _handed_over(self, card: Message, number: int) -> None:
        if self.chance(0.85):
            if await self.press(card, "Принять"):
                await self._begin(card, number)
            return
        await self._ask(card, "Вернуть", explained=True)

    async def _work(self, card: Message) -> None:
        await self.think(3, 30)
        what = self.rng.random()
        if what < 0.04:
            await self._spam(card)
            return
        if what < 0.12:
            await self._ask(card, "Передать", explained=False)
            return
        if what < 0.20:
            await self._note()
        elif what < 0.40:
            await self._executor(card)
        if self.chance(0.25):
            await self._quick(card)
        else:
            self._answer(card)
        if self.chance(0.65):
            await self.think(5, 60)
            await self._close(card)

    async def _heard(self, message: Message) -> None:
        """The resident goes on, or an executor asks: a swipe answers either."""
        if not self.chance(0.85):
            return
        await self.think(2, 20)
        if tags(words(message), "E"):
            self.say(f"Подъезд второй {self._tag('N')}", message.id)
        else:
            self._answer(message)

    # ── what an operator does with a card ────────────────────────────────────────────────────

    def _answer(self, to: Message) -> None:
        self.say(f"{self.rng.choice(ANSWERS)} {self._tag('A')}", to.id)

    async def _note(self) -> None:
        """Written to nobody: the bot asks, and it is a note."""
        since = self.mark
        self.say(f"Перезвонить в ЖЭК {self._tag('N')}")
        asked = await self.wait_for(_what_to_do, since)
        if asked is not None and place(asked, "Заметка в"):
            await self.press(asked, "Заметка в")

    async def _quick(self, card: Message) -> None:
        since = self.mark
        if not await self.press(card, "Ответы"):
            return
        menu = await self.wait_for(has_key("📁", "Мастер едет", "Показания"), since)
        if menu is not None and place(menu, "📁"):
            since = self.mark
            await self.press(menu, "📁 Вода")
            menu = await self.wait_for(has_key("Мастер едет", "Показания"), since)
        if menu is None:
            return
        since = self.mark
        await self.press(menu, self.rng.choice(("Мастер едет", "Показания")))
        preview = await self.wait_for(has_key("Отправить"), since)
        if preview is not None and self.chance(0.3):
            since = self.mark
            await self.press(preview, "Изменить")
            if await self.wait_for(lambda one: True, since) is None:
                return
            since = self.mark
            self.say(f"Мастер едет к вам {self._tag('A')}")
            preview = await self.wait_for(has_key("Отправить"), since)
        if preview is not None:
            await self.think(1, 5)
            await self.press(preview, "Отправить")

    async def _close(self, card: Message) -> None:
        since = self.mark
        if not await self.press(card, "Закрыть"):
            return
        menu = await self.wait_for(has_key("Выполнено"), since)
        if menu is None:
            return
        since = self.mark
        await self.press(menu, self.rng.choice(("Выполнено", "Консультация")))
        sure = await self.wait_for(has_key("Закрыть обращение"), since)
        if sure is not None:
            await self.think(1, 4)
            await self.press(sure, "Закрыть обращение")

    async def _spam(self, card: Message) -> None:
        since = self.mark
        await self.press(card, "Спам")
        sure = await self.wait_for(has_key("Да, спам"), since)
        if sure is None:
            return
        since = self.mark
        await self.press(sure, "Да, спам")
        undo = await self.wait_for(has_key("Не спам"), since)
        if undo is not None:
            await self.think(1, 8)
            await self.press(undo, "Не спам")

    async def _executor(self, card: Message) -> None:
        since = self.mark
        await self.press(card, "Ещё")
        menu = await self.wait_for(has_key("Исполнители"), since)
        if menu is None:
            return
        since = self.mark
        await self.press(menu, "Исполнители")
        people = await self.wait_for(lambda one: place(one, "Слесарь") is not None, since)
        if people is None:
            return
        free = [key for key in keys(people) if key.startswith("Слесарь")]
        if free:
            await self.press(people, self.rng.choice(free))
            await self.think(1, 3)
        await self.press(people, "Отмена")

    async def _ask(self, card: Message, key: str, *, explained: bool) -> None:
        """Hand over or give back: to whom, why, and yes."""
        since = self.mark
        if not await self.press(card, key):
            return
        if not explained:
            menu = await self.wait_for(lambda one: "Кому передать" in words(one), since)
            if menu is None:
                return
            others = [one for one in keys(menu) if one.startswith("Оператор")]
            if not others:
                await self.press(menu, "Отмена")
                return
            since = self.mark
            await self.press(menu, self.rng.choice(others))
        if await self.wait_for(lambda one: "пояснение" in words(one), since) is None:
            return
        await self.think(2, 15)
        since = self.mark
        self.say(f"Знаете этот дом лучше {self._tag('N')}")
        sure = await self.wait_for(has_key("Передать"), since)
        if sure is not None and "Отмена" in keys(sure):
            await self.press(sure, "Передать")

    def _tag(self, kind: str) -> str:
        return self.ledger.tag(kind, self.now, self.chat.id) or ""


def _what_to_do(said: Message) -> bool:
    """The bot asks what to do with plain words, or says that there is no case of theirs."""
    return place(said, "Заметка в") is not None or "нет открытых обращений" in words(said)


class GroupOperator(Operator):
    """The same in a forum group: every case has its topic, and plain words there are notes."""

    EAGER = 0.4
    """So often a case that nobody has is taken here, and not in somebody's private chat."""

    async def greet(self) -> None:
        """Show oneself: who is here is told of cases here."""
        self.say("/my")
        await self.think(1, 5)

    async def _look(self, message: Message) -> None:
        if message.thread is None or ("Взять" in keys(message) and not self.chance(self.EAGER)):
            return
        self.thread = message.thread
        if "Повторить" in keys(message) or "Взять" in keys(message):
            await super()._look(message)
        elif _number_of(self.chat, message) in self._mine and tags(words(message), "RE"):
            await self._heard(message)

    async def _note(self) -> None:
        self.say(f"Перезвонить в ЖЭК {self._tag('N')}")


def _number_of(chat: Chat, message: Message) -> int:
    """The case of a topic, by its name."""
    topic = chat.topics.get(message.thread or 0)
    found = re.search(r"\d+", topic.name) if topic else None
    return int(found[0]) if found else 0


def _taken(card: Message) -> bool:
    return "Закрыть" in keys(card) and "Взять" not in keys(card)


def _number(message: Message) -> int:
    found = NUMBER.search(words(message))
    return int(found[1]) if found else 0
