"""Messages that do not say themselves which conversation they belong to: mails.

What a mail says of it are clues, the surest first. None of them lets a stranger in: what somebody
else than the applicant writes about a case is put before its staff.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.message import Inbound, Ref
from hub.ports.store import InboxRow
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.inlinefiles import keep_inline
from hub.services.lonefiling import LoneFiling
from hub.services.senders import everybody

WINDOW = timedelta(days=30)
"""So long after its last word a conversation is found by its subject alone."""
RECENT = 30
"""Cases of one person that are looked at for that."""


class Threads:
    """Finds the case of a message that has clues, and files it there."""

    def __init__(self, deps: Deps, book: Casebook, lone: LoneFiling) -> None:
        self._deps = deps
        self._book = book
        self._lone = lone

    async def file(self, row: InboxRow, message: Inbound) -> None:
        """File it exactly once, however often this is called. Raises StoreDown."""
        if await self._deps.cases.keys_held([message.key]):
            return
        chosen = await self._deps.cases.get(row.case) if row.case else None
        case, knows = (chosen, True) if chosen is not None else await self._find(row, message)
        if case is not None and not knows:
            await self._knock(case, message)
            return
        if case is not None:
            message.case = case.number
            message.conversation = case.conversation or message.conversation
        await self._lone.file(row, message)

    async def _find(self, row: InboxRow, message: Inbound) -> tuple[Case | None, bool]:
        """The case that it speaks of, and whether its sender belongs there."""
        clues = message.clues
        if clues is None:
            return None, False
        key = message.sender.identity.key
        contact = (await self._deps.contacts.by_identities([key])).get(key)
        stranger: Case | None = None
        async for case in self._referred(message.account, clues.refs):
            if await self._belongs(case, contact, key):
                return case, True
            stranger = stranger or (case if case.open and case.status != "spam" else None)
        for number in clues.numbers:
            named = await self._standing(await self._deps.cases.get(number))
            # A number is no secret: who is not of that case meant something else.
            if named is not None and await self._belongs(named, contact, key):
                return named, True
        if contact is not None and clues.subject and stranger is None:
            alike = await self._alike(contact, message, clues.subject, row.at)
            return alike, alike is not None
        return stranger, False

    async def _referred(self, account: str, refs: tuple[Ref, ...]) -> AsyncIterator[Case]:
        for ref in refs:
            number = ref.case
            if not number and ref.external:
                found = await self._deps.cases.by_external(account, ref.external)
                number = found[0] if found else 0
            case = await self._standing(await self._deps.cases.get(number)) if number else None
            if case is not None:
                yield case

    async def _belongs(self, case: Case, contact: Contact | None, identity: str) -> bool:
        if case.invited(identity):
            return True
        if contact is None:
            return False
        if case.contact.id == contact.id:
            return True
        standing = await self._deps.contacts.resolve(case.contact.id)
        return standing is not None and standing.id == contact.id

    async def _alike(
        self, contact: Contact, message: Inbound, subject: str, at: datetime
    ) -> Case | None:
        """The one case of this person in this mailbox that has the same subject: with two of them
        nobody can say which is meant."""
        found: list[Case] = []
        for person in await everybody(self._deps.contacts, contact.id):
            found += [
                case
                for case in await self._deps.cases.of_contact(person, RECENT)
                if case.account == message.account
                and case.status not in {"spam", "merged"}
                and at - case.updated_at <= WINDOW
                and _plain(case.subject) == _plain(subject)
            ]
        return found[0] if len(found) == 1 else None

    async def _standing(self, case: Case | None) -> Case | None:
        """The case that stands for this one where it was merged; circles end the walk."""
        seen: set[int] = set()
        while case is not None and case.merged_into and case.number not in seen:
            seen.add(case.number)
            case = await self._deps.cases.get(case.merged_into) or case
        return case

    async def _knock(self, case: Case, message: Inbound) -> None:
        await keep_inline(self._deps, [(message, case.number)])
        now = self._deps.clock.now()
        await self._book.change(case.number, lambda one: one.knock(message, now), key=message.key)


def _plain(subject: str) -> str:
    return " ".join(subject.casefold().split())
