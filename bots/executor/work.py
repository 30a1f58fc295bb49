"""A task from its first key to the last: Принять → Выехал → На месте → Готово, or Не могу."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.cards import STEPS, Cards
from bots.common.files import fetch, sent_file
from bots.common.filters import has_text
from bots.common.talk import Talk
from bots.common.views import Key, View, listed, listing
from hub.domain.case import Case
from hub.domain.errors import Invalid

FILES = 10
"""Files that one report holds."""


class WorkAsked(StatesGroup):
    """What the next message means."""

    report = State()
    reason = State()


def router() -> Router:
    """Keys of a task."""
    routes = Router(name="work")
    routes.callback_query.register(advance, Press.filter_act(*STEPS))
    routes.callback_query.register(ask_report, Press.filter_act("task_done"))
    routes.callback_query.register(finish, Press.filter_act("task_send"))
    routes.callback_query.register(ask_reason, Press.filter_act("task_refuse"))
    routes.callback_query.register(decline, Press.filter_act("task_because"))
    return routes


def asked_router() -> Router:
    """What was asked for."""
    routes = Router(name="work_asked")
    routes.message.register(report, StateFilter(WorkAsked.report))
    routes.message.register(own_reason, StateFilter(WorkAsked.reason), has_text)
    return routes


async def advance(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Принять, Выехал, На месте: the dispatcher's card says it."""
    step = STEPS[callback_data.act]
    case = await talk.services.tasks.advance(
        callback_data.case, step, talk.me, expect=callback_data.v or None
    )
    talk.note(talk.words("executor/step", step=step))
    talk.replace(_card(talk, case))


def _card(talk: Talk, case: Case) -> View:
    assert talk.person is not None
    deps = talk.services.deps
    return Cards(deps.texts).task(case, talk.person, talk.directory, deps.clock.now())


async def ask_report(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """Photos and words about what was done, in any number of messages."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    await state.set_state(WorkAsked.report)
    await state.set_data({"case": str(case.number), "text": "", **listing([])})
    text = talk.html("executor/ask_report", number=case.number)
    talk.say(View(text=text, keys=[[talk.button("dismiss")]], what="menu", case=case.number))


async def report(message: Message, talk: Talk, state: FSMContext) -> None:
    """Gathered until [Отправить]."""
    asked = await state.get_data()
    file = sent_file(message)
    text = message.text or message.caption or ""
    if file is None and not text:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    files = listed(asked)
    if file is not None and len(files) < FILES:
        files.append(await fetch(talk, file))
    words = "\n".join(part for part in (asked["text"], text) if part)
    await state.set_data({**asked, "text": words, **listing(files)})
    number = int(asked["case"])
    view = View(
        text=talk.html("executor/report", number=number, text=words, files=len(files)),
        keys=[[talk.button("task_send", number), talk.button("dismiss")]],
        what="menu",
        case=number,
        data={"text": words, **listing(files)},
    )
    talk.say(view)


async def finish(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """The dispatcher gets the report."""
    shown = await talk.menu()
    await state.clear()
    await talk.services.tasks.finish(
        shown.case,
        talk.me,
        text=shown.data["text"],
        files=listed(shown.data),
        key=talk.menu_key(),
    )
    talk.replace(View(text=talk.html("executor/finished", number=shown.case)))


async def ask_reason(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """Why not? One of the usual reasons, or in one's own words."""
    number = callback_data.case
    await state.set_state(WorkAsked.reason)
    await state.set_data({"case": str(number)})
    reasons = talk.words("executor/reasons").splitlines()
    rows = [[Key(one, press("task_because", number, 0, at))] for at, one in enumerate(reasons)]
    rows.append([talk.button("dismiss")])
    text = talk.html("executor/ask_reason", number=number)
    talk.say(View(text=text, keys=rows, what="menu", case=number, data=listing(reasons)))


async def decline(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """A usual reason."""
    shown, reason = await talk.choice(callback_data.n)
    await state.clear()
    await talk.services.tasks.decline(shown.case, talk.me, reason=reason, key=talk.menu_key())
    talk.replace(View(text=talk.html("executor/declined", number=shown.case)))


async def own_reason(message: Message, talk: Talk, state: FSMContext) -> None:
    """In one's own words."""
    number = int((await state.get_data())["case"])
    if not message.text:
        raise Invalid(field="reason", reason="required")
    await talk.services.tasks.decline(number, talk.me, reason=message.text, key=talk.key())
    await state.clear()
    talk.tell("executor/declined", number=number)
