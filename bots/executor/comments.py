"""What an executor writes: always a comment to the dispatcher, never out to the resident."""

from __future__ import annotations

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.edits import edited
from bots.common.files import sent_file
from bots.common.filters import is_answer
from bots.common.paging import SIZE
from bots.common.talk import Talk
from bots.common.unsent import joins, put_aside, take_up
from bots.common.views import Key, View
from bots.common.writing import OWN_NOTE, comment, remember
from bots.executor.tasks import mine


class TaskAsked(StatesGroup):
    """What the next message means."""

    comment = State()


def router() -> Router:
    """The key that asks for a comment."""
    routes = Router(name="ask_comment")
    routes.callback_query.register(ask, Press.filter_act("task_note"))
    return routes


def swipe_router() -> Router:
    """An answer to something that was shown, and edits of what was written."""
    routes = Router(name="swipe")
    routes.message.register(swipe, is_answer)
    routes.edited_message.register(edited)
    return routes


def asked_router() -> Router:
    """The comment that was asked for."""
    routes = Router(name="comment_asked")
    routes.message.register(asked, StateFilter(TaskAsked.comment))
    return routes


def plain_router() -> Router:
    """Words to nobody."""
    routes = Router(name="comments")
    routes.message.register(plain, StateFilter(None))
    routes.message.register(unusable)
    routes.callback_query.register(plain_to, Press.filter_act("task_plain"))
    return routes


async def ask(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """The next message is a comment to the dispatcher."""
    await state.set_state(TaskAsked.comment)
    await state.set_data({"case": str(callback_data.case)})
    text = talk.html("staff/ask_comment", number=callback_data.case)
    talk.say(View(text=text, ask=True, what="asked", case=callback_data.case))


async def swipe(message: Message, talk: Talk) -> None:
    """An answer to a comment, a file or a task."""
    quoted = message.reply_to_message
    assert quoted is not None
    shown = await talk.services.deps.shown.at(talk.bot.account, talk.chat, quoted.message_id)
    if shown is None or not shown.case or shown.what in {"menu", "list", "done", "asked", "report"}:
        # An answer to a question of the bot: others know what to do.
        raise SkipHandler
    await _write(message, talk, shown.case)


async def asked(message: Message, talk: Talk, state: FSMContext) -> None:
    """The comment that was asked for; pictures of the same album join it."""
    data = await state.get_data()
    album = message.media_group_id or ""
    if data.get("album", album) != album:
        # That album is whole: this is something else.
        await state.clear()
        await plain(message, talk)
        return
    await _write(message, talk, int(data["case"]))
    if album:
        await state.set_data({**data, "album": album})
    else:
        await state.clear()


async def _write(message: Message, talk: Talk, number: int) -> None:
    if sent_file(message) is None and not (message.text or message.caption):
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    await comment(message, talk, number)
    talk.react(message.message_id, "👌")


async def plain(message: Message, talk: Talk) -> None:
    """Written to nobody: which task is it about?"""
    if await joins(message, talk):
        return
    kept = put_aside(message)
    if kept is None:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    tasks = (await mine(talk))[:SIZE]
    rows = [
        [
            Key(
                talk.words("executor/task", case=task.case, fresh=False, late=task.late),
                press("task_plain", task.case.number, task.case.version),
            )
        ]
        for task in tasks
    ]
    if tasks:
        rows.append([talk.button("dismiss")])
    text = talk.html("executor/which_task", empty=not tasks)
    talk.say(View(text=text, keys=rows, what="menu", data=kept), reply_to=message.message_id)


async def plain_to(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """It was said which task."""
    kept = (await talk.menu()).data
    text, files = await take_up(talk, kept)
    number = callback_data.case
    _, entry = await talk.services.replies.comment(
        number, talk.me, text, files=files, key=talk.menu_key()
    )
    await remember(talk, int(kept["message"]), OWN_NOTE, number, entry.seq)
    talk.withdraw()
    talk.react(int(kept["message"]), "👌")


async def unusable(message: Message, talk: Talk) -> None:
    """Something was asked, and this is no answer to it."""
    talk.tell("staff/text_wanted", reply_to=message.message_id)
