"""Передать: to whom → why → confirm. Вернуть: why → confirm."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.filters import has_text
from bots.common.paging import page_of, turning
from bots.common.talk import Talk, listing
from bots.common.views import Key, View
from bots.operator.asked import Asked


def router() -> Router:
    """Keys and texts of a transfer."""
    routes = Router(name="transfer")
    routes.callback_query.register(whom, Press.filter_act("transfer", "transfer_page"))
    routes.callback_query.register(why, Press.filter_act("transfer_to"))
    routes.callback_query.register(why_back, Press.filter_act("give_back"))
    routes.message.register(confirm, StateFilter(Asked.transfer), has_text)
    routes.message.register(confirm, StateFilter(Asked.give_back), has_text)
    routes.callback_query.register(carry_out, Press.filter_act("transfer_yes"))
    return routes


async def whom(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Groups and operators, six a page."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    people = sorted(
        {person.login: person for person in talk.directory.members("", "operator")}.values(),
        key=lambda person: person.shown,
    )
    ids = [f"group:{group.id}" for group in talk.directory.groups.values() if group.active]
    names = {f"group:{group.id}": group.name for group in talk.directory.groups.values()}
    ids = [one for one in ids if one != f"group:{case.group}" or case.operator]
    for person in people:
        if person.login != case.operator:
            ids.append(f"staff:{person.login}")
            names[ids[-1]] = person.shown
    number, version = case.number, case.version
    turned = callback_data.act == "transfer_page"
    page = page_of(ids, callback_data.n if turned else 0)
    rows = [
        [
            Key(
                talk.words("operator/target", kind=one.partition(":")[0], name=names[one]),
                press("transfer_to", number, version, at),
            )
        ]
        for at, one in page.items
    ]
    rows.append(turning(talk, page, "transfer_page", number, version))
    rows.append([talk.button("dismiss")])
    view = View(
        text=talk.html("operator/transfer_whom", case=case),
        keys=rows,
        what="menu",
        case=number,
        version=version,
        data=listing(ids),
    )
    if turned:
        talk.replace(view)
    else:
        talk.say(view)


async def why(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """The explanation is required."""
    shown, target = await talk.choice(callback_data.n)
    await state.set_state(Asked.transfer)
    await state.set_data({"case": str(shown.case), "target": target, "menu": str(talk.pressed)})
    _ask(talk, shown.case, target)


async def why_back(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """Returning needs an explanation as well."""
    case = await talk.services.queries.raw(callback_data.case, talk.me)
    case.at_version(callback_data.v or None)
    target = f"staff:{case.offered_by}"
    await state.set_state(Asked.give_back)
    await state.set_data({"case": str(case.number), "target": target})
    text = talk.html("operator/ask_note", number=case.number, target=_name(talk, target))
    talk.say(View(text=text, keys=[[talk.button("dismiss")]], what="menu", case=case.number))


def _ask(talk: Talk, number: int, target: str) -> None:
    text = talk.html("operator/ask_note", number=number, target=_name(talk, target))
    talk.replace(View(text=text, keys=[[talk.button("dismiss")]], what="menu", case=number))


async def confirm(message: Message, talk: Talk, state: FSMContext) -> None:
    """What will happen, before it does."""
    asked = await state.get_data()
    back = await state.get_state() == Asked.give_back.state
    await state.clear()
    case = await talk.services.queries.raw(int(asked["case"]), talk.me)
    target, note = asked["target"], message.text or ""
    text = talk.html("operator/transfer_confirm", case=case, target=_name(talk, target), note=note)
    keys = [
        [talk.button("transfer_yes", case.number, case.version), talk.button("dismiss")],
    ]
    data = {"target": target, "note": note, "back": "1" if back else ""}
    talk.say(
        View(text=text, keys=keys, what="menu", case=case.number, version=case.version, data=data)
    )


async def carry_out(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The new owner gets a card with the explanation."""
    asked = (await talk.menu()).data
    kind, _, name = asked["target"].partition(":")
    work = talk.services.casework
    if asked["back"]:
        await work.hand_back(
            callback_data.case,
            talk.me,
            note=asked["note"],
            key=talk.menu_key(),
            expect=callback_data.v,
        )
    else:
        await work.transfer(
            callback_data.case,
            talk.me,
            note=asked["note"],
            operator=name if kind == "staff" else "",
            group=name if kind == "group" else "",
            key=talk.menu_key(),
            expect=callback_data.v,
        )
    talk.replace(
        View(
            text=talk.html(
                "operator/transferred",
                number=callback_data.case,
                target=_name(talk, asked["target"]),
                note=asked["note"],
            )
        )
    )


def _name(talk: Talk, target: str) -> str:
    kind, _, name = target.partition(":")
    if kind == "group" and name in talk.directory.groups:
        return talk.directory.groups[name].name
    return talk.directory.name(name)
