"""Where the contact of a case can be answered, and where not and why."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hub.domain.case import Case
from hub.domain.contact import KnownIdentity
from hub.domain.message import Address, Identity
from hub.ports.channel import Reaching
from hub.services.deps import Deps
from hub.services.senders import everybody


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to a person. `identity` is its key; `address` None: nothing leads there.
    `unreachable` is a text key, empty where an answer can go."""

    identity: str
    channel: str = ""
    address: Address | None = None
    unreachable: str = ""

    @property
    def id(self) -> str:
        """What tells it from the others; an identity may be reached by several accounts."""
        return f"{self.address.account} {self.identity}" if self.address else self.identity


async def ways_of(deps: Deps, case: Case) -> list[Way]:
    """Every way to the contact of a case: where the last message came from first, then what takes
    answers, then what does not any more. A claim is no way: nobody proved whose it is."""
    return await ways_to(deps, case.contact.id, last=case.address)


async def ways_to(
    deps: Deps, contact_id: str, *, last: Address | None = None, beside: Sequence[str] = ()
) -> list[Way]:
    """Every way to a contact; `last` is where the last message came from, `beside` are identities
    to which staff want to write although nobody proved them."""
    contact = await deps.contacts.resolve(contact_id)
    people = await everybody(deps.contacts, contact.id) if contact else []
    known: list[KnownIdentity] = []
    for person in people:
        part = await deps.contacts.get(person)
        known += part.identities if part else []
    lost = {one.key: one.unreachable for one in known}
    found: list[Way] = []
    if last is not None:
        found.append(_way(deps, last, lost.get(last.identity, "")))
    for one in known:
        if one.address is not None and one.address not in [way.address for way in found]:
            found.append(_way(deps, one.address, one.unreachable))
    answered = {way.identity for way in found if not way.unreachable}
    wanted = [one.key for one in known if one.verified]
    for key in dict.fromkeys([*wanted, *beside]):
        if key not in answered:
            found += [
                Way(
                    identity=key,
                    channel=address.channel,
                    address=address,
                    unreachable=lost.get(key, ""),
                )
                for address in reaching(deps, key)
                if address not in [way.address for way in found]
            ]
    first, rest = found[:1], found[1:]
    return [*first, *sorted(rest, key=lambda way: bool(way.unreachable))]


def reaching(deps: Deps, key: str) -> list[Address]:
    """Where the holder of this identity can be written to although they never wrote from there."""
    kind, _, value = key.partition(":")
    identity = Identity(kind, value)
    found = [
        sender.reach(identity) for sender in deps.senders.values() if isinstance(sender, Reaching)
    ]
    return [address for address in found if address is not None]


async def addresses_of(deps: Deps, case: Case) -> list[Address]:
    """Every address that takes answers, the one of the last message first (whatever became of
    it)."""
    ways = await ways_of(deps, case)
    return [
        way.address
        for way in ways
        if way.address is not None and (way.address == case.address or not way.unreachable)
    ]


async def next_address(deps: Deps, case: Case, refused: Address) -> Address | None:
    """Another way to the same person, by which something can be sent now."""
    for address in await addresses_of(deps, case):
        if address != refused and address.account in deps.senders:
            return address
    return None


def _way(deps: Deps, address: Address, unreachable: str) -> Way:
    closed = "" if address.account in deps.senders else "channel_off"
    nowhere = "" if address.to else "no_reply"
    return Way(
        identity=address.identity,
        channel=address.channel,
        address=address,
        unreachable=unreachable or closed or nowhere,
    )
