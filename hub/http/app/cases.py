"""Looking: me, my cases, one of them, its dialogue."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.domain.errors import NotFound
from hub.http.app.call import Call
from hub.http.app.routes import NUMBER, Route
from hub.http.app.shapes import (
    MAX_FILES,
    MAX_TEXT,
    Cases,
    CasesQuery,
    CaseWithMessages,
    Me,
    Messages,
    MessagesQuery,
    Sent,
)

FIRST = 50


async def me(call: Call) -> Me:
    """Say who asks, as the token says, and the limits."""
    resident, policy = call.caller.resident, call.caller.desk.services.deps.policy
    proven = f"phone:{resident.phone}" in call.caller.reader.identities
    return Me(
        id=resident.id,
        name=resident.name,
        phone=resident.phone,
        phone_proven=bool(resident.phone) and proven,
        email=resident.email,
        premises=resident.premises,
        organisation=policy.organisation,
        organisation_phone=policy.phone,
        expires=resident.expires or datetime.now(UTC),
        max_text=MAX_TEXT,
        max_file=policy.max_file,
        max_files=MAX_FILES,
    )


async def page(call: Call) -> Cases:
    """List my cases, the newest first, with how much is unread in each."""
    query: CasesQuery = call.query
    caller = call.caller
    items = await caller.app.cases(caller.reader, query.before or 0, query.limit)
    return Cases(items=items, next=items[-1].number if len(items) == query.limit else None)


async def one(call: Call) -> CaseWithMessages:
    """Show one of my cases with the newest messages."""
    caller = call.caller
    card = await caller.app.card(caller.reader, call.number)
    return CaseWithMessages(case=card, messages=await _messages(call, "", FIRST))


async def messages(call: Call) -> Messages:
    """List messages of one of my cases, oldest first."""
    query: MessagesQuery = call.query
    return await _messages(call, query.before or "", query.limit)


async def _messages(call: Call, before: str, limit: int) -> Messages:
    items = await call.caller.app.messages(call.caller.reader, call.number, before, limit)
    return Messages(items=items, next=items[0].id if len(items) == limit else None)


async def sent(call: Call) -> Sent:
    """Say what became of a message by the key it was sent under."""
    case = await call.caller.sent(call.id)
    if case is None:
        raise NotFound(what="message", id=call.id)
    return Sent(key=call.id, state="filed", case=case)


ROUTES = [
    Route("GET", "/me", me, Me),
    Route("GET", "/cases", page, Cases, query=CasesQuery),
    Route("GET", f"/cases/{NUMBER}", one, CaseWithMessages),
    Route("GET", f"/cases/{NUMBER}/messages", messages, Messages, query=MessagesQuery),
    Route("GET", "/sent/{id:[A-Za-z0-9_.-]{1,100}}", sent, Sent),
]
