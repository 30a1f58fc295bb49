"""The answer of a Mini App into the chat that it was opened from."""

from __future__ import annotations

from typing import Any

from aiogram.methods import AnswerWebAppQuery

from bots.emulator.errors import bad_request
from bots.emulator.methods.inline import shown_result
from bots.emulator.methods.registry import Call, method
from bots.emulator.posting import post


@method(AnswerWebAppQuery)
async def answer_web_app_query(call: Call, asked: AnswerWebAppQuery) -> dict[str, Any]:
    result = shown_result(asked.result)
    opened = call.bot.apps.pop(asked.web_app_query_id, None)
    if opened is None:
        raise bad_request("QUERY_ID_INVALID")
    person, key = opened
    chat = call.world.chats[key]
    post(
        call.world,
        chat,
        person,
        result["content"],
        markup=result["markup"],
        via_bot=call.bot_id,
    )
    return {}
