"""/failures: answers that did not reach their residents."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from hub.domain.failure import Failure
from hub.http.api.ask import Ask, Input, Reply
from hub.http.api.cases import Cursor, Limit, Name
from hub.http.api.routes import ID, Route
from hub.http.api.shapes import CaseOut, Listed, case_out


class FailuresQuery(Input):
    """`reason` is a key as deliveries name it; `operator` a login."""

    channel: Name = ""
    reason: Name = ""
    operator: Name = ""
    cursor: Cursor | None = None
    limit: Limit = 50


class FailureOut(msgspec.Struct, kw_only=True):
    """An answer that failed, or may have gone out (`state` uncertain). `message` is the id of its
    entry in the thread of `case`, `to` the identity it was meant for, `tries` counts attempts."""

    id: str
    case: int
    message: str
    state: str
    reason: str
    detail: str
    channel: str
    account: str
    to: str
    contact: str
    name: str
    text: str
    operator: str | None
    tries: int
    at: datetime


class RetryBody(Input):
    """`to`: another identity of the same contact, by its key; empty: as before."""

    to: Annotated[str, Meta(max_length=300)] = ""


class Dismissed(msgspec.Struct, kw_only=True):
    """Whether it stood in the list."""

    dismissed: bool


async def page(ask: Ask) -> Reply:
    """List what did not arrive, newest first."""
    query: FailuresQuery = ask.query
    found = await ask.services.failures.page(
        ask.actor,
        channel=query.channel,
        reason=query.reason,
        operator=query.operator,
        cursor=query.cursor,
        limit=query.limit,
    )
    return Reply(Listed(items=[failure_out(one) for one in found.items], next=found.next))


async def retry(ask: Ask) -> Reply:
    """Send it again, perhaps to another identity of the contact."""
    body: RetryBody = ask.body
    case = await ask.services.failures.retry(ask.id, ask.actor, to=body.to)
    return Reply(case_out(await ask.services.queries.shown(case)))


async def dismiss(ask: Ask) -> Reply:
    """Take it off the list; the history of its case says who did it."""
    done = await ask.services.failures.dismiss([ask.id], ask.actor)
    return Reply(Dismissed(dismissed=bool(done)))


def failure_out(failure: Failure) -> FailureOut:
    """A failure as the API lists it."""
    return FailureOut(
        id=failure.id,
        case=failure.case,
        message=str(failure.entry),
        state=failure.state,
        reason=failure.reason,
        detail=failure.detail,
        channel=failure.channel,
        account=failure.account,
        to=failure.to,
        contact=failure.contact,
        name=failure.name,
        text=failure.text,
        operator=failure.operator or None,
        tries=failure.tries,
        at=failure.at,
    )


ROUTES = [
    Route("GET", "/failures", "case.retry", page, Listed[FailureOut], query=FailuresQuery),
    Route("POST", f"/failures/{ID}/retry", "case.retry", retry, CaseOut, body=RetryBody),
    Route("POST", f"/failures/{ID}/dismiss", "case.retry", dismiss, Dismissed),
]
