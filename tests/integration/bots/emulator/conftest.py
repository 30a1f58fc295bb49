"""One emulator for each test, and a bot and people in it."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bots.emulator.server import BotAccount, Emulator, Limits, Person
from tests.support.phone import Phone

DOM = BotAccount("100:resident-secret", "dom_bot", "Дом")
SHIFT = BotAccount("200:staff-secret", "shift_bot", "Смена")
SVETLANA = Person(501, "Светлана", "Иванова", "sveta", "+79220000001", "жительница", "dom_bot")
EMMA = Person(502, "Эмма", "Аксакова", "", "+79220000002", "оператор", "shift_bot")


class ManualClock:
    def __init__(self) -> None:
        self.at = 1_800_000_000.0

    def now(self) -> float:
        return self.at


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def emulator(clock: ManualClock) -> AsyncIterator[Emulator]:
    emulator = Emulator(
        [DOM, SHIFT],
        [SVETLANA, EMMA],
        limits=Limits(mode="off"),
        clock=clock,
        rng=random.Random(7),
        first_pause=0.01,
    )
    yield emulator
    await emulator.stop()


@pytest.fixture
async def url(emulator: Emulator) -> str:
    return await emulator.start()


def bot_at(url: str, token: str) -> Bot:
    return Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))


@pytest.fixture
async def bot(url: str) -> AsyncIterator[Bot]:
    bot = bot_at(url, DOM.token)
    yield bot
    await bot.session.close()


@pytest.fixture
async def staff_bot(url: str) -> AsyncIterator[Bot]:
    bot = bot_at(url, SHIFT.token)
    yield bot
    await bot.session.close()


@pytest.fixture
async def phone(url: str) -> AsyncIterator[Phone]:
    async with Phone(url, SVETLANA.id, "dom_bot") as phone:
        yield phone
