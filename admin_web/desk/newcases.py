"""Cases that staff open by hand, for somebody who called or for the resident of another case."""

from __future__ import annotations

from aiohttp import web

from admin_web.visit import Visit, field, whole
from hub.domain.errors import Invalid
from hub.phones import e164
from hub.services.newcases import NewCase, NewContact


async def sheet(visit: Visit) -> web.StreamResponse:
    """GET /desk/new?case=: asks what the case says; with `case` for the same resident."""
    services, of = visit.pages.services, visit.request.query.get("case", "")
    case = await services.queries.case(int(of), visit.actor) if of.isdecimal() else None
    context = {
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
    else:
        typed = field(form, "phone", limit=40)
        phone = e164(typed)
        if typed and not phone:
            raise Invalid(field="phone", reason="unknown")
        contact = NewContact(name=field(form, "name", limit=200), phone=phone)
    new = NewCase(
        text=field(form, "text"),
        key=field(form, "key", limit=64),
        contact=contact,
        type=field(form, "type", limit=64),
        subject=field(form, "subject", limit=200),
        premises=field(form, "premises", limit=300),
    )
    case = await services.new_cases.open(new, visit.actor)
    return visit.go(f"/desk/cases/{case.number}")
