"""One person: what is known of them, who else they may be, joined and taken apart by staff."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hub.domain.case import Case, ContactRef, author
from hub.domain.contact import Contact, KnownIdentity
from hub.domain.errors import Invalid, NotFound
from hub.domain.events import Event
from hub.domain.message import stable_id
from hub.domain.person import Sign, alike, held, said, signs, together
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.services.casebook import Casebook
from hub.services.contacts import ContactBook
from hub.services.deps import Deps
from hub.services.senders import everybody, parts

MATCHES = 10
ALIKE = 20
"""Contacts of the same name that are looked at."""
CASES = 500
"""Cases that follow an identity which is taken out."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`shown` is put together of `parts`: the contact that stands for all of them, first, and
    those that were merged into it."""

    shown: Contact
    parts: Sequence[Contact]

    @property
    def standing(self) -> Contact:
        """The contact that stands for the others."""
        return self.parts[0]

    def holder(self, key: str) -> Contact | None:
        """In which of the parts an identity stands."""
        found = held(self.parts, key)
        return found[0] if found else None


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be the same person, and why."""

    contact: Contact
    signs: Sequence[Sign]


class Persons:
    """What the page of a contact shows and does."""

    def __init__(self, deps: Deps, book: Casebook, contacts: ContactBook) -> None:
        self._deps = deps
        self._book = book
        self._contacts = contacts

    async def get(self, contact_id: str, by: Actor) -> Person:
        """The person behind a contact, merges followed. Raises NotFound."""
        require(by, "contact.read")
        standing = await self._deps.contacts.resolve(contact_id)
        if standing is None:
            raise NotFound(what="contact", id=contact_id)
        found = await parts(self._deps.contacts, standing.id)
        return Person(shown=together(standing, found[1:]), parts=found)

    async def matches(self, person: Person, by: Actor) -> list[Match]:
        """«Похоже, это тот же человек», the strongest sign first."""
        require(by, "contact.read")
        mine = {part.id for part in person.parts}
        store = self._deps.contacts
        claiming = await store.claiming(said(person.shown), MATCHES)
        found = {
            other.id: other for other in claiming if other.id not in mine and not other.merged_into
        }
        if person.shown.name and person.shown.premises:
            named = await store.search(person.shown.name, "", None, ALIKE)
            for other in named.items:
                if other.id not in mine and alike(other.premises, person.shown.premises):
                    found.setdefault(other.id, other)
        seen = [Match(contact=one, signs=signs(person.shown, one)) for one in found.values()]
        return sorted(
            (match for match in seen if match.signs),
            key=lambda match: ("proven", "claimed", "name").index(match.signs[0].why),
        )

    async def merge(self, contact_id: str, into: str, by: Actor) -> Person:
        """`into` stands for this contact from now on; undo by `split`."""
        await self._contacts.merge(contact_id, into, by)
        return await self.get(into, by)

    async def split(self, contact_id: str, by: Actor) -> Person:
        """A contact that was merged stands for itself again."""
        return await self.get((await self._contacts.split(contact_id, by)).id, by)

    async def detach(self, contact_id: str, key: str, by: Actor) -> Contact | None:
        """An identity is not this person's. One that was only said is struck out; one that came
        with a merged contact takes that contact along; a proven one gets a contact of its own, and
        the cases that came by it follow. Returns the contact that stands for itself now, if any:
        merging it again takes this back."""
        require(by, "contact.merge")
        person = await self.get(contact_id, by)
        found = held(person.parts, key)
        if found is None:
            raise NotFound(what="identity", id=key)
        part, known = found
        others = [one for one in part.identities if one.verified and one.key != key]
        if not known.verified:
            await self._let_go(part, key, by)
            return None
        if part.merged_into and not others:
            return await self._contacts.split(part.id, by)
        if not others or part.id == stable_id("contact", key):
            # The contact began with this identity: what joined it later leaves instead.
            raise Invalid(field="identity", reason="first")
        return await self._apart(part, known, by)

    async def _let_go(self, part: Contact, key: str, by: Actor) -> None:
        now = self._deps.clock.now()
        await self._contacts.change(
            part.id, lambda one: one.let_go(key, now, author(by)), follow=False
        )
        await self._contacts.show(part.id)

    async def _apart(self, part: Contact, known: KnownIdentity, by: Actor) -> Contact:
        """Each step may be repeated; a message that comes in between makes the contact that any
        unknown sender gets."""
        now = self._deps.clock.now()
        fresh = Contact(
            id=stable_id("apart", known.key, part.id, str(part.rev)),
            created_at=now,
            updated_at=now,
            identities=[msgspec.structs.replace(known, verified=False)],
        )
        kind, _, value = known.key.partition(":")
        if kind in {"phone", "email"}:
            setattr(fresh, kind, value)
        fresh.note(now, author(by), "set_apart", contact=part.id, name=part.name)
        await self._deps.contacts.add_many([fresh])
        await self._let_go(part, known.key, by)
        fresh = await self._contacts.change(
            fresh.id, lambda one: _prove(one, known.key), follow=False
        )
        await self._follow(part, fresh, known.key)
        return fresh

    async def _follow(self, part: Contact, fresh: Contact, key: str) -> None:
        ref = ContactRef.of(fresh)
        for case in await self._deps.cases.of_contact(part.id, CASES):
            if case.address is not None and case.address.identity == key:
                await self._book.change(case.number, lambda one: self._shows(one, ref))

    def _shows(self, case: Case, ref: ContactRef) -> list[Event]:
        return case.shows_contact(ref, self._deps.clock.now())

    async def ids(self, contact_id: str) -> list[str]:
        """This contact and all that it stands for, by id."""
        return await everybody(self._deps.contacts, contact_id)


def _prove(contact: Contact, key: str) -> None:
    known = contact.identity(key)
    if known is not None:
        known.verified = True
