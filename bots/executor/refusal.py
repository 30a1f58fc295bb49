"""Не могу: why → a note if wanted → back to the dispatcher."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.filters import has_text
from bots.common.talk import Talk
from bots.common.views import Key, View, listing


class RefusalAsked(StatesGroup):
    """What the next text means."""

    reason = State()
    note = State()


def router() -> Router:
    """Keys of a refusal."""
    routes = Router(name="refusal")
    routes.callback_query.register(ask_reason, Press.filter_act("task_refuse"))
    routes.callback_query.register(because, Press.filter_act("task_because"))
    routes.callback_query.register(give_back, Press.filter_act("task_back"))
    return routes


def asked_router() -> Router:
    """A reason of one's own, and the note."""
    routes = Router(name="refusal_asked")
    routes.message.register(own_reason, StateFilter(RefusalAsked.reason), has_text)
    routes.message.register(note, StateFilter(RefusalAsked.note), has_text)
    return routes


async def ask_reason(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """Why not? One of the usual reasons, or in one's own words."""
    case = await talk.case_as_shown(callback_data)
    await state.set_state(RefusalAsked.reason)
    await state.set_data({"case": str(case.number)})
    reasons = talk.words("executor/reasons").splitlines()
    rows = [
        [Key(one, press("task_because", case.number, case.version, at))]
        for at, one in enumerate(reasons)
    ]
    rows.append([talk.button("dismiss")])
    talk.say(
        View(
            text=talk.html("executor/ask_reason", number=case.number),
            keys=rows,
            what="menu",
            case=case.number,
            version=case.version,
            data=listing(reasons),
        )
    )


async def because(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """A usual reason."""
    await talk.case_as_shown(callback_data)
    shown, reason = await talk.choice(callback_data.n)
    talk.replace(await _confirm(talk, state, shown.case, reason, ""))


async def own_reason(message: Message, talk: Talk, state: FSMContext) -> None:
    """In one's own words."""
    number = int((await state.get_data())["case"])
    talk.say(await _confirm(talk, state, number, message.text or "", ""))


async def note(message: Message, talk: Talk, state: FSMContext) -> None:
    """What the dispatcher should know besides."""
    asked = await state.get_data()
    talk.say(await _confirm(talk, state, int(asked["case"]), asked["reason"], message.text or ""))


async def _confirm(talk: Talk, state: FSMContext, number: int, reason: str, more: str) -> View:
    """What the dispatcher will read; another text takes the place of the note."""
    case = await talk.services.queries.raw(number, talk.me)
    await state.set_state(RefusalAsked.note)
    await state.set_data({"case": str(number), "reason": reason})
    return View(
        text=talk.html("executor/refusing", number=number, reason=reason, note=more),
        keys=[[talk.button("task_back", number, case.version), talk.button("dismiss")]],
        what="menu",
        case=number,
        version=case.version,
        data={"reason": reason, "note": more},
    )


async def give_back(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """The work goes back to who deals with the case."""
    shown = await talk.menu()
    case = await talk.services.book.load(shown.case)
    if talk.me.login in case.executors:
        case.at_version(callback_data.v or None)
    words = talk.words("executor/refused", reason=shown.data["reason"], note=shown.data["note"])
    await talk.services.tasks.decline(shown.case, talk.me, reason=words, key=talk.menu_key())
    await state.clear()
    talk.replace(View(text=talk.html("executor/declined", number=shown.case)))
