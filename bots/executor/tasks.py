"""Tasks of an executor: late ones first, then today's, then the rest; comments from each card."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.cards import Cards
from bots.common.files import Sent, fetch, sent_file
from bots.common.filters import is_answer
from bots.common.talk import Talk
from bots.common.views import Key, View, listing
from hub.ports.store import CaseFilter
from hub.services.views import CaseView

SHOWN = 20
"""Tasks in a list."""


class TaskAsked(StatesGroup):
    """What the next message means."""

    comment = State()


def router() -> Router:
    """`/tasks`, cards, comments."""
    routes = Router(name="tasks")
    routes.message.register(tasks, Command("tasks"))
    routes.callback_query.register(open_, Press.filter_act("task_open"))
    routes.callback_query.register(ask, Press.filter_act("task_note"))
    return routes


def swipe_router() -> Router:
    """An answer to something that was shown."""
    routes = Router(name="swipe")
    routes.message.register(swipe, is_answer)
    return routes


def comments_router() -> Router:
    """What an executor writes: always a comment, never out to the resident."""
    routes = Router(name="comments")
    routes.message.register(comment, StateFilter(TaskAsked.comment))
    routes.message.register(plain, StateFilter(None))
    routes.callback_query.register(plain_to, Press.filter_act("task_plain"))
    return routes


async def tasks(message: Message, talk: Talk, state: FSMContext) -> None:
    """What I have to do."""
    await state.clear()
    cases = await _mine(talk)
    now = talk.services.deps.clock.now()
    today = now.astimezone(ZoneInfo(talk.services.deps.policy.timezone)).date()

    def when(case: CaseView) -> str:
        if case.overdue:
            return "late"
        zone = ZoneInfo(talk.services.deps.policy.timezone)
        if case.deadline and case.deadline.astimezone(zone).date() <= today:
            return "today"
        return "later"

    kinds = {kind: [case for case in cases if when(case) == kind] for kind in KINDS}
    rows = [
        [Key(talk.words("executor/task", case=case), press("task_open", case.number))]
        for kind in KINDS
        for case in kinds[kind]
    ]
    text = talk.html("executor/tasks", kinds=kinds, total=len(cases))
    talk.say(View(text=text, keys=rows, what="list"))


KINDS = ("late", "today", "later")


async def _mine(talk: Talk) -> list[CaseView]:
    page = await talk.services.queries.page(
        CaseFilter(view="mine", login=talk.me.login, ended=False), talk.me, limit=SHOWN
    )
    me = talk.me.login
    return [
        case
        for case in page.items
        if me in {person.login for person in case.executors}
        or (case.responsible and case.responsible.login == me)
    ]


async def open_(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The card of a task."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    assert talk.person is not None
    deps = talk.services.deps
    talk.say(Cards(deps.texts).task(case, talk.person, talk.directory, deps.clock.now()))


async def ask(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """The next message is a comment to the dispatcher."""
    await state.set_state(TaskAsked.comment)
    await state.set_data({"case": str(callback_data.case)})
    talk.say(View(text=talk.html("staff/ask_comment", number=callback_data.case), ask=True))


async def swipe(message: Message, talk: Talk) -> None:
    """An answer to a comment or to a task."""
    quoted = message.reply_to_message
    assert quoted is not None
    shown = await talk.services.deps.shown.at(talk.bot.account, talk.chat, quoted.message_id)
    if shown is None or not shown.case or shown.what in {"menu", "list", "done"}:
        # An answer to a question of the bot: others know what to do.
        raise SkipHandler
    await _comment(message, talk, shown.case)


async def comment(message: Message, talk: Talk, state: FSMContext) -> None:
    """The comment that was asked for."""
    number = int((await state.get_data())["case"])
    await _comment(message, talk, number)
    await state.clear()


async def _comment(message: Message, talk: Talk, number: int) -> None:
    file = sent_file(message)
    text = message.text or message.caption or ""
    if file is None and not text:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    files = [await fetch(talk, file)] if file else []
    await talk.services.replies.comment(number, talk.me, text, files=files, key=talk.key())
    talk.react(message.message_id, "👌")


async def plain(message: Message, talk: Talk) -> None:
    """Written to nobody: which task is it about?"""
    file = sent_file(message)
    text = message.text or message.caption or ""
    if file is None and not text:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    cases = (await _mine(talk))[:6]
    rows = [
        [Key(talk.words("executor/task", case=case), press("task_plain", 0, 0, at))]
        for at, case in enumerate(cases)
    ]
    rows.append([talk.button("dismiss")])
    data = {
        **listing([case.id for case in cases]),
        "text": text,
        "message": str(message.message_id),
    }
    if file is not None:
        data |= {"file": file.id, "name": file.name, "mime": file.mime, "size": str(file.size)}
    view = View(
        text=talk.html("executor/which_task", none=not cases), keys=rows, what="menu", data=data
    )
    talk.say(view, reply_to=message.message_id)


async def plain_to(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """It was said which task."""
    shown, number = await talk.choice(callback_data.n)
    data = shown.data
    files = []
    if "file" in data:
        sent = Sent(data["file"], data["name"], data["mime"], int(data["size"]))
        files = [await fetch(talk, sent)]
    await talk.services.replies.comment(
        int(number), talk.me, data["text"], files=files, key=talk.menu_key()
    )
    talk.withdraw()
    talk.react(int(data["message"]), "👌")
