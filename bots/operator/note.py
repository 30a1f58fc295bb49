"""Заметка: an internal comment; colleagues and executors get it, the resident never."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press
from bots.common.files import fetch, sent_file
from bots.common.talk import Talk
from bots.common.views import View
from bots.operator.asked import Asked


def router() -> Router:
    """The key and the text that was asked for."""
    routes = Router(name="note")
    routes.callback_query.register(ask, Press.filter_act("note"))
    routes.message.register(write, StateFilter(Asked.note))
    return routes


async def ask(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """The next message is the note."""
    await state.set_state(Asked.note)
    await state.set_data({"case": str(callback_data.case)})
    text = talk.html("staff/ask_comment", number=callback_data.case)
    talk.say(View(text=text, ask=True))


async def write(message: Message, talk: Talk, state: FSMContext) -> None:
    """Kept with the case."""
    number = int((await state.get_data())["case"])
    file = sent_file(message)
    text = message.text or message.caption or ""
    files = [await fetch(talk, file)] if file else []
    await talk.services.replies.comment(number, talk.me, text, files=files, key=talk.key())
    await state.clear()
    talk.tell("operator/noted", number=number, reply_to=message.message_id)
