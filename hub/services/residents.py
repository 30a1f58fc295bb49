"""What residents do themselves: withdraw, rate, reopen, begin anew, choose a language.

Rights: only cases of the contact behind the sender's own proven identity; another's case is not
found, whatever number is named.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hub.domain.case import Case, ContactRef
from hub.domain.contact import Contact
from hub.domain.errors import NotFound, StoreDown
from hub.domain.events import Event
from hub.domain.message import Address, Identity, Sender
from hub.domain.staff import Actor
from hub.ports.saving import Conflict, Duplicate
from hub.services.casebook import Casebook
from hub.services.contacts import ContactBook
from hub.services.deps import Deps
from hub.services.senders import contacts_of, everybody

ATTEMPTS = 12
CASES = 100
"""Cases of one resident that lists go through, newest first."""


class Residents:
    """Everything takes the contact that `known` returned."""

    def __init__(self, deps: Deps, book: Casebook, contacts: ContactBook) -> None:
        self._deps = deps
        self._book = book
        self._contacts = contacts

    async def known(self, sender: Sender, address: Address) -> Contact:
        """The contact behind a proven identity, made when nobody knows them yet."""
        found = await contacts_of(self._deps.contacts, [(sender, address)], self._deps.clock.now())
        return found[sender.identity.key]

    async def cases(self, contact: Contact) -> list[Case]:
        """Their cases, newest first; spam is not shown, and neither is what was merged away."""
        found: list[Case] = []
        for contact_id in await everybody(self._deps.contacts, contact.id):
            found += await self._deps.cases.of_contact(contact_id, CASES)
        shown = [case for case in found if case.status not in {"spam", "merged"}]
        return sorted(shown, key=lambda case: case.number, reverse=True)

    async def case(self, number: int, contact: Contact) -> Case:
        """One of their own cases, or NotFound."""
        case = await self._book.load(number)
        if not await self._owns(contact, case):
            raise NotFound(what="case", id=number)
        return case

    async def withdraw(self, number: int, contact: Contact, *, op: str = "") -> Case:
        """[Отменить]: no answer is needed any more. `op` names the wish, so that a repeat of it
        does nothing; the same for the two below."""
        return await self._change(
            number, contact, lambda case, by: case.withdraw(by, self._deps.clock.now()), op
        )

    async def rate(self, number: int, value: int, contact: Contact, *, op: str = "") -> Case:
        """[👍] 1, [👎] -1."""
        return await self._change(
            number, contact, lambda case, by: case.rate(value, by, self._deps.clock.now()), op
        )

    async def reopen(self, number: int, contact: Contact, *, op: str = "") -> Case:
        """[Не решено]: work goes on, and what they write next goes there."""
        case = await self._change(
            number, contact, lambda case, by: case.reopen(by, self._deps.clock.now()), op
        )
        await self.continue_in(number, contact)
        return case

    async def begin_anew(self, conversation: str) -> None:
        """`/new`: the next message here opens a case of its own; the older one stays open."""
        held = (await self._deps.cases.current([conversation])).get(conversation)
        if held is not None:
            await self._mark(held.number, current=False)

    async def continue_in(self, number: int, contact: Contact) -> Case:
        """[Дополнить]: the next message goes into this case. Each step may be repeated."""
        case = await self.case(number, contact)
        if case.current or not case.conversation:
            return case
        held = (await self._deps.cases.current([case.conversation])).get(case.conversation)
        if held is not None and held.number != number:
            await self._mark(held.number, current=False)
        await self._mark(number, current=True)
        return case

    async def choose_language(self, contact: Contact, language: str) -> Contact:
        """Speak to them in this language from now on."""
        for _ in range(ATTEMPTS):
            if not contact.choose_language(language, self._deps.clock.now()):
                return contact
            try:
                await self._deps.contacts.save(contact)
            except Conflict:
                contact = await self._deps.contacts.resolve(contact.id) or contact
                continue
            await self._speak(contact)
            return contact
        raise StoreDown(what="contact", id=contact.id)

    async def _speak(self, contact: Contact) -> None:
        """What stands in their chat about open cases follows the language."""
        for case in await self.cases(contact):
            if case.open:
                ref = ContactRef.of(contact, name=case.contact.name)
                await self._book.change(case.number, self._shown(ref))

    def _shown(self, ref: ContactRef) -> Callable[[Case], Sequence[Event]]:
        return lambda case: case.shows_contact(ref, self._deps.clock.now())

    async def proven_phone(self, contact: Contact, phone: str) -> Contact:
        """The platform vouches that the shared number (E.164) is the sender's own."""
        return await self._contacts.proven(contact, Identity("phone", phone))

    async def _change(
        self,
        number: int,
        contact: Contact,
        decide: Callable[[Case, Actor], Sequence[Event]],
        op: str = "",
    ) -> Case:
        await self.case(number, contact)
        by = Actor(kind="system", name=contact.name)
        return await self._book.change(number, lambda case: decide(case, by), by=by, op=op)

    async def _owns(self, contact: Contact, case: Case) -> bool:
        if case.contact.id == contact.id:
            return True
        standing = await self._deps.contacts.resolve(case.contact.id)
        return standing is not None and standing.id == contact.id

    async def _mark(self, number: int, *, current: bool) -> None:
        """Move the mark of the current case; nothing that people see changes."""
        for _ in range(ATTEMPTS):
            case = await self._book.load(number)
            if case.current == current:
                return
            case.current = current
            try:
                await self._deps.cases.save(case, self._deps.ids.new())
            except Conflict:
                continue
            except Duplicate:
                # Another message was first and opened a case; that one is current then.
                return
            return
        raise StoreDown(what="case", id=number)
