"""The way to the desk beside the input field, put there at every start."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from hub.botapi.menu import set_menu
from hub.ports.channel import CheckFailed
from tests.contract.bot_api.conftest import TOKEN, Server

PAGE = "https://hub.example.org/mini/open/staff"


async def test_it_is_put_there_as_often_as_one_likes_and_taken_away(server: Server) -> None:
    for url in (PAGE, PAGE, ""):
        await set_menu(server.bot, "Обращения", url)


async def test_who_cannot_be_told_is_named_without_the_token() -> None:
    api = TelegramAPIServer.from_base("http://127.0.0.1:9")
    bot = Bot(TOKEN, session=AiohttpSession(api=api))
    with pytest.raises(CheckFailed) as failed:
        await set_menu(bot, "Обращения", PAGE)
    await bot.session.close()
    assert TOKEN not in str(failed.value)
