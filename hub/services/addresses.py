"""Where the contact of a case can be answered."""

from __future__ import annotations

from hub.domain.case import Case
from hub.domain.message import Address
from hub.services.deps import Deps
from hub.services.senders import everybody


async def addresses_of(deps: Deps, case: Case) -> list[Address]:
    """Every address that takes answers, the one of the last message first."""
    contact = await deps.contacts.resolve(case.contact.id)
    found = [case.address] if case.address else []
    people = await everybody(deps.contacts, contact.id) if contact else []
    for person in people:
        one = await deps.contacts.get(person)
        for known in one.identities if one else []:
            if known.address and not known.unreachable and known.address not in found:
                found.append(known.address)
    return found


async def next_address(deps: Deps, case: Case, refused: Address) -> Address | None:
    """Another way to the same person, by which something can be sent now."""
    for address in await addresses_of(deps, case):
        if address != refused and address.account in deps.senders:
            return address
    return None
