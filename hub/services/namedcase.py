"""The case that a sender names for what they write."""

from __future__ import annotations

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.message import Inbound
from hub.services.deps import Deps


async def named_case(deps: Deps, message: Inbound, contact: Contact) -> Case | None:
    """That case, if the sender is its contact; another person's is as good as none."""
    case = await deps.cases.get(message.case) if message.case else None
    if case is None or case.contact.id == contact.id:
        return case
    if case.invited(message.sender.identity.key):
        return case
    standing = await deps.contacts.resolve(case.contact.id)
    return case if standing is not None and standing.id == contact.id else None
