"""Writing to a resident from their card: by which way, with what subject, how long it is."""

from __future__ import annotations

from aiohttp import web

from admin_web.visit import Visit, field
from hub.services.lengths import length_at
from hub.services.outgoing import Written


async def sheet(visit: Visit) -> web.StreamResponse:
    """GET /desk/contacts/{id}/write."""
    services, contact = visit.pages.services, visit.request.match_info["id"]
    person = await services.persons.get(contact, visit.actor)
    context = {
        "contact": person.shown,
        "ways": await services.outgoing.ways(person.standing.id, visit.actor),
        "id": person.standing.id,
        "key": services.deps.ids.new(),
    }
    return visit.answer("desk/forms/write.html.j2", context)


async def write(visit: Visit) -> web.StreamResponse:
    """POST /desk/contacts/{id}/write: the case in which it stands is shown next."""
    form = await visit.form()
    written = Written(
        contact=visit.request.match_info["id"],
        to=field(form, "to", limit=400),
        text=field(form, "text"),
        subject=field(form, "subject", limit=200),
        key=field(form, "key", limit=64),
    )
    case = await visit.pages.services.outgoing.write(written, visit.actor)
    return visit.go(f"/desk/cases/{case.number}")


async def length(visit: Visit) -> web.StreamResponse:
    """POST /desk/contacts/{id}/length: `text` as it would go `to`."""
    services, form = visit.pages.services, await visit.form()
    ways = await services.outgoing.ways(visit.request.match_info["id"], visit.actor)
    chosen = next((one for one in ways if one.id == field(form, "to", limit=400)), None)
    found = length_at(services.deps, chosen.address if chosen else None, field(form, "text"))
    return visit.answer("desk/length.html.j2", {"length": found})
