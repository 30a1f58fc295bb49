"""`@bot слово` in any chat: quick replies, filled for the case that was looked at last.

What is chosen stands in the chat as a message of the person; it goes out as any other does, by a
swipe-reply, or from the preview that the bot shows in its own chat.
"""

from __future__ import annotations

from aiogram.methods import AnswerInlineQuery
from aiogram.types import (
    InlineQuery,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Message,
)

from bots.common.conversation import Offers
from bots.common.staffbot import StaffBot
from bots.common.talk import Talk
from bots.operator.preview import preview
from hub.domain.case import Case
from hub.domain.errors import HubError
from hub.domain.staff import Actor, Staff
from hub.services.services import Services

PAGE = 20
"""Results that are offered at once; Telegram takes 50."""
TITLE, DESCRIPTION = 64, 100


def offering(services: Services) -> Offers:
    """What the conversation asks; only linked operators are offered anything."""

    async def offers(
        bot: StaffBot, query: InlineQuery, person: Staff | None, focus: int
    ) -> AnswerInlineQuery:
        if person is None or not bot.dispatches(person):
            return _answer(query, [], "")
        return await _offers(query, services, Actor.of(person), focus)

    return offers


async def _offers(
    query: InlineQuery, services: Services, me: Actor, focus: int
) -> AnswerInlineQuery:
    """The replies with these words that this person may send; what a case would fill stays
    visible when none is looked at."""
    case = await _case(services, me, focus)
    found = await services.quick_replies.usable(
        me,
        channel=case.channel if case else "",
        group=case.group if case else "",
        words=query.query,
    )
    start = int(query.offset) if query.offset.isdecimal() else 0
    results = [
        InlineQueryResultArticle(
            id=f"{start + at}",
            title=reply.title[:TITLE],
            description=text.replace("\n", " ")[:DESCRIPTION],
            input_message_content=InputTextMessageContent(message_text=text, parse_mode=None),
        )
        for at, reply in enumerate(found[start : start + PAGE])
        if (text := services.quick_replies.fill(reply, case, me))
    ]
    more = str(start + PAGE) if len(found) > start + PAGE else ""
    return _answer(query, results, more)


def _answer(
    query: InlineQuery, results: list[InlineQueryResultArticle], more: str
) -> AnswerInlineQuery:
    # Personal, and never kept by Telegram: rights and the case in sight may change any moment.
    return AnswerInlineQuery(
        inline_query_id=query.id,
        results=list(results),
        cache_time=0,
        is_personal=True,
        next_offset=more,
    )


async def _case(services: Services, me: Actor, focus: int) -> Case | None:
    if not focus:
        return None
    try:
        case = await services.queries.raw(focus, me)
    except HubError:
        return None
    return case if case.open else None


def was_inline(message: Message, talk: Talk) -> bool:
    """The text was chosen from what this bot offered."""
    return message.via_bot is not None and message.via_bot.id == talk.bot.bot.id


async def offer(talk: Talk, case: Case, text: str) -> None:
    """What was chosen in the bot's own chat, as it would go to the resident of the case."""
    talk.say(await preview(talk, case, talk.services.quick_replies.fill(text, case, talk.me), {}))
