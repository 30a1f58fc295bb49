"""What Telegram tells of a forum group itself: who is in it, what became of it, what was made."""

from __future__ import annotations

import structlog
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import GetChatMember
from aiogram.types import (
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberUpdated,
    Message,
    Update,
)
from aiogram.types.chat_member_union import ChatMemberUnion

from bots.common.staffbot import StaffBot
from bots.common.views import View
from bots.operator.forum.board import Board
from bots.operator.forum.maker import TopicMaker
from bots.operator.forum.voice import Voice
from hub.domain.forum import ForumPlace, Trouble
from hub.domain.outbox import Letter
from hub.services.services import Services

log = structlog.get_logger(__name__)

GONE = frozenset({"left", "kicked"})
MOST_ASKED = 200
"""Members of staff about whom Telegram is asked when a group is connected."""


class ForumUpdates:
    """Handles what no person said to the bot. Repeats do no harm."""

    def __init__(self, services: Services, voice: Voice, maker: TopicMaker, board: Board) -> None:
        self._services = services
        self._voice = voice
        self._maker = maker
        self._board = board

    async def heard(self, bot: StaffBot, update: Update) -> bool:
        """True where nothing is left for anybody else."""
        if update.my_chat_member is not None:
            if update.my_chat_member.chat.type != "private":
                await self._member(bot, update.my_chat_member)
            return True
        message = update.message
        if message is None or message.chat.type not in {"group", "supergroup"}:
            return False
        directory = await self._services.people.directory()
        place = directory.forum_at(bot.account, message.chat.id)
        if message.migrate_from_chat_id and place is None:
            place = directory.forum_at(bot.account, message.migrate_from_chat_id)
            if place is not None:
                await self._services.places.moved(place.id, message.chat.id)
        if place is not None:
            await self._of_place(bot, place, message)
        return _service(message)

    async def _of_place(self, bot: StaffBot, place: ForumPlace, message: Message) -> None:
        if message.migrate_to_chat_id:
            await self._services.places.moved(place.id, message.migrate_to_chat_id)
            return
        if place.trouble == "topics" and message.chat.is_forum:
            await self._recovered(bot, place, message.chat.id)
        if message.new_chat_title:
            await self._services.places.called(place.id, message.new_chat_title)
        for user in message.new_chat_members or []:
            await self._seen(bot, place, user.id, here=True)
        if message.left_chat_member is not None:
            await self._seen(bot, place, message.left_chat_member.id, here=False)
        made = message.forum_topic_created
        sender = message.from_user.id if message.from_user else 0
        if made is not None and sender == bot.bot.id:
            await self._made(place, message.message_thread_id or message.message_id, made.name)

    async def _made(self, place: ForumPlace, thread: int, name: str) -> None:
        """We made it; one that nobody knows of is one too many and goes."""
        extra = await self._maker.heard(place, thread, name)
        if not extra:
            return
        log.warning("forum.topic_twice", place=place.id, thread=extra)
        deps = self._services.deps
        now = deps.clock.now()
        letter = Letter(
            id=f"drop:{place.id}:{extra}",
            kind="forum",
            to=f"forum:{place.id}",
            account=place.account,
            body={"do": "drop", "place": place.id, "thread": extra},
            due=now,
            at=now,
        )
        await deps.letters.add([letter])
        await deps.engine.post([letter.to])

    async def _seen(self, bot: StaffBot, place: ForumPlace, user: int, *, here: bool) -> None:
        person = (await self._services.people.directory()).by_bot(bot.account, user)
        if person is not None:
            await self._services.places.seen(place.id, person.login, here=here)

    # ── the bot's own standing ───────────────────────────────────────────────────────────────

    async def _member(self, bot: StaffBot, event: ChatMemberUpdated) -> None:
        directory = await self._services.people.directory()
        place = directory.forum_at(bot.account, event.chat.id)
        if place is None:
            return
        trouble = standing(event.new_chat_member, forum=bool(event.chat.is_forum))
        if trouble:
            await self._voice.lost(place, trouble)
        elif place.trouble:
            await self._recovered(bot, place, event.chat.id)

    async def _recovered(self, bot: StaffBot, place: ForumPlace, chat: int) -> None:
        """Topics were switched on, rights were given: everything open is shown there."""
        trouble = await self.look(bot, chat, forum=True)
        news = await self._services.places.trouble(place.id, trouble)
        if trouble or not news:
            return
        await self.settle_in(bot, place.id)
        directory = await self._services.people.directory()
        group = directory.groups.get(place.group)
        deps = self._services.deps
        text = deps.texts.html(
            "bot/operator/forum/works_again", group=group.name if group else place.group
        )
        now = deps.clock.now()
        letter = Letter(
            id=f"again:{place.id}:{place.rev}",
            kind="staff",
            to=f"forum:{place.id}:0",
            account=place.account,
            body={
                "method": "sendMessage",
                "params": {"chat_id": chat, **View(text=text).content()},
                "shown": {},
            },
            due=now,
            at=now,
        )
        await deps.letters.add([letter])
        await deps.engine.post([letter.to])

    async def look(self, bot: StaffBot, chat: int, *, forum: bool) -> Trouble:
        """Ask Telegram what the bot may do there."""
        try:
            member = await bot.bot(GetChatMember(chat_id=chat, user_id=bot.bot.id))
        except TelegramAPIError:
            return "rights"
        return standing(member, forum=forum)

    async def settle_in(self, bot: StaffBot, place_id: str) -> None:
        """Who of the staff is there, what is open, what waits."""
        place = await self._services.deps.forums.place(place_id)
        if place is None or not place.works:
            return
        directory = await self._services.people.directory()
        linked = [
            (person.login, link.user)
            for person in directory.staff.values()
            if person.active and (link := person.link(bot.account)) is not None
        ]
        for login, user in linked[:MOST_ASKED]:
            try:
                member = await bot.bot(GetChatMember(chat_id=place.chat, user_id=user))
            except TelegramAPIError:
                continue
            if member.status not in GONE:
                await self._services.places.seen(place.id, login)
        await self._services.places.fill(place.id)
        await self._board.ask(place)


def standing(member: ChatMemberUnion, *, forum: bool) -> Trouble:
    """What keeps the bot from working there, empty if nothing does."""
    if member.status in GONE:
        return "kicked"
    if not forum:
        return "topics"
    if isinstance(member, ChatMemberOwner):
        return ""
    if isinstance(member, ChatMemberAdministrator):
        # What the Bot API leaves out is not given.
        return "" if member.can_manage_topics and member.can_pin_messages else "rights"
    return "rights"


def _service(message: Message) -> bool:
    """Told by Telegram, not by anybody."""
    return any(
        getattr(message, name) is not None
        for name in (
            "forum_topic_created",
            "forum_topic_edited",
            "forum_topic_closed",
            "forum_topic_reopened",
            "general_forum_topic_hidden",
            "general_forum_topic_unhidden",
            "pinned_message",
            "new_chat_members",
            "left_chat_member",
            "new_chat_title",
            "new_chat_photo",
            "delete_chat_photo",
            "group_chat_created",
            "supergroup_chat_created",
            "migrate_to_chat_id",
            "migrate_from_chat_id",
            "message_auto_delete_timer_changed",
        )
    )
