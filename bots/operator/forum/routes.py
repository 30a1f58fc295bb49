"""What people say and press in a group: it is connected, strangers are kept out, plain words in a
topic are notes. Everything else is the same conversation as in private."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, TelegramObject

from bots.common.files import sent_file
from bots.common.talk import Talk
from bots.common.writing import comment
from bots.operator.forum.updates import ForumUpdates
from bots.operator.inline import offer, was_inline
from hub.domain.errors import LinkExpired

NOTED = "✍"
SAID_AGAIN = timedelta(hours=1)
"""A stranger who goes on writing is answered once in this time."""
CONNECTS = frozenset({"connect", "start"})


async def in_group(event: TelegramObject, talk: Talk) -> bool:
    """Not a private chat."""
    return talk.chat < 0


async def in_topic(event: TelegramObject, talk: Talk) -> bool:
    """In the topic of a case."""
    return talk.where.case > 0


def gate() -> Router:
    """Comes before everything: a group is not a private chat."""
    routes = Router(name="forum_gate")

    routes.message.register(connect, in_group, _is_command)
    routes.message.register(passing, in_group)
    routes.edited_message.register(passing_edit, in_group)
    routes.callback_query.register(pressing, in_group)
    return routes


def notes() -> Router:
    """Comes last: plain words in a topic that nothing asked for."""
    routes = Router(name="forum_notes")
    routes.message.register(note, in_topic, StateFilter(None))
    return routes


async def connect(message: Message, talk: Talk, forum: ForumUpdates) -> None:
    """`/connect <code>`, or the link that adds the bot to a group."""
    name, _, code = (message.text or "").lstrip("/").partition(" ")
    if name.partition("@")[0] not in CONNECTS:
        raise SkipHandler
    if not code.strip() or not await _ours(name, talk):
        return
    if talk.person is None:
        talk.tell("staff/no_access")
        return
    await _connect(message, code.strip(), talk, forum)


async def passing(message: Message, talk: Talk, state: FSMContext) -> None:
    """Who and what is let through to the conversation."""
    if talk.where.place is None:
        return
    mine = talk.dispatches or talk.carries_out
    command = (message.text or "").startswith("/")
    if command and not await _ours((message.text or "").split()[0].lstrip("/"), talk):
        return
    if not mine:
        if talk.where.case or command:
            await _refused(message, talk, state)
        return
    await _seen(talk)
    # In General and in the fixed topics people talk to each other.
    asked = await state.get_state() is not None
    if not (talk.where.case or command or asked or await _quotes_us(message, talk)):
        return
    raise SkipHandler


async def passing_edit(message: Message, talk: Talk) -> None:
    """Only of those who may say something here."""
    if talk.where.place is not None and (talk.dispatches or talk.carries_out):
        raise SkipHandler


async def pressing(query: CallbackQuery, talk: Talk) -> None:
    """Whoever presses does it as themselves."""
    if talk.where.place is None:
        talk.note(talk.words("staff/old_key"), alert=True)
        return
    if not (talk.dispatches or talk.carries_out):
        talk.note(talk.words("staff/no_access"), alert=True)
        return
    await _seen(talk)
    raise SkipHandler


async def note(message: Message, talk: Talk) -> None:
    """For colleagues; the resident never sees it. Who carries things out speaks in the topics of
    their own tasks."""
    if not talk.dispatches:
        case = await talk.services.book.load(talk.where.case)
        if talk.me.login not in {*case.executors, case.responsible}:
            raise SkipHandler
    if sent_file(message) is None and not (message.text or message.caption):
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    if was_inline(message, talk):
        # Chosen from the quick replies: it is shown filled in, and sent when that is pressed.
        case = await talk.services.queries.raw(talk.where.case, talk.me)
        if case.open:
            await offer(talk, case, message.text or "")
            return
    await comment(message, talk, talk.where.case)
    talk.react(message.message_id, NOTED)


async def _connect(message: Message, code: str, talk: Talk, forum: ForumUpdates) -> None:
    places = talk.services.places
    trouble = await forum.look(talk.bot, talk.chat, forum=bool(message.chat.is_forum))
    try:
        place = await places.connect(
            code,
            talk.me,
            account=talk.bot.account,
            chat=talk.chat,
            title=message.chat.title or "",
            trouble=trouble,
        )
    except LinkExpired:
        # The same words once more, after we died over them: it is done already.
        known = talk.where.place
        fresh = talk.services.deps.clock.now() - timedelta(minutes=1)
        if known is None or known.by != talk.me.login or known.at < fresh:
            raise
        place = known
    group = (await talk.services.people.directory()).groups.get(place.group)
    name = group.name if group else place.group
    talk.tell("operator/forum/connected", group=name, trouble=trouble)
    await forum.settle_in(talk.bot, place.id)


async def _refused(message: Message, talk: Talk, state: FSMContext) -> None:
    now = talk.services.deps.clock.now()
    last = (await state.get_data()).get("refused")
    if last is None or datetime.fromisoformat(last) + SAID_AGAIN <= now:
        await state.set_data({"refused": now.isoformat()})
        talk.tell("staff/no_access", reply_to=message.message_id)


async def _seen(talk: Talk) -> None:
    place = talk.where.place
    if place is not None and talk.person is not None and talk.person.login not in place.members:
        await talk.services.places.seen(place.id, talk.person.login)


async def _quotes_us(message: Message, talk: Talk) -> bool:
    quoted = message.reply_to_message
    if quoted is None:
        return False
    shown = await talk.services.deps.shown.at(talk.bot.account, talk.chat, quoted.message_id)
    return shown is not None and bool(shown.case)


async def _is_command(message: Message) -> bool:
    return (message.text or "").startswith("/")


async def _ours(command: str, talk: Talk) -> bool:
    """Not meant for another bot of the group."""
    _, _, name = command.partition("@")
    if not name:
        return True
    me = await talk.bot.bot.me()
    return name.lower() == (me.username or "").lower()
