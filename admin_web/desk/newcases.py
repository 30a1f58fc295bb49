"""Cases that staff open by hand, for somebody who calls or for the resident of another case."""

from __future__ import annotations

from aiohttp import web

from admin_web.visit import Visit, field, whole
from hub.domain.errors import Invalid
from hub.phones import e164
from hub.services.newcases import NewCase, NewContact


async def sheet(visit: Visit) -> web.StreamResponse:
    """GET /desk/new?case=&call=: asks what the case says; with `case` for the same resident, with
    `call` for whoever called, filled in as far as they are known."""
    services, of = visit.pages.services, visit.request.query.get("case", "")
    case = await services.queries.case(int(of), visit.actor) if of.isdecimal() else None
    call, who = None, None
    if name := visit.request.query.get("call", ""):
        call = await services.calls.get(name, visit.actor)
        who = await services.calls.who(call.facts.number, visit.actor)
    context = {
        "call": call,
        "who": who,
        "case": case,
        "key": services.deps.ids.new(),
        "types": await services.setup.types(),
    }
    return visit.answer("desk/forms/new.html.j2", context)


async def open_(visit: Visit) -> web.StreamResponse:
    """POST /desk/new."""
    form, services = await visit.form(), visit.pages.services
    if field(form, "case", limit=15):
        other = await services.queries.case(whole(form, "case"), visit.actor)
        contact = NewContact(id=other.contact.id)
    elif field(form, "contact", limit=64):
        contact = NewContact(id=field(form, "contact", limit=64))
    else:
        typed = field(form, "phone", limit=40)
        phone = e164(typed)
        if typed and not phone:
            raise Invalid(field="phone", reason="unknown")
        contact = NewContact(name=field(form, "name", limit=200), phone=phone)
    call = field(form, "call", limit=64)
    heard = await services.calls.get(call, visit.actor) if call else None
    new = NewCase(
        text=field(form, "text"),
        key=field(form, "key", limit=64),
        contact=contact,
        type=field(form, "type", limit=64),
        subject=field(form, "subject", limit=200),
        premises=field(form, "premises", limit=300),
        channel=heard.channel if heard else "",
        group=heard.facts.group if heard else "",
    )
    case = await services.new_cases.open(new, visit.actor)
    if heard is not None:
        await services.calls.attach(heard.id, case.number, visit.actor)
    return visit.go(f"/desk/cases/{case.number}")
