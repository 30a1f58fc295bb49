"""Answers to inline queries."""

from __future__ import annotations

from typing import Any

from aiogram.methods import AnswerInlineQuery
from aiogram.types import InputTextMessageContent

from bots.emulator.errors import bad_request
from bots.emulator.keyboards import check_inline
from bots.emulator.methods.registry import Call, method
from bots.emulator.methods.sending import chosen, plain_entities
from bots.emulator.texts import text_of

RESULTS_LIMIT = 50
ANSWER_WITHIN = 60.0


@method(AnswerInlineQuery)
async def answer_inline_query(call: Call, asked: AnswerInlineQuery) -> bool:
    if len(asked.results) > RESULTS_LIMIT:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [result.id for result in asked.results]
    if len(set(ids)) != len(ids) or any(not 1 <= len(i.encode()) <= 64 for i in ids):
        raise bad_request("RESULT_ID_INVALID")
    results = [shown_result(result) for result in asked.results]
    query = call.bot.queries.pop(asked.inline_query_id, None)
    if query is None or call.world.clock.now() - query.at > ANSWER_WITHIN:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if not query.answer.done():
        query.answer.set_result({"results": results, "next": asked.next_offset or ""})
    return True


def shown_result(result: Any) -> dict[str, Any]:
    """What the phone lists, and what stands in the chat once it is chosen."""
    content = getattr(result, "input_message_content", None)
    if not isinstance(content, InputTextMessageContent):
        raise bad_request("only results with a text are served here")
    title = getattr(result, "title", "") or ""
    if not title:
        raise bad_request("can't parse inline query result: title is empty")
    markup = getattr(result, "reply_markup", None)
    return {
        "id": result.id,
        "title": title,
        "description": getattr(result, "description", None) or "",
        "content": text_of(
            content.message_text, chosen(content.parse_mode), plain_entities(content.entities)
        ),
        "markup": check_inline(markup) if markup is not None else None,
    }
