"""What the keys of a card do, by command: `/take 1842`, `/note 1842 звонили`, or in an answer to a
message of the case without its number."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from bots.common.shared import send_unseen
from bots.common.talk import Talk
from bots.operator.card import card
from bots.operator.closing import results_menu, spam_menu
from bots.operator.meant import meant, named
from bots.operator.note import ask_note
from bots.operator.transfer import whom_menu


def router() -> Router:
    """`/take /transfer /note /spam /close`."""
    routes = Router(name="commands")
    routes.message.register(take, Command("take"))
    routes.message.register(transfer, Command("transfer"))
    routes.message.register(note, Command("note"))
    routes.message.register(spam, Command("spam"))
    routes.message.register(close, Command("close"))
    return routes


async def take(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """Взять, at once."""
    await state.clear()
    case = await named(message, talk, command.args or "")
    case = await talk.services.casework.take(case.number, talk.me)
    talk.say(card(talk, case))
    if talk.where.place is None:
        send_unseen(talk, case)


async def transfer(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """Передать: to whom?"""
    await state.clear()
    case = await named(message, talk, command.args or "")
    case.open_to("transfer")
    talk.say(await whom_menu(talk, case, 0))


async def note(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """Заметка: the words behind the command, else the next message."""
    await state.clear()
    case, words = await meant(message, talk, command.args or "")
    if not words:
        await ask_note(talk, state, case.number)
        return
    await talk.services.replies.comment(case.number, talk.me, words, key=talk.key())
    talk.tell("operator/noted", number=case.number, reply_to=message.message_id)


async def spam(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """Спам: sure?"""
    await state.clear()
    case = await named(message, talk, command.args or "")
    case.open_to("spam")
    talk.say(spam_menu(talk, case))


async def close(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """Закрыть: with which result?"""
    await state.clear()
    case = await named(message, talk, command.args or "")
    case.open_to("resolve")
    talk.say(await results_menu(talk, case, 0))
