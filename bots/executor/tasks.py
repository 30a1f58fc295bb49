"""Tasks of an executor by day: what is new, what is for today, what is late; and their cards."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import msgspec
from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.cards import Cards
from bots.common.paging import page_of, turning
from bots.common.talk import Talk
from bots.common.views import Key, View
from hub.domain.case import Case

MOST = 100
"""Open cases of one person among which their tasks are looked for."""
TABS = ("all", "new", "today", "late")


class Task(msgspec.Struct, frozen=True):
    """A task in the list: `day` by which it is due, None without a deadline."""

    case: Case
    day: date | None
    fresh: bool
    late: bool


def router() -> Router:
    """`/tasks`, its tabs and pages, cards."""
    routes = Router(name="tasks")
    routes.message.register(tasks, Command("tasks"))
    routes.callback_query.register(turn, Press.filter_act("tasks"))
    routes.callback_query.register(open_, Press.filter_act("task_open"))
    return routes


async def tasks(message: Message, talk: Talk, state: FSMContext) -> None:
    """What I have to do."""
    await state.clear()
    talk.say(await _list(talk, 0, 0))


async def turn(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Another tab (`v` of its key) or page of the list."""
    talk.replace(await _list(talk, callback_data.v, callback_data.n))


async def mine(talk: Talk) -> list[Task]:
    """What this person has to do and has not done, the most urgent first."""
    me, deps = talk.me.login, talk.services.deps
    now, zone = deps.clock.now(), ZoneInfo(deps.policy.timezone)
    found = await talk.services.queries.tasks(talk.me, limit=MOST)
    listed = [
        Task(
            case=case,
            day=case.deadline.astimezone(zone).date() if case.deadline else None,
            fresh=me in case.executors and me not in case.steps,
            late=case.overdue(now),
        )
        for case in found
    ]
    return sorted(listed, key=lambda task: (task.case.deadline is None, task.case.deadline or now))


async def _list(talk: Talk, tab: int, number: int) -> View:
    """The tasks of a tab, six a page, under the days by which they are due."""
    tab = tab if 0 <= tab < len(TABS) else 0
    deps = talk.services.deps
    today = deps.clock.now().astimezone(ZoneInfo(deps.policy.timezone)).date()
    every = await mine(talk)
    tabs = {
        "all": every,
        "new": [task for task in every if task.fresh],
        "today": [task for task in every if task.day == today and not task.late],
        "late": [task for task in every if task.late],
    }
    chosen = tabs[TABS[tab]]
    page = page_of([str(task.case.number) for task in chosen], number)
    shown = [chosen[at] for at, _ in page.items]
    rows = [
        [
            Key(
                talk.words("executor/tab", name=name, count=len(tabs[name]), chosen=at == tab),
                press("tasks", 0, at),
            )
            for at, name in enumerate(TABS)
        ]
    ]
    for task in shown:
        label = talk.words("executor/task", case=task.case, fresh=task.fresh, late=task.late)
        rows.append([Key(label, press("task_open", task.case.number))])
    rows.append(turning(talk, page, "tasks", 0, tab))
    text = talk.html(
        "executor/tasks",
        counts={name: len(tasks) for name, tasks in tabs.items()},
        tab=TABS[tab],
        tasks=shown,
        page=page,
    )
    return View(text=text, keys=rows, what="list")


async def open_(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The card of a task."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    talk.say(card(talk, case))


def card(talk: Talk, case: Case) -> View:
    """A task as this person sees it."""
    assert talk.person is not None
    deps = talk.services.deps
    return Cards(deps.texts, phones=deps.policy.executors_see_phone).task(
        case, talk.person, talk.directory, deps.clock.now()
    )
