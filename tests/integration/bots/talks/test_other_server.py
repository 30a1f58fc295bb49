"""The main job at lo-bot-api-emulator, a Bot API server that others wrote: a person there is
updates put into its queue and the calls that it took."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator

from tests.support.botworld import ADMIN, DOM, SHIFT, BotWorld


class Judge(LoBotApiEmulator):  # type: ignore[misc]
    """Remembers what was said to whom."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, dict[str, Any], Any]] = []

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        result = super().validate(method, fields, uploads)
        self.said.append((method, dict(fields), result))
        return result


class Person:
    """Somebody in a private chat with one bot."""

    def __init__(self, judge: Judge, token: str, ident: int, name: str) -> None:
        self._judge, self._token = judge, token
        self._user = {"id": ident, "is_bot": False, "first_name": name}
        self._chat = {"id": ident, "type": "private", "first_name": name}
        self._own = 100_000 * ident

    async def say(self, text: str, reply_to: int = 0) -> None:
        self._own += 1
        message = {
            "message_id": self._own,
            "date": 1_700_000_000,
            "chat": self._chat,
            "from": self._user,
            "text": text,
        }
        if reply_to:
            quoted = {"message_id": reply_to, "date": 1_700_000_000, "chat": self._chat}
            message["reply_to_message"] = {**quoted, "text": "…"}
        await self._judge.enqueue_update({"message": message}, token=self._token)

    async def press(self, data: str, message: int) -> None:
        shown = {"message_id": message, "date": 1_700_000_000, "chat": self._chat, "text": "…"}
        query = {
            "id": f"{message}{len(data)}",
            "from": self._user,
            "chat_instance": "1",
            "message": shown,
            "data": data,
        }
        await self._judge.enqueue_update({"callback_query": query}, token=self._token)

    async def wait_for(self, words: str, method: str = "sendMessage") -> int:
        """The id of the message with these words."""
        async with asyncio.timeout(60):
            while True:
                for called, fields, result in self._judge.said:
                    to_me = str(fields.get("chat_id")) == str(self._chat["id"])
                    if called == method and to_me and words in str(fields.get("text", "")):
                        return int(result["message_id"])
                await asyncio.sleep(0.02)


@pytest.fixture
async def judge() -> AsyncIterator[tuple[Judge, str]]:
    judge = Judge()
    runner = web.AppRunner(judge.app(), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield judge, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_main_job_at_anothers_server(judge: tuple[Judge, str]) -> None:
    server, url = judge
    resident = Person(server, DOM.token, 501, "Светлана")
    emma = Person(server, SHIFT.token, 502, "Эмма")
    async with BotWorld(server=url) as world:
        await world.services.people.add("emma", "Аксакова Эмма", ["operator"], ADMIN)
        token = await world.services.people.one_time_link("emma", ADMIN)
        await emma.say(f"/start {token}")
        await emma.wait_for("Здравствуйте")
        await resident.say("Нет горячей воды")
        await resident.wait_for("№1 принято")
        card = await emma.wait_for("Нет горячей воды")
        case = await world.services.book.load(1)
        await emma.press(f"c:take:1:{case.version}:0", card)
        await emma.wait_for("в работе", "editMessageText")
        await resident.wait_for("в работе", "editMessageText")
        await emma.say("Мастер будет в 15:00", reply_to=card)
        await resident.wait_for("Мастер будет в 15:00")
        await emma.wait_for("✓", "editMessageText")
        await resident.say("Спасибо")
        message = await emma.wait_for("Спасибо")
        await emma.say("Пожалуйста", reply_to=message)
        await resident.wait_for("Пожалуйста")
        assert [kind for kind, _ in await world.entries(1)] == ["in", "out", "in", "out"]
