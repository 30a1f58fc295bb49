"""Twenty a minute in a group, whatever comes: played on a clock that only the test moves."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from bots.build import StaffBots, build_staff, staff_bot
from bots.emulator.chats import Chat
from bots.emulator.server import Emulator, Limits
from bots.operator.forum import turns
from hub.botapi.bot import make_bot
from hub.domain.forum import ForumPlace
from hub.domain.staff import Group
from hub.services import postman as posting
from hub.services import relay as relaying
from hub.services.delivery import ChannelOutlet
from hub.services.postman import Postman
from hub.services.relay import Relay
from hub.services.services import Services
from hub.texts import TemplateTexts
from tests.support.botworld import EMMA, SHIFT
from tests.support.budget import WindowsBudget
from tests.support.world import StoppedClock, World

CASES = 60
PER_MINUTE = 20


class EmulatorClock:
    def __init__(self, clock: StoppedClock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.time.timestamp()


class Rush:
    """A hub, a group at a local Telegram that keeps its limits, and time by the second."""

    def __init__(self) -> None:
        self.world = World()
        self.clock = self.world.clock
        self.emulator = Emulator(
            [SHIFT],
            [EMMA],
            limits=Limits(mode="lenient"),
            clock=EmulatorClock(self.clock),
            rng=random.Random(3),
        )
        self.spoken: list[float] = []

    async def start(self) -> None:
        url = await self.emulator.start()
        self.chat: Chat = self.emulator.world.add_group(
            "Диспетчеры", "supergroup", [EMMA.id], [200], is_forum=True
        )
        store = self.world.store
        await store.staff.put_group(Group(id="main", name="Диспетчерская", default=True))
        await store.forums.add_place(
            ForumPlace(
                id="p", account="shift", chat=self.chat.id, group="main", at=self.clock.now()
            )
        )
        store.staff.forget()
        deps = replace(
            self.world.deps,
            budget=WindowsBudget(lambda: self.clock.time.timestamp()),
            texts=TemplateTexts(self.clock, ZoneInfo("Europe/Moscow")),
        )
        services = Services.of(deps)
        bot = staff_bot("shift", make_bot(SHIFT.token, url), ("operator",))
        self.bots: StaffBots = build_staff([bot], services, store.dialogues)
        residents = ChannelOutlet(deps.senders, store.cases, deps.texts, deps.policy)
        self.relay = Relay(
            deps,
            services.book,
            services.contacts,
            {"status": residents, "topic": self.bots.forum, "topic_mark": self.bots.forum},
        )
        self.postman = Postman(deps, {"forum": self.bots.forum_letters})
        charge = self.emulator.world.limiter.charge

        def counted(bot_id: int, chat: Chat, messages: int = 1) -> None:
            charge(bot_id, chat, messages)
            self.spoken.append(self.clock.time.timestamp())

        self.emulator.world.limiter.charge = counted  # type: ignore[method-assign]

    async def stop(self) -> None:
        await self.bots.close()
        await self.emulator.stop()

    async def write(self, who: int, text: str) -> None:
        message = self.world.inbound(text, f"r{who}")
        await self.world.keep(message)
        await self.world.intake.take([message.conversation])

    async def second(self) -> bool:
        """What is due now is done, then a second passes. False when nothing is left to do."""
        store, now = self.world.store, self.clock.now()
        await self.relay.drain(await store.cases.due(now, 1000))
        await self.postman.post(await store.letters.due(now, 1000))
        self.clock.forward(seconds=1)
        later = self.clock.now().replace(year=2027)
        return bool(await store.cases.due(later, 1) or await store.letters.due(later, 1))

    def said(self, words: str) -> list[str]:
        messages = self.emulator.world.messages[self.chat.key].values()
        texts = [str(one.content.get("text", "")) for one in messages]
        return [text for text in texts if words in text]


@pytest.fixture
async def rush(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rush]:
    # Whoever must wait says so and comes again: nobody sleeps here.
    monkeypatch.setattr(turns, "PATIENCE", 0.0)
    for module in (relaying, posting):
        monkeypatch.setattr(module, "PATIENCE", 0.0)
        monkeypatch.setattr(module, "ROUNDS", 0)
    rush = Rush()
    await rush.start()
    yield rush
    await rush.stop()


async def test_sixty_cases_in_a_minute_come_twenty_calls_a_minute(rush: Rush) -> None:
    seconds, left = 0, True
    while left or seconds < CASES:
        if seconds < CASES:
            for part in ("Нет воды", "Уже с утра", "Когда дадут?"):
                await rush.write(seconds, f"{part}, дом {seconds}.")
        left = await rush.second()
        seconds += 1
        assert seconds < 40 * 60
    refused = [made for made in rush.emulator.api.made if made.code != 200]
    assert refused == []
    windows = [sum(at <= one < at + 60 for one in rush.spoken) for at in rush.spoken]
    assert max(windows) <= PER_MINUTE
    # Everything came: a topic and a card for each, and each word of theirs once.
    topics = [topic.name for topic in rush.chat.topics.values() if " · " in topic.name]
    assert len(topics) == len(set(topics)) == CASES
    assert len(rush.chat.pinned) == CASES + 1
    for case in range(CASES):
        for part in ("Нет воды", "Уже с утра", "Когда дадут?"):
            (text,) = set(rush.said(f"{part}, дом {case}."))
            assert text.count(f"{part}, дом {case}.") == 1
    assert rush.said(f"Очередь: {CASES} обращений")
    # Making, card and what was said since: three turns a case, a few a minute for the queue.
    assert seconds <= 60 * (CASES * 3 / (PER_MINUTE - 4) + 2)
