"""What the resident will get, shown before it goes: [Отправить] sends exactly this, [Изменить] asks
for other words and shows them again."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press
from bots.common.talk import Talk
from bots.common.unsent import put_aside, take_up
from bots.common.views import View
from bots.operator.asked import Asked
from bots.operator.marks import mark_here
from hub.domain.case import Case
from hub.domain.message import Address
from hub.services.lengths import counted

UNFILLED = re.compile(r"\{[^{}\n]{1,40}\}")
"""A variable that nothing filled: whoever sends it should have seen it."""


def router() -> Router:
    """Keys of a preview."""
    routes = Router(name="preview")
    routes.callback_query.register(send, Press.filter_act("quick_send"))
    routes.callback_query.register(edit, Press.filter_act("quick_edit"))
    return routes


def asked_router() -> Router:
    """Other words for what was shown."""
    routes = Router(name="preview_asked")
    routes.message.register(edited, StateFilter(Asked.edit))
    return routes


async def preview(talk: Talk, case: Case, text: str, more: Mapping[str, str]) -> View:
    """`more`: `reply` (the quick reply it is made of), `to` (the identity it goes to), and what
    bots.common.unsent remembers of files."""
    address = await _address(talk, case, more.get("to", ""))
    sender = talk.services.deps.senders.get(address.account) if address else None
    length = counted(sender.caps, text) if sender else None
    limit = sender.caps.max_text if sender and length is None else 0
    shown = talk.html(
        "operator/preview",
        case=case,
        text=text,
        address=address if more.get("to") else None,
        file=more.get("name", ""),
        too_long=limit if 0 < limit < len(text) else 0,
        length=length,
        unfilled=UNFILLED.findall(text)[:5],
    )
    number, version = case.number, case.version
    return View(
        text=shown,
        keys=[
            [
                talk.button("quick_send", number, version),
                talk.button("quick_edit", number, version),
            ],
            [talk.button("quick_folders", number), talk.button("dismiss")],
        ],
        what="menu",
        case=number,
        version=version,
        data={**more, "text": text},
    )


async def _address(talk: Talk, case: Case, identity: str) -> Address | None:
    if not identity:
        return case.address
    found = await talk.services.replies.addresses(case.number)
    return next((one for one in found if one.identity == identity), None)


async def send(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """[Отправить]: exactly what the preview shows goes out."""
    shown = await talk.menu()
    kept = dict(shown.data)
    kept.setdefault("message", "0")
    text, files = await take_up(talk, kept)
    case, entry = await talk.services.replies.send(
        shown.case,
        talk.me,
        text,
        files=files,
        to=kept.get("to", ""),
        key=talk.menu_key(),
        quick_reply=kept.get("reply", ""),
        expect=callback_data.v or None,
    )
    await state.clear()
    mark_here(talk, case, entry)


async def edit(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """[Изменить]: the next text is previewed again, not sent."""
    shown = await talk.menu()
    await state.set_state(Asked.edit)
    await state.set_data({**more_of(shown.data), "case": str(shown.case)})
    text = talk.html("operator/ask_edit", text=shown.data["text"])
    keys = [[talk.button("dismiss")]]
    talk.replace(View(text=text, keys=keys, what="menu", case=shown.case))


async def edited(message: Message, talk: Talk, state: FSMContext) -> None:
    """Other words, or a file with them; variables are filled as well."""
    kept = put_aside(message)
    if kept is None:
        talk.tell("staff/unusable", reply_to=message.message_id)
        return
    asked = await state.get_data()
    await state.clear()
    case = await talk.services.queries.raw(int(asked["case"]), talk.me)
    filled = talk.services.quick_replies.fill(kept["text"], case, talk.me)
    talk.say(await preview(talk, case, filled, {**more_of(asked), **kept}))


def more_of(data: Mapping[str, str]) -> dict[str, str]:
    """What a preview remembers besides its words."""
    kept = ("reply", "to", "file", "name", "mime", "size", "message", "album")
    return {name: data[name] for name in kept if data.get(name)}
