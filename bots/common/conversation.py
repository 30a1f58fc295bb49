"""One kept update of a staff bot → what was said and done because of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import structlog
from aiogram.methods import AnswerCallbackQuery, AnswerInlineQuery
from aiogram.types import CallbackQuery, InlineQuery, Message, Update
from pydantic import ValidationError

from bots.common.dialogue import HELD, Held
from bots.common.errors import speak
from bots.common.staffbot import StaffBot
from bots.common.switchboard import Switchboard
from bots.common.talk import Talk
from bots.common.where import PRIVATE, Where
from hub.botapi.outcome import attempt
from hub.domain.errors import HubError, StoreDown
from hub.domain.staff import Directory, Staff
from hub.ports.dialogues import Dialogue, Dialogues
from hub.services.services import Services

log = structlog.get_logger(__name__)

ANSWER_TIMEOUT = 5
"""Seconds; a pressed key that hears nothing shows its clock a little longer, that is all."""


Offers = Callable[[StaffBot, InlineQuery, Staff | None, int], Awaitable[AnswerInlineQuery]]
"""What is offered to somebody who types `@bot words`; the number is the case in their sight."""


class ForumHearing(Protocol):
    """Takes what Telegram itself tells of groups."""

    async def heard(self, bot: StaffBot, update: Update) -> bool:
        """True where nothing is left to be handled."""


class StaffConversation:
    """Feeds updates to the switchboard; what handlers said is kept as letters before anything of
    it is sent."""

    def __init__(
        self,
        bots: Mapping[str, StaffBot],
        services: Services,
        dialogues: Dialogues,
        switchboard: Switchboard,
        forum: ForumHearing,
        inline: Offers,
    ) -> None:
        self._bots = bots
        self._services = services
        self._dialogues = dialogues
        self._switchboard = switchboard
        self._forum = forum
        self._inline = inline

    async def handle(self, row_id: str, account: str, body: bytes) -> None:
        """Handle one update; again with the same row it does and says nothing twice."""
        bot = self._bots[account]
        try:
            update = Update.model_validate_json(body, context={"bot": bot.bot})
        except ValidationError as error:
            # A kind of update that this version of the library does not know: nobody waits for it.
            log.warning("bots.unreadable", account=account, errors=error.error_count())
            return
        if await self._forum.heard(bot, update):
            return
        if update.inline_query is not None:
            await self._offer(bot, update.inline_query)
            return
        kind, event = _event(update)
        chat = _chat(event)
        if event is None or event.from_user is None or chat == 0:
            return
        user = event.from_user.id
        now = self._services.deps.clock.now()
        directory = await self._services.people.directory()
        where = PRIVATE if chat > 0 else await self._where(directory, account, chat, event)
        # One person in two topics talks about two things.
        topic = f":{where.thread}" if where.thread else ""
        name = f"{account}:{chat}{topic}:{user}"
        held = Held(await self._dialogues.get(name) or Dialogue(id=name, at=now))
        if held.dialogue.row == row_id:
            return
        held.dialogue.focus = where.case or held.dialogue.focus
        person = directory.by_bot(account, user)
        talk = Talk(self._services, bot, row_id, event, chat, user, person, directory, where)
        token = HELD.set(held)
        try:
            await self._switchboard.feed(kind, event, bot=bot.bot, talk=talk, forum=self._forum)
        except StoreDown:
            raise
        except HubError as refusal:
            await speak(refusal, talk)
        finally:
            HELD.reset(token)
        await self._settle(talk, held, row_id)

    async def _offer(self, bot: StaffBot, query: InlineQuery) -> None:
        """What is offered while somebody types is said at once as well; it waits for nobody."""
        user = query.from_user.id
        person = (await self._services.people.directory()).by_bot(bot.account, user)
        held = await self._dialogues.get(f"{bot.account}:{user}:{user}")
        answer = await self._inline(bot, query, person, held.focus if held else 0)
        await attempt(bot.bot, answer, harmless=True, timeout=ANSWER_TIMEOUT)

    async def _where(
        self, directory: Directory, account: str, chat: int, event: CallbackQuery | Message
    ) -> Where:
        """The topic of a forum group in which this was said; no place where the chat is none."""
        place = directory.forum_at(account, chat)
        message = event.message if isinstance(event, CallbackQuery) else event
        if place is None or not isinstance(message, Message):
            return Where(place)
        thread = (message.message_thread_id or 0) if message.is_topic_message else 0
        topic = await self._services.deps.forums.at_thread(place.id, thread) if thread else None
        return Where(place, thread, topic.case if topic else 0)

    async def _settle(self, talk: Talk, held: Held, row_id: str) -> None:
        if talk.letters:
            await self._services.deps.letters.add(talk.letters)
        if held.changed:
            held.dialogue.row, held.dialogue.at = row_id, self._services.deps.clock.now()
            await self._dialogues.put(held.dialogue)
        if talk.letters:
            await self._services.deps.engine.post([talk.to])
        if isinstance(talk.event, CallbackQuery):
            await self._answer(talk, talk.event)

    async def _answer(self, talk: Talk, query: CallbackQuery) -> None:
        """The only thing that is said at once: it is worth nothing later."""
        answer = AnswerCallbackQuery(
            callback_query_id=query.id, text=talk.answer or None, show_alert=talk.alert or None
        )
        await attempt(talk.bot.bot, answer, harmless=True, timeout=ANSWER_TIMEOUT)


def _event(update: Update) -> tuple[str, CallbackQuery | Message | None]:
    """What there may be to handle, and what it is."""
    if update.callback_query is not None:
        return "callback_query", update.callback_query
    if update.message is not None:
        return "message", update.message
    return "edited_message", update.edited_message


def _chat(event: CallbackQuery | Message | None) -> int:
    """The chat the event is of, below 0 for a group; 0 where nobody talks with us."""
    message = event.message if isinstance(event, CallbackQuery) else event
    if message is None or message.chat.type == "channel":
        return 0
    return message.chat.id
