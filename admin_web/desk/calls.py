"""Calls on the desk: the log, the window of a call that comes in, calls that are owed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from admin_web.desk.files import ranged
from admin_web.visit import Visit, field, whole
from hub.domain.call import Call
from hub.domain.callback import Callback
from hub.domain.callnote import CallNote
from hub.domain.errors import Invalid
from hub.domain.rights import may
from hub.phones import e164
from hub.ports.calls import CallFilter
from hub.ports.cases import CaseFilter
from hub.services.callers import CallerView
from hub.services.views import CaseView

PAGE = "/desk/calls"
TABS = ("all", "in", "out", "missed", "callbacks")
SHOWN = 50
PICKED = 12


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A call as the log shows it. `records`: its exchange keeps recordings; `can`: what commands
    it takes now."""

    call: Call
    note: CallNote
    records: bool
    can: frozenset[str] = frozenset()
    who: CallerView | None = None


async def page(visit: Visit) -> web.StreamResponse:
    """GET /desk/calls?tab=."""
    context = await visit.common("calls") | await _context(visit)
    return visit.answer("desk/calls.html.j2", context)


async def window(visit: Visit) -> web.StreamResponse:
    """GET /desk/calls/ringing: who calls this person now, and with whom they speak."""
    calls, actor = visit.pages.services.calls, visit.actor
    rows = []
    for call in await calls.ringing(actor):
        rows.append((await _row(visit, call, who=True), False))
    for call in await calls.talking(actor):
        rows.append((await _row(visit, call, who=True), True))
    directory = await visit.pages.services.people.directory()
    context = {"rows": rows, "directory": directory, "may_open": may(actor, "case.create")}
    return visit.answer("desk/ringing.html.j2", context)


async def picker(visit: Visit) -> web.StreamResponse:
    """GET /desk/calls/{id}/attach?q=: which case it belongs to. Those of the caller stand first."""
    services, actor = visit.pages.services, visit.actor
    call = await services.calls.get(visit.request.match_info["id"], actor)
    words = visit.request.query.get("q", "")[:200].strip()
    found: list[CaseView] = []
    if words:
        found = await services.queries.find(words, actor, limit=PICKED)
    else:
        who = await services.calls.who(call.facts.number, actor)
        contact = who.known
        if contact is not None:
            found = await services.queries.timeline(contact, actor, limit=PICKED)
        if not found:
            wanted = CaseFilter(view="mine", login=actor.login, ended=False)
            found = (await services.queries.page(wanted, actor, limit=PICKED)).items
    context = {"row": await _row(visit, call), "found": found, "q": words}
    return visit.answer("desk/forms/attach.html.j2", context)


async def attach(visit: Visit) -> web.StreamResponse:
    """POST /desk/calls/{id}/attach: to the case `number`."""
    number = whole(await visit.form(), "number")
    await visit.pages.services.calls.attach(visit.request.match_info["id"], number, visit.actor)
    return visit.go(f"/desk/cases/{number}?tab=calls")


async def detach(visit: Visit) -> web.StreamResponse:
    """POST /desk/calls/{id}/detach: from the case `number`."""
    number = whole(await visit.form(), "number")
    await visit.pages.services.calls.detach(visit.request.match_info["id"], number, visit.actor)
    return visit.go(f"/desk/cases/{number}")


async def block(visit: Visit) -> web.StreamResponse:
    """POST /desk/calls/{id}/spam."""
    await visit.pages.services.calls.block(visit.request.match_info["id"], visit.actor)
    return await _part(visit)


async def again(visit: Visit) -> web.StreamResponse:
    """POST /desk/calls/{id}/again: ask the exchange for the recording once more."""
    await visit.pages.services.calls.again(visit.request.match_info["id"], visit.actor)
    return await _part(visit)


async def recording(visit: Visit) -> web.StreamResponse:
    """GET /calls/{id}/recording?index=: in ranges, so that it can be sought through."""
    index = visit.request.query.get("index", "0")
    calls = visit.pages.services.calls
    _, _, info = await calls.recording(
        visit.request.match_info["id"],
        visit.actor,
        index=int(index) if index.isdecimal() and len(index) < 4 else 0,
    )
    return await ranged(visit.request, info, lambda start, stop: calls.read(info, start, stop))


async def dial(visit: Visit) -> web.StreamResponse:
    """POST /desk/calls/dial: the exchange rings this person, then `number`."""
    form = await visit.form()
    number = e164(field(form, "number", limit=40))
    if not number:
        raise Invalid(field="phone", reason="wrong")
    await visit.pages.services.dialler.call(number, visit.actor)
    return visit.answer("desk/dialled.html.j2", {"number": number})


