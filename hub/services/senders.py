"""Who wrote: the contact behind each sender, made when nobody knows them yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.domain.contact import Contact
from hub.domain.errors import StoreDown
from hub.domain.message import Address, Sender, stable_id
from hub.domain.person import together
from hub.ports.contacts import Contacts
from hub.ports.saving import Conflict, Duplicate

ATTEMPTS = 4
MANY = 50


async def contacts_of(
    store: Contacts, senders: Sequence[tuple[Sender, Address]], now: datetime
) -> dict[str, Contact]:
    """Return identity key → contact for all of these, with one call of each kind for all.

    What a message tells about its sender is taken in; that is written at leisure, so a lost race
    there costs nothing: the next message tells it again.
    """
    by_key = {sender.identity.key: (sender, address) for sender, address in senders}
    found = await store.by_identities(by_key)
    missing = [key for key in by_key if key not in found]
    for _ in range(ATTEMPTS):
        if not missing:
            break
        fresh = {key: _new(*by_key[key], now) for key in missing}
        refused = set(await store.add_many(list(fresh.values()), carried=True))
        found |= {key: one for key, one in fresh.items() if one.id not in refused}
        if refused:
            found |= await store.by_identities(missing)
        missing = [key for key in missing if key not in found]
    if missing:
        raise StoreDown(what="contact", id=missing[0])
    for key, (sender, address) in by_key.items():
        contact = await _holder(store, found[key], key)
        if contact.meet(sender, address, now):
            await _save(store, contact)
    return found


async def people_of(
    store: Contacts, senders: Sequence[tuple[Sender, Address]], now: datetime
) -> dict[str, Contact]:
    """As `contacts_of`, put together where a contact stands for others: only for looking."""
    found = await contacts_of(store, senders, now)
    return {key: await whole(store, one) for key, one in found.items()}


async def _holder(store: Contacts, standing: Contact, key: str) -> Contact:
    """In which contact the identity itself stands: one that was merged keeps its own, so that the
    merge can be undone."""
    if standing.identity(key) is not None:
        return standing
    holders = [one for one in await store.claiming([key], MANY) if key in one.verified]
    return holders[0] if holders else standing


async def everybody(store: Contacts, contact_id: str) -> list[str]:
    """The ids of this contact and of all that it stands for, also by way of others."""
    found = [contact_id]
    for one in found:
        found += [other for other in await store.merged_from(one) if other not in found]
    return found


async def parts(store: Contacts, contact_id: str) -> list[Contact]:
    """This contact and all that it stands for."""
    found = [await store.get(one) for one in await everybody(store, contact_id)]
    return [one for one in found if one is not None]


async def whole(store: Contacts, standing: Contact) -> Contact:
    """The person that a contact stands for: only for looking, never to be saved."""
    if not standing.joined:
        return standing
    return together(standing, (await parts(store, standing.id))[1:])


def _new(sender: Sender, address: Address, now: datetime) -> Contact:
    contact = Contact(id=stable_id("contact", sender.identity.key), created_at=now, updated_at=now)
    contact.meet(sender, address, now)
    return contact


async def _save(store: Contacts, contact: Contact) -> None:
    try:
        await store.save(contact)
    except (Conflict, Duplicate):
        return
