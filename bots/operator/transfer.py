"""Передать: to whom → why → confirm. Вернуть: why → confirm."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.filters import has_text
from bots.common.paging import page_of, turning
from bots.common.talk import Talk
from bots.common.views import Key, View, listing
from bots.operator.asked import Asked
from hub.domain.case import Case


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
    """To whom?"""
    case = await talk.case_as_shown(callback_data)
    if callback_data.act == "transfer_page":
        talk.replace(await whom_menu(talk, case, callback_data.n))
    else:
        talk.say(await whom_menu(talk, case, 0))


async def whom_menu(talk: Talk, case: Case, number: int) -> View:
    """Groups, and operators with how many open cases each has, six a page."""
    people = sorted(
        {person.login: person for person in talk.directory.members("", "operator")}.values(),
        key=lambda person: (person.on_shift is False, person.shown),
    )
    ids = [f"group:{group.id}" for group in talk.directory.groups.values() if group.active]
    ids = [one for one in ids if one != f"group:{case.group}" or case.operator]
    ids += [f"staff:{person.login}" for person in people if person.login != case.operator]
    page = page_of(ids, number)
    shown = [one.removeprefix("staff:") for _, one in page.items if one.startswith("staff:")]
    load = await talk.services.queries.load(shown)
    rows = []
    for at, one in page.items:
        kind, _, name = one.partition(":")
        person = talk.directory.staff.get(name) if kind == "staff" else None
        label = talk.words(
            "operator/target",
            kind=kind,
            name=_name(talk, one),
            open=load[name].open if person else 0,
            away=person is not None and person.on_shift is False,
        )
        rows.append([Key(label, press("transfer_to", case.number, case.version, at))])
    rows.append(turning(talk, page, "transfer_page", case.number, case.version))
    rows.append([talk.button("dismiss")])
    return View(
        text=talk.html("operator/transfer_whom", case=case),
        keys=rows,
        what="menu",
        case=case.number,
        version=case.version,
        data=listing(ids),
    )


async def why(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """The explanation is required."""
    await talk.case_as_shown(callback_data)
    shown, target = await talk.choice(callback_data.n)
    await state.set_state(Asked.transfer)
    await state.set_data({"case": str(shown.case), "target": target, "menu": str(talk.pressed)})
    _ask(talk, shown.case, target)


async def why_back(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """Returning needs an explanation as well."""
    case = await talk.case_as_shown(callback_data)
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
            expect=callback_data.v or None,
        )
    else:
        await work.transfer(
            callback_data.case,
            talk.me,
            note=asked["note"],
            operator=name if kind == "staff" else "",
            group=name if kind == "group" else "",
            key=talk.menu_key(),
            expect=callback_data.v or None,
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
