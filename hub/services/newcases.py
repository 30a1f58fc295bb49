"""Cases that staff or programs make themselves, for a contact they name."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.domain.case import Case, ContactRef, author
from hub.domain.catalog import first_deadline
from hub.domain.contact import Contact, KnownIdentity
from hub.domain.errors import Invalid, NotFound, StoreDown
from hub.domain.events import CaseOpened
from hub.domain.message import stable_id
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from hub.ports.saving import Duplicate
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.reactions import follow


class NewContact(msgspec.Struct, kw_only=True, frozen=True):
    """Who it is about: what is known of them (claims, nothing is proven by saying it)."""

    phone: str = ""
    email: str = ""
    name: str = ""
    id: str = ""


class NewCase(msgspec.Struct, kw_only=True):
    """What the case says. `key` makes a repeat give the same case."""

    text: str
    key: str
    contact: NewContact = NewContact()
    type: str = "request"
    subject: str = ""
    premises: str = ""
    channel: str = ""
    group: str = ""


class NewCases:
    """Opens cases by hand."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def open(self, new: NewCase, by: Actor) -> Case:
        """Open a case (or return the one this key opened before)."""
        require(by, "case.create")
        if not new.text.strip():
            raise Invalid(field="text", reason="required")
        if not new.key:
            raise Invalid(field="key", reason="required")
        types = {one.id for one in await self._deps.catalog.types()}
        if types and new.type not in types:
            raise Invalid(field="type", reason="unknown")
        entry_key = f"open:{by.kind}:{by.login}:{new.key}"
        held = await self._deps.cases.keys_held([entry_key])
        if entry_key in held:
            return await self._book.load(held[entry_key])
        now = self._deps.clock.now()
        contact = await self._contact(new.contact, entry_key, now)
        directory = await self._deps.staff.directory()
        (number,) = await self._deps.cases.numbers(1)
        case = Case(
            number=number,
            type=new.type,
            channel=new.channel,
            subject=new.subject,
            text=new.text,
            premises=new.premises or contact.premises,
            contact=ContactRef.of(contact),
            group=new.group or directory.default_group(""),
            dispatcher=by.login if by.kind == "staff" else "",
            deadline=first_deadline(
                await self._deps.catalog.deadlines(), new.type, new.channel, now
            ),
            created_at=now,
            updated_at=now,
            version=1,
            seqs=1,
            thread=[
                Entry(
                    key=entry_key,
                    seq=1,
                    kind="message",
                    direction="in",
                    text=new.text,
                    at=now,
                    kept_at=now,
                    author=author(by),
                    channel=new.channel,
                )
            ],
        )
        for known in contact.identities:
            if known.address is not None and not known.unreachable:
                case.address = known.address
        event = CaseOpened(entry=1, by=by.login)
        follow(case, [event], directory, now)
        try:
            await self._deps.cases.open(case, self._deps.ids.new())
        except Duplicate:
            held = await self._deps.cases.keys_held([entry_key])
            if entry_key not in held:
                raise StoreDown(what="case", id=number) from None
            return await self._book.load(held[entry_key])
        await self._book.told(case, [event], by=by)
        return case

    async def _contact(self, new: NewContact, key: str, now: datetime) -> Contact:
        if new.id:
            found = await self._deps.contacts.resolve(new.id)
            if found is None:
                raise NotFound(what="contact", id=new.id)
            return found
        proven = [f"phone:{new.phone}"] if new.phone else []
        proven += [f"email:{new.email.lower()}"] if new.email else []
        holders = await self._deps.contacts.by_identities(proven)
        for wanted in proven:
            if wanted in holders:
                return holders[wanted]
        contact = Contact(
            id=stable_id("contact", key),
            name=new.name,
            phone=new.phone,
            email=new.email,
            identities=[KnownIdentity(key=one, verified=False, since=now) for one in proven],
            created_at=now,
            updated_at=now,
        )
        await self._deps.contacts.add_many([contact])
        return contact
