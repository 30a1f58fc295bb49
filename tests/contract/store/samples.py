"""Things to keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hub.domain.case import Case, ContactRef
from hub.domain.contact import Contact, KnownIdentity
from hub.domain.message import Address, Inbound, Sender
from hub.domain.message import Identity as Ident
from hub.ports.channel import Key, RawRequest

T0 = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


def at(seconds: float = 0) -> datetime:
    return T0 + timedelta(seconds=seconds)


def raw(body: bytes = b"{}", *, account: str = "site", seconds: float = 0) -> RawRequest:
    return RawRequest(
        account=account,
        method="POST",
        path=f"/in/{account}",
        headers={"content-type": "application/json"},
        body=body,
        received_at=at(seconds),
    )


def key(name: str, lane: str = "lane", *, strict: bool = False) -> Key:
    return Key(name, lane, strict)


def message(name: str, text: str = "Течёт труба в подвале", *, seconds: float = 0) -> Inbound:
    address = Address("site", "http", "u1", "external:site:u1", "site:u1")
    return Inbound(
        key=f"site:{name}",
        account="site",
        channel="http",
        conversation="site:u1",
        sender=Sender(identity=Ident("external", "u1", "site"), name="Мария"),
        reply_to=address,
        text=text,
        sent_at=at(seconds),
        external_id=name,
    )


def case(number: int, *messages: Inbound, **fields: Any) -> Case:
    updated_at = fields.pop("updated_at", None)
    made = Case(
        number=number,
        contact=fields.pop("contact", ContactRef(id="c1", name="Мария Петрова")),
        created_at=at(),
        updated_at=at(),
        **fields,
    )
    for one in messages:
        made.receive(one, one.sent_at)
    made.updated_at = updated_at or made.updated_at
    return made


def contact(ident: str, *keys: str, claims: tuple[str, ...] = (), **fields: Any) -> Contact:
    return Contact(
        id=ident,
        identities=[
            *(KnownIdentity(key=one, verified=True, since=at()) for one in keys),
            *(KnownIdentity(key=one, verified=False, since=at()) for one in claims),
        ],
        created_at=at(),
        updated_at=fields.pop("updated_at", at()),
        **fields,
    )
