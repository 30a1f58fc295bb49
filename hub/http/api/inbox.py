"""/inbox: what was kept as it came, and taking it again."""

from __future__ import annotations

import base64
from datetime import datetime

import msgspec

from hub.http.api.ask import Ask, Input, Reply
from hub.http.api.cases import Cursor, Limit, Name
from hub.http.api.routes import ID, Route
from hub.http.api.shapes import Listed
from hub.ports.channel import RawRequest
from hub.ports.inbox import InboxRow, InboxState


class InboxQuery(Input):
    account: Name = ""
    state: InboxState | None = None
    cursor: Cursor | None = None
    limit: Limit = 50


class RawOut(msgspec.Struct, kw_only=True):
    """The request without its secrets. `body` is text, or base64 where it is none."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: str
    base64: bool


class InboxOut(msgspec.Struct, kw_only=True):
    """A kept request; `case` is the number chosen for it (0: none yet), `error` a key.
    `raw` stands only where one is asked for."""

    id: str
    account: str
    external_id: str
    state: str
    at: datetime
    case: int
    tries: int
    due: datetime | None
    error: str
    done_at: datetime | None
    trace: str
    raw: RawOut | msgspec.UnsetType = msgspec.UNSET


async def page(ask: Ask) -> Reply:
    """List what was kept, newest first."""
    query: InboxQuery = ask.query
    found = await ask.services.queries.inbox(
        ask.actor,
        account=query.account,
        state=query.state,
        cursor=query.cursor,
        limit=query.limit,
    )
    return Reply(Listed(items=[row_out(row) for row in found.items], next=found.next))


async def one(ask: Ask) -> Reply:
    """Show one kept request as it came."""
    row = await ask.services.queries.inbox_row(ask.id, ask.actor)
    out = row_out(row)
    out.raw = raw_out(row.raw)
    return Reply(out)


async def replay(ask: Ask) -> Reply:
    """Take a kept request again."""
    return Reply(row_out(await ask.services.queries.replay(ask.id, ask.actor)))


def row_out(row: InboxRow) -> InboxOut:
    """A row as the API lists it."""
    return InboxOut(
        id=row.id,
        account=row.account,
        external_id=row.external_id,
        state=row.state,
        at=row.at,
        case=row.case,
        tries=row.tries,
        due=row.due,
        error=row.error,
        done_at=row.done_at,
        trace=row.trace,
    )


def raw_out(raw: RawRequest) -> RawOut:
    """The request itself."""
    try:
        body, packed = raw.body.decode(), False
    except UnicodeDecodeError:
        body, packed = base64.b64encode(raw.body).decode(), True
    return RawOut(
        method=raw.method,
        path=raw.path,
        query=raw.query,
        headers=raw.headers,
        body=body,
        base64=packed,
    )


ROUTES = [
    Route("GET", "/inbox", "inbox.read", page, Listed[InboxOut], query=InboxQuery),
    Route("GET", f"/inbox/{ID}", "inbox.read", one, InboxOut),
    Route("POST", f"/inbox/{ID}/replay", "inbox.replay", replay, InboxOut),
]
