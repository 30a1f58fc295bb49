"""How updates reach a bot: polling, webhook, and never both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramUnauthorizedError,
)
from aiohttp import web

from bots.emulator.server import Emulator
from tests.integration.bots.emulator.conftest import bot_at
from tests.support.phone import Phone

PERSON = 501


class Hook:
    """A webhook that answers what the test wants."""

    def __init__(self) -> None:
        self.got: list[tuple[int, str]] = []
        self.statuses: list[int] = []
        self.secrets: set[str | None] = set()
        self._more = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.secrets.add(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        status = self.statuses.pop(0) if self.statuses else 200
        async with self._more:
            self.got.append((status, body["message"]["text"]))
            self._more.notify_all()
        return web.Response(status=status)

    async def until(self, count: int) -> list[tuple[int, str]]:
        async with self._more:
            await asyncio.wait_for(self._more.wait_for(lambda: len(self.got) >= count), 60)
        return self.got


@pytest.fixture
async def hook() -> AsyncIterator[tuple[Hook, str]]:
    hook = Hook()
    app = web.Application()
    app.router.add_post("/in", hook.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield hook, f"http://127.0.0.1:{runner.addresses[0][1]}/in"
    await runner.cleanup()


async def test_what_is_not_confirmed_comes_again(bot: Bot, phone: Phone) -> None:
    await phone.start()
    await phone.say("раз")
    first = await bot.get_updates()
    assert [u.message.text for u in first if u.message] == ["/start", "раз"]
    assert await bot.get_updates() == first
    assert await bot.get_updates(offset=first[0].update_id + 1) == first[1:]
    assert await bot.get_updates(offset=first[1].update_id + 1) == []


async def test_a_long_poll_returns_as_soon_as_there_is_something(bot: Bot, phone: Phone) -> None:
    async with asyncio.TaskGroup() as both:
        waiting = both.create_task(bot.get_updates(timeout=50))
        both.create_task(phone.start())
    assert waiting.result()[0].message is not None


async def test_a_server_that_stops_lets_go_who_polls(emulator: Emulator, bot: Bot) -> None:
    """Every test that had a bot waited two seconds for its last poll."""
    (mailbox,) = [one.mailbox for one in emulator.world.bots.values() if one.id == bot.id]
    waiting = asyncio.create_task(bot.get_updates(timeout=50))
    while not mailbox.polled:
        await asyncio.sleep(0)
    await emulator.stop()
    assert await waiting == []


async def test_kinds_that_were_not_asked_for_do_not_come(bot: Bot, phone: Phone) -> None:
    await bot.get_updates(allowed_updates=["message"])
    own = await phone.start()
    await phone.edit(own, "/start edited")
    assert [u.event_type for u in await bot.get_updates()] == ["message"]
    await bot.get_updates(allowed_updates=["message", "message_reaction"])
    sent = await bot.send_message(PERSON, "Довольны?")
    await phone.react(sent.message_id, "👍")
    reaction = (await bot.get_updates(offset=-1))[0].message_reaction
    assert reaction is not None
    assert [r.model_dump() for r in reaction.new_reaction] == [{"type": "emoji", "emoji": "👍"}]


async def test_the_older_of_two_pollers_is_sent_away(bot: Bot, url: str) -> None:
    other = bot_at(url, bot.token)
    try:
        first = asyncio.create_task(bot.get_updates(timeout=50))
        while not first.done():
            await other.get_updates(timeout=0)
        with pytest.raises(TelegramConflictError, match="terminated by other getUpdates"):
            await first
    finally:
        await other.session.close()


async def test_polling_with_a_webhook_is_a_conflict(bot: Bot, hook: tuple[Hook, str]) -> None:
    await bot.set_webhook(hook[1])
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


async def test_a_webhook_gets_all_in_order_with_the_secret(
    bot: Bot, phone: Phone, hook: tuple[Hook, str]
) -> None:
    taker, address = hook
    taker.statuses = [500, 404, 302]
    await bot.set_webhook(address, secret_token="top_secret-1")
    await phone.start()
    await phone.say("раз")
    await phone.say("два")
    got = await taker.until(6)
    assert got[:4] == [(500, "/start"), (404, "/start"), (302, "/start"), (200, "/start")]
    assert got[4:] == [(200, "раз"), (200, "два")]
    assert taker.secrets == {"top_secret-1"}
    info = await bot.get_webhook_info()
    assert info.url == address
    assert info.last_error_message == "Wrong response from the webhook: 302 Found"


async def test_a_dead_webhook_keeps_what_waits(bot: Bot, phone: Phone) -> None:
    await bot.set_webhook("http://127.0.0.1:9/in")
    await phone.start()
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 1
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []


@pytest.mark.parametrize("address", ["ftp://127.0.0.1/x", "https://example.org/hook", "nonsense"])
async def test_webhooks_elsewhere_are_refused(bot: Bot, address: str) -> None:
    with pytest.raises(TelegramBadRequest, match="bad webhook"):
        await bot.set_webhook(address)


async def test_unknown_tokens_methods_and_fields_are_refused(bot: Bot, url: str) -> None:
    stranger = bot_at(url, "100:wrong")
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()
    await stranger.session.close()

    async def call(method: str, body: dict[str, Any]) -> tuple[int, str]:
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{url}/bot{bot.token}/{method}", json=body) as answer,
        ):
            return answer.status, (await answer.json())["description"]

    assert await call("sendNothing", {}) == (404, "Not Found: method not found")
    assert (await call("sendMessage", {"chat_id": 1}))[0] == 400
    code, why = await call("getMe", {"color": "red"})
    assert (code, why) == (400, 'Bad Request: parameter "color" is not known to getMe')
