"""Заметка: an internal comment; colleagues and executors get it, the resident never."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press
from bots.common.files import sent_file
from bots.common.talk import Talk
from bots.common.views import View
from bots.common.writing import comment
from bots.operator.asked import Asked
from bots.operator.reply import plain


def router() -> Router:
    """The key and the text that was asked for."""
    routes = Router(name="note")
    routes.callback_query.register(ask, Press.filter_act("note"))
    routes.message.register(write, StateFilter(Asked.note))
    return routes


async def ask(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """The next message is the note."""
    await ask_note(talk, state, callback_data.case)


async def ask_note(talk: Talk, state: FSMContext, number: int) -> None:
    """Ask for it."""
    await state.set_state(Asked.note)
    await state.set_data({"case": str(number)})
    text = talk.html("staff/ask_comment", number=number)
    talk.say(View(text=text, ask=True, what="asked", case=number))


async def write(message: Message, talk: Talk, state: FSMContext) -> None:
    """Kept with the case; pictures of the same album join it. What cannot be kept is asked for
    anew."""
    if sent_file(message) is None and not (message.text or message.caption):
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    asked = await state.get_data()
    number, album = int(asked["case"]), message.media_group_id or ""
    if asked.get("album", album) != album:
        # The album of the note is whole: this is something else.
        await state.clear()
        await plain(message, talk)
        return
    await comment(message, talk, number)
    if album:
        await state.set_data({**asked, "album": album})
    else:
        await state.clear()
    if "album" not in asked:
        talk.tell("operator/noted", number=number, reply_to=message.message_id)
