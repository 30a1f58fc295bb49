"""/contacts: who writes and calls."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from hub.domain.contact import Contact
from hub.domain.errors import Invalid
from hub.http.api.ask import Ask, Input, Reply
from hub.http.api.cases import Cursor, Limit, Name
from hub.http.api.routes import ID, Route
from hub.http.api.shapes import CaseOut, Listed, case_out
from hub.phones import e164


class ContactsQuery(Input):
    """`phone` in any form, proven or claimed; `q` words of the name."""

    phone: Annotated[str, Meta(max_length=40)] = ""
    q: Name = ""
    cursor: Cursor | None = None
    limit: Limit = 50


class IdentityOut(msgspec.Struct, kw_only=True):
    """A way by which the person is known; `verified`: proven by the platform, else a claim."""

    key: str
    verified: bool
    since: datetime
    unreachable: str


class ContactOut(msgspec.Struct, kw_only=True):
    """A contact. `timeline` (cases, newest change first) stands only where one is asked for."""

    id: str
    kind: str
    name: str
    phone: str
    email: str
    premises: str
    vip: bool
    language: str
    identities: list[IdentityOut]
    created_at: datetime
    updated_at: datetime
    timeline: list[CaseOut] | msgspec.UnsetType = msgspec.UNSET


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
    contact = await ask.services.contacts.get(ask.id, ask.actor)
    out = contact_out(contact)
    lines = await ask.services.queries.timeline(contact, ask.actor)
    out.timeline = [case_out(line) for line in lines]
    return Reply(out)


def contact_out(contact: Contact) -> ContactOut:
    """A contact as the API shows it."""
    return ContactOut(
        id=contact.id,
        kind=contact.kind,
        name=contact.name,
        phone=contact.phone,
        email=contact.email,
        premises=contact.premises,
        vip=contact.vip,
        language=contact.language,
        identities=[
            IdentityOut(
                key=known.key,
                verified=known.verified,
                since=known.since,
                unreachable=known.unreachable,
            )
            for known in contact.identities
        ],
        created_at=contact.created_at,
        updated_at=contact.updated_at,
    )


ROUTES = [
    Route("GET", "/contacts", "contact.read", page, Listed[ContactOut], query=ContactsQuery),
    Route("GET", f"/contacts/{ID}", "contact.read", one, ContactOut),
]
