"""How long the answer is that somebody is writing."""

from __future__ import annotations

from aiohttp import web

from admin_web.visit import Visit, field
from hub.services.lengths import length_at


async def length(visit: Visit) -> web.StreamResponse:
    """POST /desk/cases/{number}/length: `text` as it would go `to` (the key of an identity)."""
    services, form = visit.pages.services, await visit.form()
    # Nobody learns of a case that they may not read.
    await services.queries.case(visit.number(), visit.actor)
    addresses = await services.replies.addresses(visit.number())
    chosen = field(form, "to")
    to = next((one for one in addresses if one.identity == chosen), None)
    found = length_at(services.deps, to, field(form, "text"))
    return visit.answer("desk/length.html.j2", {"length": found})
