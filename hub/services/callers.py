"""Who is at the other end of a call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.message import Identity, stable_id
from hub.ports.saving import Conflict, Duplicate
from hub.ports.telephony import Caller
from hub.services.deps import Deps
from hub.services.senders import everybody

ATTEMPTS = 4
FEW = 20
MOST_CASES = 100


class CallerView(msgspec.Struct, kw_only=True):
    """Who calls: what the window of an incoming call shows. `maybe`: others who claim the number;
    `open` are their open cases, `cases` how many there are in all (up to a hundred)."""

    number: str
    contact: Contact | None
    maybe: list[Contact]
    open: list[Case]
    cases: int

    @property
    def known(self) -> Contact | None:
        """The contact to show: the proven one, or the only one that may be it."""
        if self.contact is not None and (self.contact.name or not self.maybe):
            return self.contact
        return self.maybe[0] if len(self.maybe) == 1 else self.contact


class CallerBook:
    """A call from a number proves that it is its owner's who calls; what somebody else once said
    of that number proves nothing and is shown to staff as possible."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def caller(self, number: str) -> Caller:
        """See hub.ports.telephony.Callers."""
        if not number:
            return Caller()
        blocked = await self.blocked(number)
        contact = await self.holder(number)
        if contact is None:
            maybe = await self.possible(number)
            contact = maybe[0] if len(maybe) == 1 else None
        if contact is None:
            return Caller(blocked=blocked)
        return Caller(
            name=contact.name,
            address=contact.premises,
            responsible=await self._responsible(contact),
            blocked=blocked,
        )

    async def blocked(self, number: str) -> bool:
        """See hub.ports.telephony.Callers."""
        rule = (await self._deps.spam_rules.known()).get(Identity("phone", number).key)
        return rule is not None and rule.what == "spam"

    async def holder(self, number: str) -> Contact | None:
        """Whose number it is: proven, or written down by staff for one person alone."""
        key = Identity("phone", number).key
        holder = (await self._deps.contacts.by_identities([key])).get(key)
        if holder is not None:
            return holder
        known = [one for one in await self.possible(number) if by_staff(one, number)]
        return known[0] if len(known) == 1 else None

    async def possible(self, number: str) -> list[Contact]:
        """Who may be at this number: whoever claims it, or stands in the book with it."""
        return at(await self._deps.contacts.at_phones([number], FEW), number)

    async def view(self, number: str) -> CallerView:
        """What is known of a number: the person, who else it may be, their cases."""
        contact = await self.holder(number) if number else None
        maybe = await self.possible(number) if number else []
        maybe = [one for one in maybe if contact is None or one.id != contact.id]
        view = CallerView(number=number, contact=contact, maybe=maybe, open=[], cases=0)
        if (shown := view.known) is not None:
            found: list[Case] = []
            for contact_id in await everybody(self._deps.contacts, shown.id):
                found += await self._deps.cases.of_contact(contact_id, MOST_CASES)
            cases = [one for one in found if one.status not in {"spam", "merged"}]
            view.open, view.cases = [one for one in cases if one.open], len(cases)
        return view

    async def of_call(self, number: str, now: datetime, *, proven: bool) -> Contact | None:
        """The contact of a conversation. `proven`: they called us; then they are made where nobody
        knows them yet."""
        if not number:
            return None
        identity = Identity("phone", number)
        for _ in range(ATTEMPTS):
            contact = await self.holder(number)
            if contact is None and not proven:
                return None
            if contact is None:
                contact = caller_of(number, now)
                if not await self._deps.contacts.add_many([contact]):
                    return contact
                continue
            if not proven or await self._held(contact, identity.key):
                return contact
            contact.prove(identity, now)
            try:
                await self._deps.contacts.save(contact)
            except (Conflict, Duplicate):
                continue
            return contact
        return await self.holder(number)

    async def _held(self, contact: Contact, key: str) -> bool:
        """Somebody holds the number as proven: this contact, or one that it stands for."""
        return key in await self._deps.contacts.by_identities([key]) or key in contact.verified

    async def _responsible(self, contact: Contact) -> tuple[str, ...]:
        """Extensions of whoever works on their newest open case."""
        directory = await self._deps.staff.directory()
        for contact_id in await everybody(self._deps.contacts, contact.id):
            for case in await self._deps.cases.of_contact(contact_id, FEW):
                person = directory.staff.get(case.operator or case.responsible)
                if case.open and person is not None and person.active and person.extensions:
                    return tuple(person.extensions)
        return ()


def at(found: Iterable[Contact], number: str) -> list[Contact]:
    """Those of them who may be at this number."""
    key = Identity("phone", number).key
    return [
        one
        for one in found
        if not one.merged_into and (one.phone == number or one.identity(key) is not None)
    ]


def caller_of(number: str, now: datetime) -> Contact:
    """Somebody nobody knew, who called from a number and proved it by that."""
    identity = Identity("phone", number)
    contact = Contact(id=stable_id("contact", identity.key), created_at=now, updated_at=now)
    contact.prove(identity, now)
    return contact


def by_staff(contact: Contact, number: str) -> bool:
    """Whether staff wrote this number on the card."""
    return contact.phone == number and "phone" in contact.edited
