"""/cases: lists, one case, its thread, new ones."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from hub.domain.errors import Invalid
from hub.domain.status import STATUSES
from hub.http.api.ask import BIGGEST, Ask, Input, Reply, instant, listed
from hub.http.api.routes import NUMBER, Route
from hub.http.api.shapes import PREFIX, CaseOut, EntryOut, Listed, case_out, entry_out
from hub.phones import e164
from hub.ports.cases import CaseFilter
from hub.services.newcases import NewCase, NewContact
from hub.services.replies import MAX_TEXT

Limit = Annotated[int, Meta(ge=1, le=200)]
Name = Annotated[str, Meta(max_length=200)]
Cursor = Annotated[str, Meta(max_length=500)]
Aware = Annotated[datetime, Meta(tz=True)]


class CasesQuery(Input):
    """`status` is a comma list; `q` words, a number or a phone; `updated_since` with its zone."""

    status: Name = ""
    channel: Name = ""
    account: Name = ""
    operator: Name = ""
    group: Name = ""
    q: Name = ""
    updated_since: Aware | None = None
    cursor: Cursor | None = None
    limit: Limit = 50


class ThreadQuery(Input):
    """`before`: entries older than this one (its id)."""

    before: Annotated[int, Meta(ge=1, le=BIGGEST)] | None = None
    limit: Limit = 100


class ContactBody(Input):
    """What is known of the person; nothing is proven by saying it."""

    phone: Annotated[str, Meta(max_length=40)] = ""
    email: Annotated[str, Meta(max_length=254)] = ""
    name: Name = ""


class NewCaseBody(Input):
    """A case to open. The same `key` again gives the same case."""

    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
    contact: ContactBody
    key: Annotated[str, Meta(min_length=1, max_length=200)]
    type: Annotated[str, Meta(min_length=1, max_length=100)] = "request"
    subject: Annotated[str, Meta(max_length=500)] = ""
    premises: Annotated[str, Meta(max_length=500)] = ""
    channel: Annotated[str, Meta(max_length=50, pattern="^[a-z0-9_-]*$")] = ""


async def page(ask: Ask) -> Reply:
    """List cases, newest change first."""
    query: CasesQuery = ask.query
    since = query.updated_since
    found = await ask.services.queries.page(
        CaseFilter(
            status=listed(query.status, STATUSES, "status"),
            channel=query.channel,
            account=query.account,
            operator=query.operator,
            group=query.group,
            words=query.q,
            updated_since=instant(since, "updated_since") if since else None,
        ),
        ask.actor,
        cursor=query.cursor,
        limit=query.limit,
    )
    return Reply(Listed(items=[case_out(one) for one in found.items], next=found.next))


async def one(ask: Ask) -> Reply:
    """Show a case with the newest 100 entries of its thread."""
    view = await ask.services.queries.case(ask.number, ask.actor)
    return Reply(case_out(view), version=view.version)


async def thread(ask: Ask) -> Reply:
    """List entries of a thread, oldest first; `next` is the `before` of the older ones."""
    query: ThreadQuery = ask.query
    lines = await ask.services.queries.thread(
        ask.number, ask.actor, before=query.before, limit=query.limit
    )
    # The oldest line may stand anywhere: what is not finished is not moved to a page.
    older = len(lines) == query.limit
    return Reply(
        Listed(items=[entry_out(line) for line in lines], next=lines[0].id if older else None)
    )


async def create(ask: Ask) -> Reply:
    """Open a case for a contact."""
    body: NewCaseBody = ask.body
    phone = e164(body.contact.phone)
    if body.contact.phone and not phone:
        raise Invalid(field="contact.phone", reason="unknown")
    email = body.contact.email.strip()
    if email and ("@" not in email or any(sign.isspace() for sign in email)):
        raise Invalid(field="contact.email", reason="unknown")
    case = await ask.services.new_cases.open(
        NewCase(
            text=body.text,
            key=body.key,
            contact=NewContact(phone=phone, email=email, name=body.contact.name),
            type=body.type,
            subject=body.subject,
            premises=body.premises,
            channel=body.channel,
        ),
        ask.actor,
    )
    view = await ask.services.queries.shown(case)
    return Reply(
        case_out(view),
        version=view.version,
        headers={"Location": f"{PREFIX}/cases/{case.number}"},
    )


ROUTES = [
    Route("GET", "/cases", "case.read", page, Listed[CaseOut], query=CasesQuery),
    Route(
        "POST",
        "/cases",
        "case.create",
        create,
        CaseOut,
        body=NewCaseBody,
        status=201,
        versioned=True,
    ),
    Route("GET", f"/cases/{NUMBER}", "case.read", one, CaseOut, versioned=True),
    Route(
        "GET",
        f"/cases/{NUMBER}/thread",
        "case.read",
        thread,
        Listed[EntryOut],
        query=ThreadQuery,
    ),
]