async def hang_up(visit: Visit) -> web.StreamResponse:
    """POST /desk/calls/{id}/hangup."""
    await visit.pages.services.dialler.hang_up(visit.request.match_info["id"], visit.actor)
    return web.Response(status=204)


async def whom(visit: Visit) -> web.StreamResponse:
    """GET /desk/calls/{id}/transfer: to whom."""
    services = visit.pages.services
    call = await services.calls.get(visit.request.match_info["id"], visit.actor)
    directory = await services.people.directory()
    people = [
        person
        for person in directory.staff.values()
        if person.active and person.extensions and person.login != visit.actor.login
    ]
    context = {
        "row": await _row(visit, call),
        "people": sorted(people, key=lambda person: person.name),
        "directory": directory,
    }
    return visit.answer("desk/forms/call_transfer.html.j2", context)


async def transfer(visit: Visit) -> web.StreamResponse:
    """POST /desk/calls/{id}/transfer: to a member of staff, or to a number that is typed."""
    form = await visit.form()
    typed = field(form, "number", limit=40)
    to = (e164(typed) or typed) if typed else field(form, "to", limit=64)
    await visit.pages.services.dialler.transfer(visit.request.match_info["id"], to, visit.actor)
    return web.Response(status=204)


async def take(visit: Visit) -> web.StreamResponse:
    """POST /desk/callbacks/{id}/take: «Перезвоню»."""
    await visit.pages.services.callbacks.take(visit.request.match_info["id"], visit.actor)
    return await _part(visit)


async def give_back(visit: Visit) -> web.StreamResponse:
    """POST /desk/callbacks/{id}/back."""
    await visit.pages.services.callbacks.give_back(visit.request.match_info["id"], visit.actor)
    return await _part(visit)


async def done(visit: Visit) -> web.StreamResponse:
    """POST /desk/callbacks/{id}/done."""
    comment = field(await visit.form(), "comment", limit=500)
    callbacks = visit.pages.services.callbacks
    await callbacks.done(visit.request.match_info["id"], visit.actor, comment)
    return await _part(visit)


# ── what the templates are given ─────────────────────────────────────────────────────────────────


async def _part(visit: Visit) -> web.StreamResponse:
    if not visit.by_htmx:
        return visit.go(PAGE)
    context = await visit.common("calls") | await _context(visit)
    return visit.answer("desk/calls_part.html.j2", context)


async def _context(visit: Visit) -> dict[str, Any]:
    services, actor, query = visit.pages.services, visit.actor, visit.request.query
    tab = query.get("tab", "all")
    tab = tab if tab in TABS else "all"
    typed = query.get("q", "")[:40].strip()
    number = e164(typed) if typed else ""
    cursor = query.get("cursor") or None
    rows: list[CallRow] = []
    owed: list[Callback] = []
    following: str | None = None
    if tab == "callbacks":
        settled = query.get("done", "") != ""
        entries = await services.callbacks.page(actor, done=settled, cursor=cursor, limit=SHOWN)
        owed, following = entries.items, entries.next
    elif not typed or number:
        wanted = CallFilter(kind="" if tab == "all" else tab, number=number)  # type: ignore[arg-type]
        found = await services.calls.page(wanted, actor, cursor=cursor, limit=SHOWN)
        rows = [await _row(visit, call) for call in found.items]
        following = found.next
    asked = {"tab": tab, "q": typed, "done": query.get("done", "")}
    address = urlencode({name: value for name, value in asked.items() if value})
    return {
        "tab": tab,
        "q": typed,
        "settled": query.get("done", "") != "",
        "rows": rows,
        "owed": owed,
        "counts": await services.calls.counts(actor, _midnight(visit)),
        "address": address,
        "more": f"{address}&cursor={following}" if following else "",
        "directory": await services.people.directory(),
    }


def _midnight(visit: Visit) -> datetime:
    local = visit.pages.now().astimezone(visit.pages.zone)
    return local - timedelta(
        hours=local.hour,
        minutes=local.minute,
        seconds=local.second,
        microseconds=local.microsecond,
    )


async def _row(visit: Visit, call: Call, *, who: bool = False) -> CallRow:
    services = visit.pages.services
    directory = await services.people.directory()
    return CallRow(
        call=call,
        note=CallNote.of(call, directory),
        records=services.calls.records(call.account),
        can=frozenset(services.dialler.can(call)),
        who=await services.calls.who(call.facts.number, visit.actor) if who else None,
    )
