"""Contacts: look up, edit, join and take apart again."""

from __future__ import annotations

from collections.abc import Callable

from hub.domain.case import Case, ContactRef, author
from hub.domain.contact import Contact
from hub.domain.errors import Invalid, MergeCircle, NotFound, StoreDown
from hub.domain.events import Event
from hub.domain.message import Identity
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.ports.paging import Page
from hub.ports.saving import Conflict
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.senders import everybody, whole

EDITABLE = frozenset({"name", "phone", "email", "premises", "vip", "kind"})
KINDS = frozenset({"person", "company", "trader"})
LONGEST = 500
ATTEMPTS = 8
SHOWN_CASES = 50


class ContactBook:
    """What staff and channels do with contacts."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def get(self, contact_id: str, by: Actor) -> Contact:
        """The contact (the one that stands for it where it was merged), or NotFound."""
        require(by, "contact.read")
        return await self._load(contact_id)

    async def search(
        self,
        by: Actor,
        *,
        words: str = "",
        phone: str = "",
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[Contact]:
        """Find contacts by name words or by phone (E.164, proven or claimed)."""
        require(by, "contact.read")
        return await self._deps.contacts.search(words, phone, cursor, limit)

    async def possible(self, contact_id: str) -> list[Contact]:
        """Others who hold or claim an identity that this contact holds or claims."""
        contact = await self._load(contact_id)
        keys = [known.key for known in contact.identities]
        found = await self._deps.contacts.claiming(keys, 10)
        return [other for other in found if other.id != contact.id and not other.merged_into]

    async def edit(self, contact_id: str, fields: dict[str, str | bool], by: Actor) -> Contact:
        """Staff wrote these fields; channels do not overwrite them any more."""
        require(by, "contact.edit")
        for name, value in fields.items():
            _check(name, value)
        contact = await self.change(
            contact_id, lambda contact: contact.edit(fields, self._deps.clock.now(), author(by))
        )
        await self.show(contact.id)
        return contact

    async def merge(self, contact_id: str, into: str, by: Actor) -> Contact:
        """`into` stands for this contact from now on; undo by `split`."""
        require(by, "contact.merge")
        other, now = await self._load(into), self._deps.clock.now()
        mine = await self._load(contact_id)
        await self._join(mine, other, lambda one: one.merge_into(other, now, author(by)))
        await self.change(
            other.id,
            lambda one: one.note(now, author(by), "took_in", contact=mine.id, name=mine.name),
            follow=False,
        )
        await self.show(other.id)
        return await self._load(into)

    async def split(self, contact_id: str, by: Actor) -> Contact:
        """Undo a merge."""
        require(by, "contact.merge")
        before = await self._deps.contacts.get(contact_id)
        now = self._deps.clock.now()
        contact = await self.change(contact_id, lambda one: one.part(now, author(by)), follow=False)
        if before is not None and before.merged_into:
            await self.change(
                before.merged_into,
                lambda one: one.note(
                    now, author(by), "parted", contact=contact.id, name=contact.name
                ),
                follow=False,
            )
            await self.show(before.merged_into)
        await self.show(contact.id)
        return contact

    async def proven(self, contact: Contact, identity: Identity) -> Contact:
        """The platform vouches that the person owns this identity: whoever held it proven before
        and this contact are one person; the older one stands for both."""
        holder = (await self._deps.contacts.by_identities([identity.key])).get(identity.key)
        now = self._deps.clock.now()
        if holder is None:
            contact = await self.change(contact.id, lambda mine: mine.prove(identity, now))
            await self.show(contact.id)
            return contact
        if holder.id == contact.id:
            return contact
        first, second = sorted([holder, contact], key=lambda one: (one.created_at, one.id))
        await self._join(
            second, first, lambda later: later.merge_into(first, now, why=identity.key)
        )
        await self.show(first.id)
        return await self._load(first.id)

    async def _join(
        self, mine: Contact, other: Contact, decide: Callable[[Contact], object]
    ) -> None:
        """First the other is known as one that stands for more than itself, then it does."""
        if mine.id != other.id and not other.joined:
            await self.change(other.id, _stand, follow=False)
        merged = await self.change(mine.id, decide, follow=False)
        await self._no_circle(merged)

    async def unreachable(self, identity: str, reason: str) -> None:
        """An identity's address does not take answers any more (or, reason empty, again)."""
        holder = (await self._deps.contacts.by_identities([identity])).get(identity)
        if holder is None:
            return
        for contact_id in await everybody(self._deps.contacts, holder.id):
            await self.change(
                contact_id, lambda contact: contact.lose(identity, reason), follow=False
            )
            await self._told_at(contact_id, identity, reason)

    async def _told_at(self, contact_id: str, identity: str, reason: str) -> None:
        """Whoever works on a case that is answered there hears of it before they answer."""
        now = self._deps.clock.now()
        for case in await self._deps.cases.of_contact(contact_id, SHOWN_CASES):
            if case.open and case.address is not None and case.address.identity == identity:
                await self._book.change(case.number, lambda one: one.reach(reason, now))

    async def _no_circle(self, merged: Contact) -> None:
        """Two merges at once may point at each other: whoever sees it takes theirs back."""
        seen: set[str] = set()
        there = merged.merged_into
        while there and there not in seen:
            if there == merged.id:
                await self.change(merged.id, _part, follow=False)
                raise MergeCircle()
            seen.add(there)
            other = await self._deps.contacts.get(there)
            there = other.merged_into if other is not None else ""

    async def _load(self, contact_id: str) -> Contact:
        contact = await self._deps.contacts.resolve(contact_id)
        if contact is None:
            raise NotFound(what="contact", id=contact_id)
        return contact

    async def change(
        self, contact_id: str, decide: Callable[[Contact], object], *, follow: bool = True
    ) -> Contact:
        """Save what `decide` makes of the contact; again on a fresh one when another was first."""
        for _ in range(ATTEMPTS):
            found = (
                await self._deps.contacts.resolve(contact_id)
                if follow
                else await self._deps.contacts.get(contact_id)
            )
            if found is None:
                raise NotFound(what="contact", id=contact_id)
            decide(found)
            try:
                await self._deps.contacts.save(found)
            except Conflict:
                continue
            return found
        raise StoreDown(what="contact", id=contact_id)

    async def show(self, contact_id: str) -> None:
        """Open cases of the person show them as they are now."""
        standing = await self._load(contact_id)
        shown = await whole(self._deps.contacts, standing)
        for part in await everybody(self._deps.contacts, standing.id):
            ref = ContactRef.of(shown)
            ref.id = part
            for case in await self._deps.cases.of_contact(part, SHOWN_CASES):
                if case.open:
                    await self._book.change(case.number, self._shows(ref))

    def _shows(self, ref: ContactRef) -> Callable[[Case], list[Event]]:
        return lambda case: case.shows_contact(ref, self._deps.clock.now())


def _part(contact: Contact) -> None:
    contact.merged_into = ""


def _stand(contact: Contact) -> None:
    contact.joined = True


def _check(name: str, value: str | bool) -> None:
    """Raise Invalid for what would make the contact unreadable."""
    if name not in EDITABLE:
        raise Invalid(field=name, reason="unknown")
    if not isinstance(value, bool if name == "vip" else str):
        raise Invalid(field=name, reason="wrong")
    if name == "kind" and value not in KINDS:
        raise Invalid(field=name, reason="unknown")
    if isinstance(value, str) and len(value) > LONGEST:
        raise Invalid(field=name, reason="too_long", limit=LONGEST)
