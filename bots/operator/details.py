"""Deadline, putting off, type."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from bots.common.callbacks import Press, press
from bots.common.filters import has_text
from bots.common.talk import Talk
from bots.common.views import Key, View, listing
from bots.operator.asked import Asked
from hub.domain.errors import Invalid

WRITTEN = re.compile(r"\s*(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?[\s,]+(\d{1,2})[:.](\d{2})\s*")


def router() -> Router:
    """Keys of the menu [Ещё] that change details."""
    routes = Router(name="details")
    routes.callback_query.register(deadlines, Press.filter_act("deadline", "defer"))
    routes.callback_query.register(deadline, Press.filter_act("deadline_at"))
    routes.callback_query.register(ask_deadline, Press.filter_act("deadline_own"))
    routes.message.register(own_deadline, StateFilter(Asked.deadline), has_text)
    routes.callback_query.register(defer, Press.filter_act("defer_at"))
    routes.callback_query.register(types, Press.filter_act("type"))
    routes.callback_query.register(set_type, Press.filter_act("type_is"))
    return routes


# ── deadline ─────────────────────────────────────────────────────────────────────────────────


def offers(now: datetime, zone: ZoneInfo) -> list[datetime]:
    """Times that are often wanted, each in the future."""
    here = now.astimezone(zone)
    found = [here + timedelta(hours=2)]
    for days, hour in ((0, 18), (1, 12), (1, 18), (3, 18), (7, 18)):
        found.append(datetime.combine(here.date() + timedelta(days=days), time(hour), zone))
    return [at.replace(second=0, microsecond=0) for at in found if at > now + timedelta(minutes=30)]


def written(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """«25.11 15:00», with a year if need be. Raises Invalid."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        raise Invalid(field="at", reason="unknown")
    day, month, year, hour, minute = found.groups()
    here = now.astimezone(zone)
    try:
        at = datetime(
            int(year or here.year), int(month), int(day), int(hour), int(minute), tzinfo=zone
        )
        if not year and at < now:
            at = at.replace(year=at.year + 1)
    except ValueError:
        raise Invalid(field="at", reason="unknown") from None
    if at < now:
        raise Invalid(field="at", reason="past")
    return at


def _zone(talk: Talk) -> ZoneInfo:
    return ZoneInfo(talk.services.deps.policy.timezone)


async def deadlines(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Until when? For a new deadline and for putting the case off alike."""
    act = callback_data.act
    case = await talk.case_as_shown(callback_data)
    load = await talk.services.queries.load([*case.executors, case.responsible])
    times = offers(talk.services.deps.clock.now(), _zone(talk))
    keys = [
        Key(talk.words("operator/time", at=at), press(f"{act}_at", case.number, case.version, n))
        for n, at in enumerate(times)
    ]
    rows = [keys[at : at + 2] for at in range(0, len(keys), 2)]
    if act == "deadline":
        rows.append([talk.button("deadline_own", case.number, case.version)])
    rows.append([talk.button("dismiss")])
    view = View(
        text=talk.html(
            "operator/deadline", case=case, act=act, load=load, name=talk.directory.name
        ),
        keys=rows,
        what="menu",
        case=case.number,
        version=case.version,
        data=listing([at.isoformat() for at in times]),
    )
    talk.replace(view)


async def deadline(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """One of the offered times."""
    shown, at = await talk.choice(callback_data.n)
    case = await talk.services.casework.deadline(
        shown.case, datetime.fromisoformat(at), talk.me, expect=callback_data.v or None
    )
    talk.replace(View(text=talk.html("operator/done", act="deadline", case=case)))


async def defer(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Work stands until then; the case comes back by itself."""
    shown, at = await talk.choice(callback_data.n)
    case = await talk.services.casework.defer(
        shown.case, datetime.fromisoformat(at), talk.me, expect=callback_data.v or None
    )
    talk.replace(View(text=talk.html("operator/done", act="defer", case=case)))


async def ask_deadline(
    query: CallbackQuery, callback_data: Press, talk: Talk, state: FSMContext
) -> None:
    """A time of one's own."""
    await talk.case_as_shown(callback_data)
    await state.set_state(Asked.deadline)
    await state.set_data({"case": str(callback_data.case)})
    talk.replace(
        View(text=talk.html("operator/ask_deadline"), keys=[[talk.button("dismiss")]], what="menu")
    )


async def own_deadline(message: Message, talk: Talk, state: FSMContext) -> None:
    """What was written; a slip may be written again."""
    number = int((await state.get_data())["case"])
    at = written(message.text or "", talk.services.deps.clock.now(), _zone(talk))
    case = await talk.services.casework.deadline(number, at, talk.me)
    await state.clear()
    talk.tell("operator/done", act="deadline", case=case)


# ── type ─────────────────────────────────────────────────────────────────────────────────────


async def types(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """Запрос, жалоба, …"""
    case = await talk.case_as_shown(callback_data)
    known = await talk.services.setup.types()
    rows = [
        [Key(one.name, press("type_is", case.number, case.version, at))]
        for at, one in enumerate(known)
    ]
    if known:
        rows.append([talk.button("dismiss")])
    view = View(
        text=talk.html("operator/type", case=case, empty=not known),
        keys=rows,
        what="menu",
        case=case.number,
        version=case.version,
        data=listing([one.id for one in known]),
    )
    talk.replace(view)


async def set_type(query: CallbackQuery, callback_data: Press, talk: Talk) -> None:
    """The chosen type."""
    shown, chosen = await talk.choice(callback_data.n)
    case = await talk.services.casework.set_type(
        shown.case, chosen, talk.me, expect=callback_data.v or None
    )
    talk.replace(View(text=talk.html("operator/done", act="type", case=case)))
