"""Every method that both servers know, called on both: what one takes the other takes, what one
refuses the other refuses. A method that becomes known to both and is not here fails the suite."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import TelegramMethod
from lo_bot_api_emulator import MODELED_METHODS

from bots.emulator.methods import METHODS
from tests.contract.bot_api.cases import CASES, Case, article, key
from tests.contract.bot_api.conftest import CHAT, Server

ASKED = {"answerCallbackQuery", "answerInlineQuery"}
"""Answers to somebody: taken only once they were asked, which the two tests below do."""


def known_to_both() -> set[str]:
    """Methods that the other server carries out (of the rest of its contract it says 501) and
    that ours has."""
    return {name for name in MODELED_METHODS if name.lower() in METHODS}


def test_every_method_that_both_know_is_in_the_suite() -> None:
    assert set(MODELED_METHODS) == known_to_both()
    called = {case.method for case in CASES} | ASKED
    assert known_to_both() - called == set()
    assert called - known_to_both() == set()
    taken = {case.method for case in CASES if case.taken} | ASKED
    # The other server takes a sound by its id alone; a webhook is taken in a test of its own.
    assert known_to_both() - taken == {"sendAudio", "setWebhook"}


class Heard(BaseRequestMiddleware):
    """What was really called."""

    def __init__(self) -> None:
        self.methods: list[str] = []

    async def __call__(self, make_request: Any, bot: Bot, method: TelegramMethod[Any]) -> Any:
        self.methods.append(method.__api_method__)
        return await make_request(bot, method)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.method}: {case.label}")
async def test_both_say_the_same(server: Server, case: Case) -> None:
    heard = Heard()
    server.bot.session.middleware(heard)
    if case.taken:
        assert await case.act(server.bot) is not None
    else:
        with pytest.raises(TelegramBadRequest):
            await case.act(server.bot)
    assert heard.methods[-1] == case.method


async def test_a_pressed_key_is_answered_once(server: Server) -> None:
    message = await server.bot.send_message(CHAT, "карточка", reply_markup=key(callback_data="x"))
    await server.resident.press(message.message_id, "x")
    query = (await server.bot.get_updates())[-1].callback_query
    assert query is not None
    assert await server.bot.answer_callback_query(query.id, text="я" * 200, show_alert=True)


async def test_an_inline_question_is_answered(server: Server) -> None:
    await server.resident.ask("вода")
    query = (await server.bot.get_updates())[-1].inline_query
    assert query is not None
    assert query.query == "вода"
    results = [article("a"), article("b")]
    assert await server.bot.answer_inline_query(query.id, results, cache_time=0, is_personal=True)
