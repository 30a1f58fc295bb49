"""Coming in: the one-time link for staff, and the door that stays shut for everybody else."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press
from bots.common.filters import is_command, is_stranger
from bots.common.talk import Talk
from bots.common.views import View


def router() -> Router:
    """Handlers that come before all others."""
    routes = Router(name="entry")
    routes.message.register(come_in, CommandStart(deep_link=True))
    routes.message.register(no_access, is_stranger)
    routes.callback_query.register(no_access, is_stranger)
    routes.edited_message.register(silence, is_stranger)
    routes.message.register(greet, CommandStart())
    routes.message.register(greet, Command("help"))
    routes.message.register(cancel, Command("cancel"))
    routes.callback_query.register(dismiss, Press.filter_act("dismiss"))
    return routes


def unknown_commands() -> Router:
    """After all that is known: a command is no text for anybody."""
    routes = Router(name="unknown")
    routes.message.register(unknown, is_command)
    return routes


def old_keys() -> Router:
    """The very last: keys that nobody understands any more."""
    routes = Router(name="old_keys")
    routes.callback_query.register(old_key)
    return routes


async def come_in(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """`/start <token>`: a member of staff links this chat."""
    person = await talk.services.people.come_in(
        command.args or "", talk.bot.account, talk.user, talk.chat
    )
    talk.person = person
    talk.directory = await talk.services.people.directory()
    await state.clear()
    _greet(talk)


async def greet(message: Message, talk: Talk, state: FSMContext) -> None:
    """Who you are here and what can be done."""
    await state.clear()
    _greet(talk)


async def no_access(event: Message | CallbackQuery, talk: Talk) -> None:
    """Nobody else gets more than this."""
    text = talk.words("staff/no_access")
    if isinstance(event, CallbackQuery):
        talk.note(text, alert=True)
    else:
        talk.say(View(text=talk.html("staff/no_access")))


async def silence(message: Message, talk: Talk) -> None:
    """A stranger's edit needs no answer."""


async def cancel(message: Message, talk: Talk, state: FSMContext) -> None:
    """Forget what was asked."""
    await state.clear()
    talk.tell("staff/cancelled")


async def dismiss(query: CallbackQuery, talk: Talk, state: FSMContext) -> None:
    """[Отмена] under a menu: it goes away, and with it what was asked."""
    await state.clear()
    talk.withdraw()


def _greet(talk: Talk) -> None:
    talk.tell(
        "staff/welcome",
        person=talk.person,
        dispatches=talk.dispatches,
        carries_out=talk.carries_out,
    )
    if talk.chat < 0:
        return
    # Whoever came in with an earlier version gets the commands of this one.
    lines = talk.words(
        "staff/commands", dispatches=talk.dispatches, carries_out=talk.carries_out
    ).splitlines()
    named = (line.lstrip("/").partition(" — ") for line in lines if line.startswith("/"))
    talk.commands({name.split()[0]: said for name, _, said in named})


async def unknown(message: Message, talk: Talk) -> None:
    """Say which commands there are."""
    talk.tell("staff/unknown_command", dispatches=talk.dispatches, carries_out=talk.carries_out)


async def old_key(query: CallbackQuery, talk: Talk) -> None:
    """Drawn by an earlier version, or not for this person any more."""
    talk.note(talk.words("staff/old_key"), alert=True)
