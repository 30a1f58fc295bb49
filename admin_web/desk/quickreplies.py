"""Quick replies over the composer."""

from __future__ import annotations

from itertools import groupby

import msgspec
from aiohttp import web

from admin_web.visit import Visit


class Filled(msgspec.Struct, frozen=True):
    """A quick reply as it would be sent in this case."""

    id: str
    title: str
    folder: str
    filled: str


async def popover(visit: Visit) -> web.StreamResponse:
    """GET /desk/cases/{number}/quick-replies: what fits this case, by folder."""
    replies, actor = visit.pages.services.quick_replies, visit.actor
    case = await visit.pages.services.queries.raw(visit.number(), actor)
    usable = await replies.usable(actor, channel=case.channel, group=case.group)
    found = [
        Filled(one.id, one.title, one.folder, replies.fill(one, case, actor)) for one in usable
    ]
    folders = [(name, list(ones)) for name, ones in groupby(found, key=lambda one: one.folder)]
    return visit.answer("desk/quick.html.j2", {"folders": folders})
