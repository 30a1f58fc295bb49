"""A task from its first key to the last: Принять → Выехал → На месте → Готово."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.cards import STEPS
from bots.common.files import fetch, sent_file
from bots.common.talk import Talk
from bots.common.views import Key, View, listed, listing
from bots.executor.tasks import card
from hub.domain.case import Case
from hub.domain.errors import Invalid

FILES = 10
"""Files that one report holds."""
REPORT = "report"


class WorkAsked(StatesGroup):
    """What the next message means."""

    report = State()


def router() -> Router:
    """Keys of a task."""
    routes = Router(name="work")
    routes.callback_query.register(advance, Press.filter_act(*STEPS))
    routes.callback_query.register(ask_result, Press.filter_act("task_done"))
    routes.callback_query.register(ask_report, Press.filter_act("task_result"))
    routes.callback_query.register(finish, Press.filter_act("task_send"))
    return routes


def asked_router() -> Router:
    """Parts of a report."""
    routes = Router(name="work_asked")
    routes.message.register(report, StateFilter(WorkAsked.report))
    return routes


async def advance(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Принять, Выехал, На месте: the dispatcher's card says it."""
    step = STEPS[callback_data.act]
    case = await talk.services.tasks.advance(
        callback_data.case, step, talk.me, expect=callback_data.v or None
    )
    talk.note(talk.words("executor/step", step=step))
    talk.replace(card(talk, case))


async def ask_result(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Готово: with what result?"""
    case = await talk.case_as_shown(callback_data)
    results = talk.words("executor/results").splitlines()
    rows = [
        [Key(one, press("task_result", case.number, case.version, at))]
        for at, one in enumerate(results)
    ]
    rows.append([talk.button("dismiss")])
    talk.say(
        View(
            text=talk.html("executor/ask_result", number=case.number),
            keys=rows,
            what="menu",
            case=case.number,
            version=case.version,
            data=listing(results),
        )
    )


async def ask_report(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """Photos and words about what was done, in any number of messages."""
    case = await talk.case_as_shown(callback_data)
    _, result = await talk.choice(callback_data.n)
    await state.set_state(WorkAsked.report)
    begun = {"case": str(case.number), "result": result, "text": "", "key": talk.row}
    await state.set_data({**begun, **listing([])})
    text = talk.html("executor/ask_report", number=case.number, result=result)
    view = View(text=text, keys=[[talk.button("dismiss")]], what="menu", case=case.number)
    talk.replace(view)


async def report(message: Message, talk: Talk, state: FSMContext) -> None:
    """Gathered until [Отправить]."""
    gathered = await state.get_data()
    file = sent_file(message)
    text = message.text or message.caption or ""
    if file is None and not text:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    files = listed(gathered)
    if file is not None:
        if len(files) >= FILES:
            talk.tell("executor/too_many", limit=FILES, reply_to=message.message_id)
            return
        files.append(await fetch(talk, file))
    words = "\n".join(part for part in (gathered["text"], text) if part)
    gathered = {**gathered, "text": words, **listing(files)}
    await state.set_data(gathered)
    case = await talk.services.queries.raw(int(gathered["case"]), talk.me)
    view = _report(talk, case, gathered)
    before = await talk.services.deps.shown.latest(talk.bot.account, talk.chat, REPORT, case.number)
    if message.media_group_id and before is not None:
        # More of an album: what stands there already says how many there are.
        talk.replace(view, before.message)
    else:
        talk.say(view)


def _report(talk: Talk, case: Case, gathered: Mapping[str, str]) -> View:
    number, version = case.number, case.version
    text = talk.html(
        "executor/report",
        number=number,
        result=gathered["result"],
        text=gathered["text"],
        files=len(listed(gathered)),
    )
    return View(
        text=text,
        keys=[[talk.button("task_send", number, version), talk.button("dismiss")]],
        what=REPORT,
        case=number,
        version=version,
        data=dict(gathered),
    )


async def finish(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """The dispatcher gets the report, all that was gathered; once, whichever of its messages is
    pressed."""
    deps = talk.services.deps
    shown = await deps.shown.at(talk.bot.account, talk.chat, talk.pressed)
    if shown is None or shown.what != REPORT:
        raise Invalid(field="menu", reason="gone")
    gathered: Mapping[str, str] = shown.data
    if await state.get_state() == WorkAsked.report.state:
        now = await state.get_data()
        gathered = now if now["key"] == gathered["key"] else gathered
    case = await talk.services.queries.raw(shown.case, talk.me)
    if case.steps.get(talk.me.login) != "done":
        case.at_version(callback_data.v or None)
        words = talk.words("executor/done", result=gathered["result"], text=gathered["text"])
        await talk.services.tasks.finish(
            shown.case,
            talk.me,
            text=words,
            files=listed(gathered),
            key=f"report:{gathered['key']}",
        )
    await state.clear()
    view = View(text=talk.html("executor/finished", number=shown.case), what="notice")
    view.case = shown.case
    talk.replace(view)
