"""The answer to a pressed button."""

from __future__ import annotations

from aiogram.methods import AnswerCallbackQuery

from bots.emulator.errors import bad_request
from bots.emulator.methods.registry import Call, method
from bots.emulator.utf16 import width

ANSWER_LIMIT = 200
ANSWER_WITHIN = 60.0


@method(AnswerCallbackQuery)
async def answer_callback_query(call: Call, asked: AnswerCallbackQuery) -> bool:
    text = asked.text or ""
    if width(text) > ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    query = call.bot.queries.pop(asked.callback_query_id, None)
    if query is None or call.world.clock.now() - query.at > ANSWER_WITHIN:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    answer = {"text": text, "alert": bool(asked.show_alert), "url": asked.url or ""}
    if not query.answer.done():
        query.answer.set_result(answer)
    call.world.feed.tell("answer", query.chat, {"person": query.person, "answer": answer})
    return True
