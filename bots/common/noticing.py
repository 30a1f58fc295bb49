"""`/notices`: what a person wants to hear of, when they rest, and whether news come in digests."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec
from aiogram import Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.filters import has_text, is_answer, is_command
from bots.common.talk import Talk
from bots.common.views import Key, View
from hub.domain.errors import Invalid
from hub.domain.notices import SCOPES, DigestMode, NoticeSettings, Quiet

T = TypeVar("T")
HOUR = 60
QUIETS: tuple[Quiet | None, ...] = (
    Quiet(22 * HOUR, 7 * HOUR),
    Quiet(21 * HOUR, 8 * HOUR),
    Quiet(23 * HOUR, 9 * HOUR),
    Quiet(18 * HOUR, 9 * HOUR),
    None,
)
"""Hours of rest that are often wanted; the last is none."""
DIGESTS: tuple[tuple[DigestMode, tuple[int, ...]], ...] = (
    ("off", ()),
    ("hourly", ()),
    ("at", (9,)),
    ("at", (9, 17)),
    ("at", (9, 13, 17)),
)
TIME = re.compile(r"(?<!\d)(\d{1,2})(?:[:.](\d{2}))?(?!\d)")


class NoticeAsked(StatesGroup):
    """What the next text means."""

    quiet = State()
    hours = State()


def router() -> Router:
    """The command, its keys, and what they ask for; a swipe-reply or a command is no answer."""
    routes = Router(name="noticing")
    routes.message.register(show, Command("notices"))
    routes.callback_query.register(back, Press.filter_act("nt_back"))
    routes.callback_query.register(scope, Press.filter_act("nt_scope"))
    routes.callback_query.register(quiets, Press.filter_act("nt_quiet"))
    routes.callback_query.register(quiet, Press.filter_act("nt_quiet_is"))
    routes.callback_query.register(digests, Press.filter_act("nt_digest"))
    routes.callback_query.register(digest, Press.filter_act("nt_digest_is"))
    routes.callback_query.register(ask, Press.filter_act("nt_quiet_own", "nt_hours_own"))
    routes.message.register(own_quiet, StateFilter(NoticeAsked.quiet), has_text, _is_said)
    routes.message.register(own_hours, StateFilter(NoticeAsked.hours), has_text, _is_said)
    return routes


async def _is_said(message: Message) -> bool:
    return not await is_answer(message) and not await is_command(message)


# ── looking ──────────────────────────────────────────────────────────────────────────────────


async def show(message: Message, talk: Talk, state: FSMContext) -> None:
    """What is chosen now."""
    await state.clear()
    if talk.chat < 0:
        # What somebody wants to hear of is nobody else's business.
        talk.tell("staff/notices_private")
        return
    talk.say(_view(talk, await _chosen(talk)))


async def back(query: CallbackQuery, talk: Talk, state: FSMContext) -> None:
    """From a choice to the whole."""
    await state.clear()
    talk.replace(_view(talk, await _chosen(talk)))


async def _chosen(talk: Talk) -> NoticeSettings:
    return (await talk.services.people.get(talk.me.login)).notices


def _view(talk: Talk, chosen: NoticeSettings) -> View:
    scopes = [
        _key(talk, "nt_scope", n, what=one, chosen=one == chosen.scope)
        for n, one in enumerate(SCOPES)
    ]
    rows = [scopes, [_key(talk, "nt_quiet"), _key(talk, "nt_digest")]]
    return View(text=talk.html("staff/notices", chosen=chosen), keys=rows, what="menu")


def _key(talk: Talk, act: str, n: int = 0, *, what: object = "", chosen: bool = False) -> Key:
    words = talk.words("staff/notices_key", act=act, what=what, chosen=chosen)
    return Key(words, press(act, n=n))


# ── choosing ─────────────────────────────────────────────────────────────────────────────────


async def scope(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Everything, one's own, what cannot wait."""
    await _keep(talk, scope=_one(SCOPES, callback_data.n))


async def quiets(query: CallbackQuery, talk: Talk) -> None:
    """Which hours of rest?"""
    chosen = await _chosen(talk)
    keys = [
        _key(talk, "nt_quiet_is", n, what=one, chosen=one == chosen.quiet)
        for n, one in enumerate(QUIETS)
    ]
    _choice(talk, "quiet", chosen, keys, "nt_quiet_own")


async def quiet(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """One of those that were offered."""
    await _keep(talk, quiet=_one(QUIETS, callback_data.n))


async def digests(query: CallbackQuery, talk: Talk) -> None:
    """At once, every hour, at hours?"""
    chosen = await _chosen(talk)
    keys = [
        _key(talk, "nt_digest_is", n, what=one, chosen=one == (chosen.digest, chosen.hours))
        for n, one in enumerate(DIGESTS)
    ]
    _choice(talk, "digest", chosen, keys, "nt_hours_own")


async def digest(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """One of those that were offered."""
    mode, hours = _one(DIGESTS, callback_data.n)
    await _keep(talk, digest=mode, hours=hours)


def _choice(talk: Talk, what: str, chosen: NoticeSettings, keys: list[Key], own: str) -> None:
    rows = [keys[at : at + 2] for at in range(0, len(keys), 2)]
    rows.append([_key(talk, own), _key(talk, "nt_back")])
    text = talk.html("staff/notices_choice", what=what, chosen=chosen)
    talk.replace(View(text=text, keys=rows, what="menu"))


async def _keep(talk: Talk, **change: object) -> None:
    chosen = msgspec.structs.replace(await _chosen(talk), **change)
    person = await talk.services.shifts.choose(chosen, talk.me)
    talk.note(talk.words("staff/notices_kept"))
    talk.replace(_view(talk, person.notices))


# ── typing ───────────────────────────────────────────────────────────────────────────────────


async def ask(query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext) -> None:
    """Times of one's own come with the next message."""
    what = "quiet" if callback_data.act == "nt_quiet_own" else "hours"
    await state.set_state(NoticeAsked.quiet if what == "quiet" else NoticeAsked.hours)
    await state.set_data({})
    text = talk.html("staff/notices_ask", what=what)
    talk.replace(View(text=text, keys=[[_key(talk, "nt_back")]], what="menu"))


async def own_quiet(message: Message, talk: Talk, state: FSMContext) -> None:
    """«22:00–7:00» in whatever words; a slip may be written again."""
    times = [_minutes(*found) for found in TIME.findall(message.text or "")]
    if len(times) != 2:
        raise Invalid(field="quiet", reason="unknown")
    await _said(talk, state, quiet=Quiet(times[0], times[1]))


async def own_hours(message: Message, talk: Talk, state: FSMContext) -> None:
    """«9, 13 и 18»; minutes are of no use here."""
    hours = [
        int(hour) for hour, minutes in TIME.findall(message.text or "") if not int(minutes or 0)
    ]
    await _said(talk, state, digest="at", hours=tuple(hours))


async def _said(talk: Talk, state: FSMContext, **change: object) -> None:
    chosen = msgspec.structs.replace(await _chosen(talk), **change)
    person = await talk.services.shifts.choose(chosen, talk.me)
    await state.clear()
    talk.say(_view(talk, person.notices))


def _minutes(hour: str, minute: str) -> int:
    if int(minute or 0) >= HOUR:
        raise Invalid(field="quiet", reason="unknown")
    return int(hour) * HOUR + int(minute or 0)


def _one(offered: tuple[T, ...], n: int) -> T:
    if not 0 <= n < len(offered):
        raise Invalid(field="menu", reason="gone")
    return offered[n]
