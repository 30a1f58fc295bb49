"""Who calls, and who is owed a call, as messages of the staff bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bots.common.callbacks import press
from bots.common.views import Key, View
from hub.domain.callback import Callback
from hub.domain.staff import Staff
from hub.ports.texts import Texts
from hub.services.callers import CallerBook
from hub.services.deps import Deps
from hub.services.ringing import rings

SHOWN = 3
"""Open cases that have keys of their own."""

Draw = Callable[[Deps, Mapping[str, Any], Staff], Awaitable[View | None]]


async def incoming(deps: Deps, params: Mapping[str, Any], person: Staff) -> View | None:
    """«Поступил звонок»: number, name, address, open cases. None once it rings no more, unless it
    is this person who has it."""
    call = await deps.calls.get(str(params["call"]))
    if call is None or not (rings(call, deps.clock.now()) or person.login in call.staff):
        return None
    who = await CallerBook(deps).view(call.facts.number)
    text = deps.texts.html("bot/operator/call", person.language, call=call, who=who, shown=SHOWN)
    rows = [
        [
            _key(deps.texts, person, "number", "open", case.number),
            _key(deps.texts, person, "call_attach", "call_attach", case.number),
        ]
        for case in who.open[:SHOWN]
    ]
    rows.append([_key(deps.texts, person, "call_new", "call_new")])
    return View(text=text, keys=rows, what="menu", data={"call": call.id})


async def owed(deps: Deps, params: Mapping[str, Any], person: Staff) -> View | None:
    """A call that is owed. None once it is settled."""
    entry = await deps.callbacks.get(str(params["callback"]))
    if entry is None or entry.state != "open":
        return None
    return owed_view(deps.texts, entry, person, "", late=entry.late(deps.clock.now()))


def owed_view(texts: Texts, entry: Callback, person: Staff, taken_by: str, *, late: bool) -> View:
    """An entry with what can be done about it; `taken_by` is a name, `late`: the norm is broken."""
    text = texts.html(
        "bot/operator/owed", person.language, entry=entry, taken_by=taken_by, late=late
    )
    keys = []
    if entry.state == "open":
        acts = ["owed_done"] if entry.taken_by else ["owed_take", "owed_done"]
        keys = [[_key(texts, person, act, act) for act in acts]]
    return View(text=text, keys=keys, what="menu", data={"callback": entry.id})


def _key(texts: Texts, person: Staff, label: str, act: str, case: int = 0) -> Key:
    words = texts.render("bot/staff/buttons", person.language, name=label, count=case)
    return Key(words, press(act, case))


CALLS: dict[str, Draw] = {"call": incoming, "callback": owed}
"""By the method of the letter."""
