"""Keys under «Поступил звонок» and under a call that is owed."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bots.common.callbacks import Press
from bots.common.callcards import owed_view
from bots.common.talk import Talk
from bots.common.views import View
from bots.operator.card import card
from hub.domain.callback import Callback


def router() -> Router:
    """What a call asks for: a case of its own, a place in another, to be called back."""
    routes = Router(name="calls")
    routes.callback_query.register(new, Press.filter_act("call_new"))
    routes.callback_query.register(attach, Press.filter_act("call_attach"))
    routes.callback_query.register(take, Press.filter_act("owed_take"))
    routes.callback_query.register(done, Press.filter_act("owed_done"))
    return routes


async def new(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """[Создать обращение]: number, address and the call itself go with it."""
    shown = await talk.menu()
    call = await talk.services.calls.get(shown.data["call"], talk.me)
    text = talk.words("operator/call_text", call=call)
    case = await talk.services.calls.open_case(call.id, text, talk.me)
    talk.note(talk.words("operator/call_done", case=case.number, new=True))
    talk.say(card(talk, case))


async def attach(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """[Прикрепить к №…]."""
    shown = await talk.menu()
    case = await talk.services.calls.attach(shown.data["call"], callback_data.case, talk.me)
    talk.note(talk.words("operator/call_done", case=case.number, new=False))
    talk.say(card(talk, case))


async def take(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """[Перезвоню]: nobody else calls meanwhile."""
    shown = await talk.menu()
    entry = await talk.services.callbacks.take(shown.data["callback"], talk.me)
    talk.replace(_drawn(talk, entry))


async def done(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """[Готово]: settled without a call that the hub heard of."""
    shown = await talk.menu()
    entry = await talk.services.callbacks.done(shown.data["callback"], talk.me)
    talk.replace(_drawn(talk, entry))


def _drawn(talk: Talk, entry: Callback) -> View:
    assert talk.person is not None
    name = talk.directory.name(entry.taken_by) if entry.taken_by else ""
    late = entry.late(talk.services.deps.clock.now())
    return owed_view(talk.services.deps.texts, entry, talk.person, name, late=late)
