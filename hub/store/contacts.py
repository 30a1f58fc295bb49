"""Contacts; that a verified identity belongs to one of them only is kept by an index.

`verified_keys` repeats the proven keys; `words` is by what a contact is found: its words, every key
it holds (after a `=`), whom it was merged into (after `>`), and ALL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pymongo.errors import BulkWriteError

from hub.domain.contact import Contact
from hub.ports.paging import Page
from hub.store.asking import parts
from hub.store.client import LIGHT, Mongo, refused, repeated
from hub.store.codec import Document, struct
from hub.store.cursor import after, place
from hub.store.rows import swap, with_rev
from hub.store.windows import Windows
from hub.store.words import contact_words, phone_word, query

ALL, INTO = "*", ">"


class Contacts:
    """See hub.ports.contacts.Contacts."""

    def __init__(self, database: Mongo) -> None:
        self._contacts = database["contacts"]
        self._light = self._contacts.with_options(write_concern=LIGHT)

    @repeated
    async def get(self, contact_id: str) -> Contact | None:
        """As stored; the pointer of a merged one is not followed."""
        found = await self._contacts.find_one({"_id": contact_id})
        return None if found is None else struct(Contact, found)

    async def resolve(self, contact_id: str) -> Contact | None:
        """As `get`, merges followed."""
        contact = await self.get(contact_id)
        return None if contact is None else await self._standing(contact)

    async def _standing(self, contact: Contact) -> Contact:
        seen = {contact.id}
        while contact.merged_into and contact.merged_into not in seen:
            seen.add(contact.merged_into)
            other = await self.get(contact.merged_into)
            if other is None:
                break
            contact = other
        return contact

    async def by_identities(self, keys: Iterable[str]) -> dict[str, Contact]:
        """Who holds these identities (verified), merges followed."""
        wanted = set(keys)
        held: dict[str, Contact] = {}
        for contact in await self._holders(wanted) if wanted else ():
            standing = await self._standing(contact)
            held.update(dict.fromkeys(wanted & set(contact.verified), standing))
        return held

    @repeated
    async def _holders(self, keys: set[str]) -> list[Contact]:
        found = {
            one["_id"]: one
            for some in parts(list(keys))
            for one in await self._contacts.find({"verified_keys": {"$in": some}}).to_list()
        }
        return [struct(Contact, one) for one in found.values()]

    async def claiming(self, keys: Iterable[str], limit: int) -> list[Contact]:
        """Contacts that hold one of these keys, proven or claimed."""
        wanted = list(dict.fromkeys(keys))
        return await self._claiming(wanted, limit) if wanted else []

    async def _claiming(self, keys: list[str], limit: int) -> list[Contact]:
        return await self._found([f"={key}" for key in keys], limit)

    async def at_phones(self, numbers: Iterable[str], limit: int) -> list[Contact]:
        """Contacts that hold, claim or are said to have one of these numbers."""
        wanted = [word for one in numbers for word in (f"=phone:{one}", phone_word(one)) if word]
        return await self._found(list(dict.fromkeys(wanted)), limit) if wanted else []

    @repeated
    async def _found(self, words: list[str], limit: int) -> list[Contact]:
        found = self._contacts.find({"words": {"$in": words}}).limit(limit)
        return [struct(Contact, one) async for one in found]

    @repeated
    async def add_many(self, contacts: Sequence[Contact], *, carried: bool = False) -> list[str]:
        """Insert; ids that did not get in since an identity is held. `carried`: the case that is
        saved next makes them durable with itself."""
        if not contacts:
            return []
        rows = self._light if carried else self._contacts
        try:
            await rows.insert_many([_row(one) for one in contacts], ordered=False)
        except BulkWriteError as error:
            doubtful = [contacts[index].id for index in sorted(refused(error))]
            found = self._contacts.find({"_id": {"$in": doubtful}}, {"_id": 1})
            there = {one["_id"] async for one in found}
            return [contact_id for contact_id in doubtful if contact_id not in there]
        return []

    async def save(self, contact: Contact) -> None:
        """On {_id, rev}; raises Conflict, Duplicate."""
        await swap(self._contacts, contact, _row(contact))

    @repeated
    async def search(self, words: str, phone: str, cursor: str | None, limit: int) -> Page[Contact]:
        """By words and by phone number (or its end); newest change first."""
        terms = [*query(words), *([phone_word(phone) or phone] if phone else [])]
        begin = place(cursor)
        rest: Document = {"merged_into": None}
        if len(terms) > 1:
            rest["words"] = {"$all": terms}
        if begin is not None:
            rest["$or"] = [
                {"updated_at": {"$lt": begin.time}},
                {"updated_at": begin.time, "_id": {"$lt": begin.id}},
            ]
        head = max(terms, key=len) if terms else ALL
        found: list[Document] = []
        spans = Windows(begin.time if begin else None)
        for low, high in spans:
            span = {"words": head, "updated_at": {"$gte": low, "$lte": high}}
            part = await self._newest(span, rest, limit + 1 - len(found))
            found += part
            if len(found) > limit:
                break
            spans.found(len(part), limit + 1 - len(found))
        items = [struct(Contact, one) for one in found[:limit]]
        more = len(found) > limit
        return Page(items, after(items[-1].updated_at, items[-1].id) if more else None)

    async def _newest(self, head: Document, rest: Document, limit: int) -> list[Document]:
        found = await self._contacts.aggregate(
            [
                {"$match": head},
                {"$match": rest},
                {"$sort": {"updated_at": -1, "_id": -1}},
                {"$limit": limit},
            ]
        )
        return await found.to_list()

    @repeated
    async def merged_from(self, contact_id: str) -> list[str]:
        """Contacts that this one stands for."""
        found = self._contacts.find({"words": f"{INTO}{contact_id}"}, {"_id": 1})
        return sorted([one["_id"] async for one in found])


def _row(contact: Contact) -> Document:
    built = with_rev(contact)
    if contact.verified:
        built["verified_keys"] = contact.verified
    keys = [f"={known.key}" for known in contact.identities]
    into = [f"{INTO}{contact.merged_into}"] if contact.merged_into else []
    return {**built, "words": [ALL, *into, *keys, *contact_words(contact)]}
