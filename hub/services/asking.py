"""What the hub asks residents, and what they answer: which flat of a house, and why they are not
content with an answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hub.domain.case import Case
from hub.domain.contact import PATIENCE, Contact
from hub.domain.errors import NotFound, StoreDown
from hub.domain.message import Edit, Inbound
from hub.domain.premises import House, code_of, read_flat, within
from hub.ports.saving import Conflict
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.houses import HouseBook
from hub.services.residents import Residents

ATTEMPTS = 12


class Arrival(NamedTuple):
    """Somebody came by the link of a house; `ask`: they are to be asked for their flat."""

    contact: Contact
    ask: bool


class Asking:
    """Everything takes the contact that `Residents.known` returned."""

    def __init__(self, deps: Deps, book: Casebook, houses: HouseBook, residents: Residents) -> None:
        self._deps = deps
        self._book = book
        self._houses = houses
        self._residents = residents

    async def arrive(self, contact: Contact, payload: str, conversation: str) -> Arrival | None:
        """They followed a deep link: what they write next is about that house. None if the link
        leads to no house."""
        house = await self._houses.by_code(code_of(payload))
        if house is None:
            return None
        now, shown = self._deps.clock.now(), self._place(house)
        contact = await self._change(
            contact, lambda one: one.come_to(house.address, shown, house.code, now)
        )
        held = (await self._deps.cases.current([conversation])).get(conversation)
        if held is not None and held.premises and not within(held.premises, house.address):
            # What is wrong elsewhere is a case of its own.
            await self._residents.begin_anew(conversation)
        return Arrival(contact, contact.asked_flat(house.code))

    async def flat(self, contact: Contact, message: Inbound) -> Contact | None:
        """The message is the number of their flat, and nothing else; None if it is not."""
        address = "" if message.attachments else await self._flat_address(contact, message.text)
        if not address:
            await self.let_be(contact)
            return None
        now = self._deps.clock.now()

        def decide(one: Contact) -> bool:
            one.tell_flat(address, message, now)
            return True

        return await self._change(contact, decide)

    async def correct(self, edit: Edit) -> Contact | None:
        """The message that told a flat was changed, and tells one still; None for all others."""
        if edit.sender is None or edit.deleted:
            return None
        key = edit.sender.identity.key
        contact = (await self._deps.contacts.by_identities([key])).get(key)
        if contact is None or contact.asked is None or contact.asked.what != "flat":
            return None
        if not contact.asked.message or contact.asked.message != edit.external_id:
            return None
        address = await self._flat_address(contact, edit.text)
        if not address:
            return None
        now = self._deps.clock.now()
        return await self._change(contact, lambda one: one.correct_flat(address, now))

    async def _flat_address(self, contact: Contact, text: str) -> str:
        """The flat that this says, in the house they were asked about; empty if it says none."""
        flat = read_flat(text, frozenset(self._deps.texts.render("words/flats").split()))
        house = await self._deps.houses.get(contact.asked.about) if contact.asked and flat else None
        if house is None:
            return ""
        return self._deps.texts.render("words/place", address=house.address, entrance="", flat=flat)

    async def why(self, contact: Contact, message: Inbound) -> Case | None:
        """The message says what they think of the answer they rated; None if it came too late for
        that, or the case is not theirs any more."""
        asked = contact.asked
        assert asked is not None
        if not asked.by and self._deps.clock.now() - asked.at > PATIENCE:
            await self.let_be(contact)
            return None
        try:
            await self._residents.case(int(asked.about), contact)
        except NotFound:
            await self.let_be(contact)
            return None
        case = await self._book.change(
            int(asked.about),
            lambda case: case.remark(message, self._deps.clock.now()),
            key=message.key,
        )

        def decide(one: Contact) -> bool:
            one.answer(message, self._deps.clock.now())
            return True

        await self._change(contact, decide)
        return case

    async def ask_why(self, contact: Contact, number: int) -> Contact:
        """What they write next may say why they are not content."""

        def decide(one: Contact) -> bool:
            one.ask_why(number, self._deps.clock.now())
            return True

        return await self._change(contact, decide)

    async def ask_link(self, contact: Contact) -> Contact:
        """What they write next may be a telephone or a mailbox of theirs."""

        def decide(one: Contact) -> bool:
            one.ask_link(self._deps.clock.now())
            return True

        return await self._change(contact, decide)

    async def let_be(self, contact: Contact) -> Contact:
        """They need not answer."""
        return await self._change(contact, lambda one: one.drop_question())

    def _place(self, house: House) -> str:
        return self._deps.texts.render(
            "words/place", address=house.address, entrance=house.entrance, flat=""
        )

    async def _change(self, contact: Contact, decide: Callable[[Contact], bool]) -> Contact:
        for _ in range(ATTEMPTS):
            if not decide(contact):
                return contact
            try:
                await self._deps.contacts.save(contact)
            except Conflict:
                contact = await self._deps.contacts.resolve(contact.id) or contact
                continue
            return contact
        raise StoreDown(what="contact", id=contact.id)
