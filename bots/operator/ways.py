"""Other ways to the same resident: before answering («Ответить через…»), and for an answer that did
not get there."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.entries import UNSETTLED
from bots.common.talk import Talk
from bots.common.unsent import put_aside
from bots.common.views import Key, View, listed, listing
from bots.operator.asked import Asked
from bots.operator.preview import preview
from hub.domain.errors import Invalid
from hub.domain.message import Address
from hub.services.lengths import longest


def router() -> Router:
    """Keys of failed answers and of [Ещё]."""
    routes = Router(name="ways")
    routes.callback_query.register(retry, Press.filter_act("retry"))
    routes.callback_query.register(elsewhere, Press.filter_act("elsewhere"))
    routes.callback_query.register(retry_to, Press.filter_act("retry_to"))
    routes.callback_query.register(via, Press.filter_act("via"))
    routes.callback_query.register(via_to, Press.filter_act("via_to"))
    return routes


def asked_router() -> Router:
    """The answer for the chosen way."""
    routes = Router(name="ways_asked")
    routes.message.register(written, StateFilter(Asked.via))
    return routes


async def retry(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """[Повторить], to the same address. What has gone out meanwhile is refused by the case."""
    case = await talk.services.replies.retry(callback_data.case, callback_data.n, talk.me)
    talk.note(talk.words("operator/retried", number=case.number))


async def elsewhere(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Other ways for what did not get there."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    entry = await talk.services.replies.entry(case, callback_data.n)
    used = entry.delivery.to if entry and entry.delivery else None
    others = [one for one in await talk.services.replies.addresses(case.number) if one != used]
    if not others:
        talk.note(talk.words("operator/nowhere_else"), alert=True)
        return
    view = _menu(talk, "retry_to", (case.number, case.version), others, callback_data.n)
    view.text = talk.html(
        "operator/elsewhere",
        number=case.number,
        ways=_limits(talk, others),
        closed=await _closed(talk, case.number, others),
    )
    talk.say(view)


async def retry_to(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The same message by another way."""
    deps = talk.services.deps
    shown = await deps.shown.at(talk.bot.account, talk.chat, talk.pressed)
    ways = listed(shown.data) if shown is not None else []
    if shown is None or not shown.entry or callback_data.n >= len(ways):
        raise Invalid(field="menu", reason="gone")
    case = await talk.services.replies.retry(
        callback_data.case, shown.entry, talk.me, to=ways[callback_data.n]
    )
    talk.note(talk.words("operator/retried", number=case.number))
    if UNSETTLED not in shown.data:
        # A menu has served; a message of trouble says by itself how it ended.
        talk.withdraw()


async def via(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """«Ответить через…»: which way?"""
    case = await talk.case_as_shown(callback_data)
    ways = await talk.services.replies.addresses(case.number)
    if not ways:
        talk.note(talk.words("operator/nowhere_else"), alert=True)
        return
    view = _menu(talk, "via_to", (case.number, case.version), ways, 0)
    view.text = talk.html(
        "operator/via",
        number=case.number,
        ways=_limits(talk, ways),
        last=case.address,
        closed=await _closed(talk, case.number, ways),
    )
    talk.replace(view)


async def via_to(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """The next message is the answer; it is shown before it goes."""
    await talk.case_as_shown(callback_data)
    shown, identity = await talk.choice(callback_data.n)
    ways = await talk.services.replies.addresses(shown.case)
    way = next((one for one in ways if one.identity == identity), None)
    if way is None:
        raise Invalid(field="menu", reason="gone")
    await state.set_state(Asked.via)
    await state.set_data({"case": str(shown.case), "to": identity})
    text = talk.html("operator/via_ask", number=shown.case, ways=_limits(talk, [way]))
    keys = [[talk.button("dismiss")]]
    talk.replace(View(text=text, keys=keys, what="menu", case=shown.case))


async def written(message: Message, talk: Talk, state: FSMContext) -> None:
    """The answer, as it will go."""
    kept = put_aside(message)
    if kept is None:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    asked = await state.get_data()
    await state.clear()
    case = await talk.services.queries.raw(int(asked["case"]), talk.me)
    talk.say(await preview(talk, case, kept["text"], {**kept, "to": asked["to"]}))


def _menu(talk: Talk, act: str, case: tuple[int, int], ways: Sequence[Address], entry: int) -> View:
    number, version = case
    rows = [
        [Key(talk.words("operator/address", address=way), press(act, number, version, at))]
        for at, way in enumerate(ways)
    ]
    rows.append([talk.button("dismiss")])
    return View(
        text="",
        keys=rows,
        what="menu",
        case=number,
        entry=entry,
        version=version,
        data=listing([way.identity for way in ways]),
    )


async def _closed(talk: Talk, number: int, offered: Sequence[Address]) -> list[tuple[Address, str]]:
    """Ways that lead to nobody now, each with why."""
    return [
        (way.address, way.unreachable)
        for way in await talk.services.replies.ways(number)
        if way.address is not None and way.unreachable and way.address not in offered
    ]


def _limits(talk: Talk, ways: Sequence[Address]) -> list[tuple[Address, int, int]]:
    """With each way, how long a text and how large a file it takes (0: none)."""
    found = []
    for way in ways:
        sender = talk.services.deps.senders.get(way.account)
        caps = sender.caps if sender else None
        file = caps.max_file if caps and caps.files else 0
        found.append((way, longest(caps) if caps else 0, file))
    return found
