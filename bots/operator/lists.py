"""Queue, my cases, search: lists that go on with a key and open a card."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.filters import has_text
from bots.common.opening import open_list
from bots.common.talk import Talk
from bots.common.views import Key, View
from bots.operator.asked import Asked
from hub.ports.cases import CaseFilter
from hub.ports.paging import Page
from hub.services.views import CaseView

SIZE = 6
"""Cases on a page."""


def router() -> Router:
    """`/queue /my /find` and the keys of lists."""
    routes = Router(name="lists")
    routes.message.register(queue, Command("queue"))
    routes.message.register(mine, Command("my"))
    routes.message.register(find, Command("find"))
    routes.callback_query.register(further, Press.filter_act("further"))
    return routes


def asked_router() -> Router:
    """The words to search for."""
    routes = Router(name="lists_asked")
    routes.message.register(found, StateFilter(Asked.find), has_text)
    return routes


async def queue(message: Message, talk: Talk, state: FSMContext) -> None:
    """What nobody has taken."""
    await state.clear()
    talk.say(await _list(talk, "queue", "", None))


async def mine(message: Message, talk: Talk, state: FSMContext) -> None:
    """What I have."""
    await state.clear()
    talk.say(await _list(talk, "mine", "", None))


async def find(message: Message, command: CommandObject, talk: Talk, state: FSMContext) -> None:
    """By number, phone, name, address, words."""
    await state.clear()
    if command.args:
        talk.say(await _found(talk, command.args))
        return
    await state.set_state(Asked.find)
    talk.say(View(text=talk.html("operator/ask_find"), ask=True))


async def found(message: Message, talk: Talk, state: FSMContext) -> None:
    """The words that were asked for."""
    await state.clear()
    talk.say(await _found(talk, message.text or ""))


async def further(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The next page of a list, in its place."""
    shown = await talk.menu()
    data = shown.data
    talk.replace(await _list(talk, data["view"], data.get("words", ""), data.get("next")))


async def _found(talk: Talk, words: str) -> View:
    cases = await talk.services.queries.find(words, talk.me, limit=SIZE)
    if len(cases) < SIZE:
        return _view(talk, Page(items=cases), "find", words)
    return await _list(talk, "find", words, None)


async def _list(talk: Talk, view: str, words: str, cursor: str | None) -> View:
    chosen = {
        "queue": CaseFilter(view="queue", groups=sorted(talk.me.groups), ended=False),
        "mine": CaseFilter(view="mine", login=talk.me.login, ended=False),
        "find": CaseFilter(words=words),
    }[view]
    page = await talk.services.queries.page(chosen, talk.me, cursor=cursor, limit=SIZE)
    return _view(talk, page, view, words)


def _view(talk: Talk, page: Page[CaseView], view: str, words: str) -> View:
    rows = []
    for case in page.items:
        row = [Key(talk.label("number", case.number), press("open", case.number))]
        if case.operator is None and case.status in {"new", "assigned"}:
            row.append(talk.button("take", case.number, case.version))
        rows.append(row)
    if page.next:
        rows.append([talk.button("further")])
    rows.append(open_list(talk))
    data = {"view": view, "words": words}
    if page.next:
        data["next"] = page.next
    text = talk.html("operator/list", view=view, cases=page.items, words=words)
    return View(text=text, keys=rows, what="list", data=data)
