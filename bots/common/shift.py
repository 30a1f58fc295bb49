"""`/shift`: at work, on a break, gone; since when, and how long today."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.talk import Talk
from bots.common.views import Key, View
from hub.domain.errors import Invalid
from hub.domain.shift import SHIFT_STATES
from hub.services.shifts import ShiftView


def router() -> Router:
    """The command and its keys, for everybody who works here."""
    routes = Router(name="shift")
    routes.message.register(show, Command("shift"))
    routes.callback_query.register(change, Press.filter_act("shift"))
    return routes


async def show(message: Message, talk: Talk, state: FSMContext) -> None:
    """How the shift stands."""
    await state.clear()
    talk.say(_view(talk, await talk.services.shifts.shown(talk.me.login)))


async def change(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """На смене, перерыв, ушёл: said in place. In a group everybody sees the keys, and each
    speaks for themselves."""
    if (await talk.menu()).data.get("login") != talk.me.login:
        talk.note(talk.words("staff/shift_of_another"), alert=True)
        return
    if not 0 <= callback_data.n < len(SHIFT_STATES):
        raise Invalid(field="menu", reason="gone")
    chosen = SHIFT_STATES[callback_data.n]
    view = await talk.services.shifts.change(chosen, talk.me)
    talk.note(talk.words("staff/shift_changed", state=chosen))
    talk.replace(_view(talk, view))


def _view(talk: Talk, view: ShiftView) -> View:
    keys = [
        Key(
            talk.words("staff/shift_key", state=state, chosen=state == view.state),
            press("shift", n=n),
        )
        for n, state in enumerate(SHIFT_STATES)
    ]
    name = talk.directory.name(talk.me.login) if talk.chat < 0 else ""
    return View(
        text=talk.html("staff/shift", view=view, name=name),
        keys=[keys],
        what="menu",
        data={"login": talk.me.login},
    )
