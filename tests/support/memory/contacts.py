"""Twin of hub.store.contacts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hub.domain.contact import Contact
from hub.ports.paging import Page
from hub.ports.saving import Duplicate
from hub.store.cursor import after, milliseconds, place
from hub.store.words import contact_words, phone_word, query
from tests.support.memory.table import Table


class MemoryContacts:
    def __init__(self) -> None:
        self._rows = Table(Contact, lambda contact: contact.verified)

    async def get(self, contact_id: str) -> Contact | None:
        return self._rows.get(contact_id)

    async def resolve(self, contact_id: str) -> Contact | None:
        contact, seen = self._rows.get(contact_id), {contact_id}
        while contact is not None and contact.merged_into and contact.merged_into not in seen:
            seen.add(contact.merged_into)
            contact = self._rows.get(contact.merged_into)
        return contact

    async def by_identities(self, keys: Iterable[str]) -> dict[str, Contact]:
        found = {}
        for key in keys:
            contact_id = self._rows.holder(key)
            contact = await self.resolve(contact_id) if contact_id else None
            if contact is not None:
                found[key] = contact
        return found

    async def claiming(self, keys: Iterable[str], limit: int) -> list[Contact]:
        wanted = set(keys)
        found = self._rows.where(lambda c: bool(wanted & {known.key for known in c.identities}))
        return found[:limit]

    async def at_phones(self, numbers: Iterable[str], limit: int) -> list[Contact]:
        wanted = set(numbers)
        keys = {f"phone:{one}" for one in wanted}
        found = self._rows.where(
            lambda c: c.phone in wanted or bool(keys & {known.key for known in c.identities})
        )
        return found[:limit]

    async def add_many(self, contacts: Sequence[Contact], *, carried: bool = False) -> list[str]:
        lost = []
        for contact in contacts:
            if contact.id in self._rows:
                continue
            try:
                self._rows.add(contact)
            except Duplicate:
                lost.append(contact.id)
        return lost

    async def save(self, contact: Contact) -> None:
        self._rows.swap(contact)

    async def search(self, words: str, phone: str, cursor: str | None, limit: int) -> Page[Contact]:
        asked = {*query(words), *([phone_word(phone) or phone] if phone else [])}
        found = self._rows.where(lambda c: not c.merged_into and asked <= set(contact_words(c)))
        found.sort(key=lambda c: (milliseconds(c.updated_at), c.id), reverse=True)
        begin = place(cursor)
        if begin is not None:
            mark = (begin.at, begin.id)
            found = [c for c in found if (milliseconds(c.updated_at), c.id) < mark]
        items = found[:limit]
        more = len(found) > limit
        return Page(items, after(items[-1].updated_at, items[-1].id) if more else None)

    async def merged_from(self, contact_id: str) -> list[str]:
        return sorted(c.id for c in self._rows.peeks() if c.merged_into == contact_id)
