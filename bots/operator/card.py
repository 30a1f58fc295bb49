"""The card and what its keys do at once: take, accept, release, wait, reopen, look further."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.common.callbacks import Press
from bots.common.cards import Cards
from bots.common.opening import open_case
from bots.common.shared import send_unseen
from bots.common.talk import Talk
from bots.common.views import Key, View
from hub.domain.case import Case
from hub.domain.status import AT_WORK
from hub.services.casework import Casework
from hub.services.entryviews import HistoryView

LINES = 20
"""Lines of history that one tap brings."""


def router() -> Router:
    """Keys of a card."""
    routes = Router(name="card")
    routes.callback_query.register(open_, Press.filter_act("open"))
    routes.callback_query.register(take, Press.filter_act("take", "accept"))
    routes.callback_query.register(at_once, Press.filter_act(*AT_ONCE))
    routes.callback_query.register(more, Press.filter_act("more"))
    routes.callback_query.register(history, Press.filter_act("history"))
    return routes


def card(talk: Talk, case: Case) -> View:
    """The card of a case for who asks."""
    assert talk.viewer is not None
    deps = talk.services.deps
    return Cards(deps.texts).operator(case, talk.viewer, talk.directory, deps.clock.now())


async def show(talk: Talk, case: Case) -> None:
    """The card in place where its key was pressed, else a new one."""
    shown = await talk.services.deps.shown.at(talk.bot.account, talk.chat, talk.pressed)
    if shown is not None and shown.what == "card" and shown.case == case.number:
        talk.replace(card(talk, case))
    else:
        talk.say(card(talk, case))


async def open_(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """A card from a list."""
    talk.say(card(talk, await talk.services.queries.raw(callback_data.case, talk.me)))


async def take(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Взять, and Принять what was handed over. The second tap hears whose it is."""
    case = await talk.services.casework.take(
        callback_data.case, talk.me, expect=callback_data.v or None
    )
    talk.note(talk.words("operator/taken", case=case))
    talk.look_at(case.number)
    if not await _redrawn_anyway(talk, case):
        await show(talk, case)
    if talk.where.place is None:
        # In a forum group they stand in the topic already.
        send_unseen(talk, case)


async def _redrawn_anyway(talk: Talk, case: Case) -> bool:
    """The pressed card is the newest one here, and a row of the outbox redraws that."""
    shown = await talk.services.deps.shown.latest(talk.bot.account, talk.chat, "card", case.number)
    newest = shown is not None and shown.message == talk.pressed
    return newest and shown is not None and shown.version != case.version


Act = Callable[[Casework, int, Talk, int | None], Awaitable[Case]]
AT_ONCE: dict[str, Act] = {
    "release": lambda work, number, talk, v: work.release(number, talk.me, expect=v),
    "wait": lambda work, number, talk, v: work.wait(number, talk.me, expect=v),
    "unspam": lambda work, number, talk, v: work.unspam(number, talk.me, expect=v),
    "reopen": lambda work, number, talk, v: work.reopen(number, talk.me, expect=v),
    "finish": lambda work, number, talk, v: work.close(number, talk.me, expect=v),
    "trust": lambda work, number, talk, v: work.trust(number, talk.me, expect=v),
}


async def at_once(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """What needs no further question."""
    act = AT_ONCE[callback_data.act]
    case = await act(talk.services.casework, callback_data.case, talk, callback_data.v or None)
    talk.note(talk.words("operator/done", act=callback_data.act, case=case))
    shown = await talk.services.deps.shown.at(talk.bot.account, talk.chat, talk.pressed)
    if shown is not None and shown.what == "card":
        talk.replace(card(talk, case))
    else:
        talk.replace(View(text=talk.html("operator/done", act=callback_data.act, case=case)))


async def more(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """[Ещё]: what is needed less often, in a menu of its own."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    number, version = case.number, case.version

    def row(*acts: str) -> list[Key]:
        return [talk.button(act, number, version) for act in acts]

    rows = [row("thread", "history")]
    if any(entry.files for entry in case.thread):
        rows[0].append(talk.button("all_files", number, version))
    if case.status in AT_WORK:
        rows += [row("deadline", "type"), row("responsible", "executors")]
        last = [act for act, fits in (("release", case.operator), ("wait", True)) if fits]
        rows += [row(*last), row("defer", "reject"), row("via")]
    elif case.status == "resolved":
        rows += [row("finish", "spam"), row("via")]
    rows.append(open_case(talk, number))
    rows.append([talk.button("dismiss")])
    text = talk.html("operator/more", case=case)
    talk.say(View(text=text, keys=rows, what="menu", case=number, version=version))


async def history(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Who did what when."""
    view = await talk.services.queries.case(callback_data.case, talk.me)
    text = talk.html(
        "operator/history",
        number=view.number,
        lines=_deeds(view.history)[-LINES:],
        name=talk.directory.name,
    )
    talk.say(View(text=text, what="notice", case=view.number))


def _deeds(history: Sequence[HistoryView]) -> list[HistoryView]:
    """A deed and the state that it led to are one line to whoever reads them."""
    shown: list[HistoryView] = []
    for at, line in enumerate(history):
        before = history[at - 1] if at else None
        same = before is not None and (before.at, before.who) == (line.at, line.who)
        if line.action != "status" or not same:
            shown.append(line)
    return shown
