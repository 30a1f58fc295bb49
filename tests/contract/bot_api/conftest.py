"""The same calls to two Bot API servers: ours and lo-bot-api-emulator, the independent judge."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator

from bots.emulator.server import BotAccount, Emulator, Limits, Person
from tests.support.phone import Phone

TOKEN = "100:common-secret"
PERSON = Person(501, "Светлана", "Иванова", phone="+79220000001", bot_username="dom_bot")
CHAT = PERSON.id


class Resident(Protocol):
    """What a person does, in the words of either server; text comes back as an update."""

    async def say(self, text: str) -> None: ...
    async def press(self, message_id: int, data: str) -> None: ...
    async def ask(self, words: str) -> None: ...


class OurResident:
    def __init__(self, phone: Phone) -> None:
        self._phone = phone

    async def say(self, text: str) -> None:
        await self._phone.say(text)

    async def press(self, message_id: int, data: str) -> None:
        await self._phone.press_at(message_id, 0, 0, 0.0)

    async def ask(self, words: str) -> None:
        await self._phone.inline("dom_bot", words, wait=0.0)


class TheirResident:
    def __init__(self, server: LoBotApiEmulator) -> None:
        self._server = server
        self._last = 0
        self._user = {"id": CHAT, "is_bot": False, "first_name": "Светлана"}
        self._chat = {"id": CHAT, "type": "private", "first_name": "Светлана"}

    def _message(self, **fields: Any) -> dict[str, Any]:
        self._last += 1
        return {
            "message_id": self._last,
            "date": 1,
            "chat": self._chat,
            "from": self._user,
            **fields,
        }

    async def say(self, text: str) -> None:
        await self._server.enqueue_update({"message": self._message(text=text)}, token=TOKEN)

    async def press(self, message_id: int, data: str) -> None:
        shown = {**self._message(text="карточка"), "message_id": message_id}
        query = {
            "id": f"q{message_id}",
            "from": self._user,
            "chat_instance": "1",
            "message": shown,
            "data": data,
        }
        await self._server.enqueue_update({"callback_query": query}, token=TOKEN)

    async def ask(self, words: str) -> None:
        query = {"id": "i1", "from": self._user, "query": words, "offset": ""}
        await self._server.enqueue_update({"inline_query": query}, token=TOKEN)


@dataclass(frozen=True, slots=True)
class Server:
    name: str
    url: str
    bot: Bot
    resident: Resident


@pytest.fixture(params=["ours", "lo"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    if request.param == "ours":
        emulator = Emulator(
            [BotAccount(TOKEN, "dom_bot", "Дом")],
            [PERSON],
            limits=Limits(mode="off"),
            rng=random.Random(3),
            first_pause=0.01,
        )
        url = await emulator.start()
        async with Phone(url, CHAT, "dom_bot") as phone:
            await phone.start()
            bot = _bot(url)
            await bot.delete_webhook(drop_pending_updates=True)
            yield Server("ours", url, bot, OurResident(phone))
            await bot.session.close()
        await emulator.stop()
        return
    judge = LoBotApiEmulator(allow_insecure_loopback_webhooks=True)
    runner = web.AppRunner(judge.app(), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    bot = _bot(url)
    yield Server("lo", url, bot, TheirResident(judge))
    await bot.session.close()
    await runner.cleanup()


def _bot(url: str) -> Bot:
    return Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
