"""/contacts: who writes and calls, and everything that was between them and the house."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from hub.domain.errors import Invalid
from hub.http.api.ask import Ask, Input, Reply
from hub.http.api.cases import Cursor, Limit, Name
from hub.http.api.contactshapes import (
    CodeSent,
    ContactOut,
    Detached,
    MatchOut,
    TimelineOut,
    contact_out,
    line_out,
    match_out,
    person_out,
)
from hub.http.api.routes import ID, Route
from hub.http.api.shapes import Listed
from hub.phones import e164
from hub.services.timeline import Wanted

Key = Annotated[str, Meta(min_length=1, max_length=300)]
FIRST = 50
"""Lines of a timeline that come with the contact itself."""


class ContactsQuery(Input):
    """`phone` in any form, proven or claimed; `q` words of the name."""

    phone: Annotated[str, Meta(max_length=40)] = ""
    q: Name = ""
    cursor: Cursor | None = None
    limit: Limit = 50


class TimelineQuery(Input):
    """`kind`: message, call, case, change or failed; empty for all. A page may be shorter than
    `limit` although more follows: what counts is `next`."""

    kind: Wanted = ""
    channel: Name = ""
    cursor: Annotated[str, Meta(max_length=65536)] | None = None
    limit: Limit = 50


class EditBody(Input):
    """What staff write stays: channels do not change it any more."""

    name: Annotated[str, Meta(max_length=500)] | msgspec.UnsetType = msgspec.UNSET
    phone: Annotated[str, Meta(max_length=40)] | msgspec.UnsetType = msgspec.UNSET
    email: Annotated[str, Meta(max_length=300)] | msgspec.UnsetType = msgspec.UNSET
    premises: Annotated[str, Meta(max_length=500)] | msgspec.UnsetType = msgspec.UNSET
    vip: bool | msgspec.UnsetType = msgspec.UNSET
    kind: Annotated[str, Meta(max_length=20)] | msgspec.UnsetType = msgspec.UNSET


class MergeBody(Input):
    """The contact that stands for both from now on."""

    into: Annotated[str, Meta(min_length=1, max_length=100)]


class IdentityBody(Input):
    """An identity by its key."""

    identity: Key


async def page(ask: Ask) -> Reply:
    """List contacts."""
    query: ContactsQuery = ask.query
    phone = e164(query.phone)
    if query.phone and not phone:
        raise Invalid(field="phone", reason="unknown")
    found = await ask.services.contacts.search(
        ask.actor, words=query.q, phone=phone, cursor=query.cursor, limit=query.limit
    )
    return Reply(Listed(items=[contact_out(one) for one in found.items], next=found.next))


async def one(ask: Ask) -> Reply:
    """Show a contact (the one that stands for it where it was merged) with its timeline."""
    person = await ask.services.persons.get(ask.id, ask.actor)
    out = person_out(person)
    page = await ask.services.timeline.page(person, ask.actor, limit=FIRST)
    out.timeline = [line_out(line) for line in page.items]
    out.timeline_next = page.next
    return Reply(out)


async def timeline(ask: Ask) -> Reply:
    """List everything between a person and the house, newest first."""
    query: TimelineQuery = ask.query
    person = await ask.services.persons.get(ask.id, ask.actor)
    page = await ask.services.timeline.page(
        person,
        ask.actor,
        kind=query.kind,
        channel=query.channel,
        cursor=query.cursor,
        limit=query.limit,
    )
    return Reply(Listed(items=[line_out(line) for line in page.items], next=page.next))


async def matches(ask: Ask) -> Reply:
    """List those who may be the same person, the strongest sign first."""
    person = await ask.services.persons.get(ask.id, ask.actor)
    found = await ask.services.persons.matches(person, ask.actor)
    return Reply(Listed(items=[match_out(one) for one in found]))


async def edit(ask: Ask) -> Reply:
    """Write fields of a contact."""
    body: EditBody = ask.body
    named = {name: getattr(body, name) for name in body.__struct_fields__}
    fields = {name: value for name, value in named.items() if value is not msgspec.UNSET}
    if fields.get("phone"):
        fields["phone"] = e164(fields["phone"])
        if not fields["phone"]:
            raise Invalid(field="phone", reason="unknown")
    contact = await ask.services.contacts.edit(ask.id, fields, ask.actor)
    return Reply(person_out(await ask.services.persons.get(contact.id, ask.actor)))


async def merge(ask: Ask) -> Reply:
    """Let another contact stand for this one; undone by split."""
    body: MergeBody = ask.body
    return Reply(person_out(await ask.services.persons.merge(ask.id, body.into, ask.actor)))


async def split(ask: Ask) -> Reply:
    """Let a merged contact stand for itself again."""
    return Reply(person_out(await ask.services.persons.split(ask.id, ask.actor)))


async def detach(ask: Ask) -> Reply:
    """Take an identity out that is not this person's."""
    body: IdentityBody = ask.body
    apart = await ask.services.persons.detach(ask.id, body.identity, ask.actor)
    return Reply(Detached(contact=apart.id if apart else None))


async def code(ask: Ask) -> Reply:
    """Send a code to a claimed telephone or mailbox; typed in the chat it proves and joins."""
    body: IdentityBody = ask.body
    sent = await ask.services.linking.ask(ask.id, body.identity, ask.actor)
    return Reply(CodeSent(to=sent.address.to, channel=sent.address.channel, chat=sent.chat))


ROUTES = [
    Route("GET", "/contacts", "contact.read", page, Listed[ContactOut], query=ContactsQuery),
    Route("GET", f"/contacts/{ID}", "contact.read", one, ContactOut),
    Route("PATCH", f"/contacts/{ID}", "contact.edit", edit, ContactOut, body=EditBody),
    Route(
        "GET",
        f"/contacts/{ID}/timeline",
        "contact.read",
        timeline,
        Listed[TimelineOut],
        query=TimelineQuery,
    ),
    Route("GET", f"/contacts/{ID}/matches", "contact.read", matches, Listed[MatchOut]),
    Route("POST", f"/contacts/{ID}/merge", "contact.merge", merge, ContactOut, body=MergeBody),
    Route("POST", f"/contacts/{ID}/split", "contact.merge", split, ContactOut),
    Route("POST", f"/contacts/{ID}/detach", "contact.merge", detach, Detached, body=IdentityBody),
    Route("POST", f"/contacts/{ID}/code", "contact.edit", code, CodeSent, body=IdentityBody),
]
