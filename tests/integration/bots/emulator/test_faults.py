"""Faults on demand, and limits seen from a bot."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError

from bots.emulator.server import Emulator
from tests.support.phone import Phone

PERSON = 501


async def switch(url: str, **fault: Any) -> None:
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{url}/phones/api/faults", json=fault) as answer,
    ):
        assert answer.status == 200


async def said(phone: Phone) -> list[str]:
    return [m.text for m in await phone.history() if m.from_bot]


async def test_too_many_requests_say_how_long_to_wait(bot: Bot, phone: Phone, url: str) -> None:
    await phone.start()
    await switch(url, kind="429", count=1, seconds=7, method="sendMessage")
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(PERSON, "раз")
    assert refused.value.retry_after == 7
    await bot.send_message(PERSON, "два")
    assert await said(phone) == ["два"]


async def test_a_server_error_does_nothing(bot: Bot, phone: Phone, url: str) -> None:
    await phone.start()
    await switch(url, kind="5xx", count=1)
    with pytest.raises(TelegramServerError):
        await bot.send_message(PERSON, "раз")
    assert await said(phone) == []


async def test_a_lost_answer_is_a_thing_done(bot: Bot, phone: Phone, url: str) -> None:
    await phone.start()
    await switch(url, kind="lost", count=1)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(PERSON, "раз")
    assert await said(phone) == ["раз"]


async def test_a_time_out_is_a_thing_not_done(bot: Bot, phone: Phone, url: str) -> None:
    await phone.start()
    await switch(url, kind="timeout", count=1, seconds=0.05)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(PERSON, "раз")
    assert await said(phone) == []


async def test_updates_come_twice_and_backwards(bot: Bot, phone: Phone, url: str) -> None:
    await switch(url, kind="double", count=1)
    await phone.start()
    await phone.say("раз")
    texts = [u.message.text for u in await bot.get_updates() if u.message]
    assert texts == ["/start", "/start", "раз"]
    await switch(url, kind="reorder", count=1)
    turned = await bot.get_updates()
    assert [u.message.text for u in turned if u.message] == ["раз", "/start", "/start"]
    ids = [u.update_id for u in turned]
    assert ids[0] == ids[1] + 1
    assert ids[1] == ids[2]


async def test_the_limits_are_those_of_the_emulator(
    bot: Bot, phone: Phone, emulator: Emulator
) -> None:
    emulator.world.limiter.limits.mode = "strict"
    await phone.start()
    await bot.send_message(PERSON, "раз")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(PERSON, "два")
    assert await said(phone) == ["раз"]


async def test_only_this_machine_may_drive_phones(url: str, phone: Phone) -> None:
    async with aiohttp.ClientSession() as http:
        foreign = {"Origin": "https://evil.example"}
        address = f"{url}/phones/api/people/501/chats/dom_bot/text"
        async with http.post(address, json={"text": "x"}, headers=foreign) as answer:
            assert answer.status == 403
        async with http.get(f"{url}/phones/api/state", headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
    with pytest.raises(ValueError, match="loopback"):
        await Emulator().start("0.0.0.0")


async def test_a_file_may_fail_to_come_when_that_is_asked_for(
    bot: Bot, phone: Phone, url: str
) -> None:
    await phone.start()
    sent = await phone.photo()
    message = (await bot.get_updates(offset=-1))[0].message
    assert message is not None
    assert message.photo is not None
    path = str((await bot.get_file(message.photo[-1].file_id)).file_path)
    address = f"{url}/file/bot{bot.token}/{path}"
    await switch(url, kind="5xx", count=1, method="sendMessage")
    await switch(url, kind="5xx", count=1, method="download")
    # The client asks by itself once more when a kept connection breaks.
    await switch(url, kind="timeout", count=2, seconds=0.05, method="download")
    async with aiohttp.ClientSession() as http:
        async with http.get(address) as answer:
            assert answer.status == 502
        with pytest.raises(aiohttp.ClientError):
            await http.get(address)
        async with http.get(address) as answer:
            assert await answer.read() == await phone.fetch(sent)
