"""/calls: the calls that stand in cases."""

from __future__ import annotations

from hub.http.api.ask import Ask, Input, Reply
from hub.http.api.cases import Cursor, Limit
from hub.http.api.routes import Route
from hub.http.api.shapes import EntryOut, Listed, entry_out


class CallsQuery(Input):
    cursor: Cursor | None = None
    limit: Limit = 50


async def page(ask: Ask) -> Reply:
    """List calls, those of the case with the newest change first."""
    query: CallsQuery = ask.query
    found = await ask.services.queries.calls(ask.actor, cursor=query.cursor, limit=query.limit)
    return Reply(Listed(items=[entry_out(call) for call in found.items], next=found.next))


ROUTES = [Route("GET", "/calls", "call.read", page, Listed[EntryOut], query=CallsQuery)]
