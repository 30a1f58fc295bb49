"""Which case each of many messages speaks of, where it says so itself: mails.

What a mail says of it are clues, the surest first. None of them lets a stranger in: what somebody
else than the applicant writes about a case is put before its staff.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.message import Clues, Inbound, Ref
from hub.domain.thread import EVERYWHERE
from hub.ports.inbox import InboxRow
from hub.services.deps import Deps
from hub.services.senders import everybody

WINDOW = timedelta(days=30)
"""So long after its last word a conversation is found by its subject alone."""
RECENT = 30
"""Cases of one person that are looked at for that."""


@dataclass(frozen=True)
class Found:
    """`case`: where the message belongs. `stranger`: it names this one, which is not its sender's.
    `sure`: it was named; what is kept meanwhile changes nothing about it."""

    case: Case | None = None
    stranger: Case | None = None
    sure: bool = False


class References:
    """Finds cases by clues, with one call of each kind for many messages."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def find(self, pairs: Sequence[tuple[InboxRow, Inbound]]) -> list[Found]:
        """What each of these messages speaks of; nothing is written."""
        known = _Known(self._deps)
        clued = [(message, message.clues) for _, message in pairs if message.clues]
        await known.people(message.sender.identity.key for message, _ in clued)
        await known.load(
            number
            for _, clues in clued
            for number in (*(ref.case for ref in clues.refs), *clues.numbers)
        )
        # Most name a case of their own at once: what else they quote need not be looked up.
        first = {message.key: await self._first(known, message, clues) for message, clues in clued}
        await known.learn(
            (account, ref.external)
            for message, clues in clued
            if first[message.key] is None
            for ref in clues.refs
            if ref.external
            for account in _asked(message)
        )
        found = [
            await self._find(known, message, message.clues, first[message.key], row.at)
            if message.clues
            else Found()
            for row, message in pairs
        ]
        # A list shows cases without what was said in them.
        await known.load(one.case.number for one in found if one.case and not one.sure)
        return [known.whole(one) for one in found]

    async def _first(self, known: _Known, message: Inbound, clues: Clues) -> Case | None:
        case = known.standing(clues.refs[0].case) if clues.refs else None
        key = message.sender.identity.key
        return case if case is not None and await known.belongs(case, key) else None

    async def _find(
        self, known: _Known, message: Inbound, clues: Clues, first: Case | None, at: datetime
    ) -> Found:
        if first is not None:
            return Found(first, sure=True)
        key = message.sender.identity.key
        stranger: Case | None = None
        for case in known.referred(_asked(message), clues.refs):
            if await known.belongs(case, key):
                return Found(case, sure=True)
            stranger = stranger or (case if case.open and case.status != "spam" else None)
        for number in clues.numbers:
            named = known.standing(number)
            # A number is no secret: who is not of that case meant something else.
            if named is not None and await known.belongs(named, key):
                return Found(named, sure=True)
        contact = known.contacts.get(key)
        if contact is not None and clues.subject and stranger is None:
            return Found(await self._alike(known, contact, message, clues.subject, at))
        return Found(stranger=stranger)

    async def _alike(
        self, known: _Known, contact: Contact, message: Inbound, subject: str, at: datetime
    ) -> Case | None:
        """The one case of this person in this mailbox (or in any, where copies may come to others)
        that has the same subject: with two of them nobody can say which is meant."""
        anywhere = message.channel if message.came_to else None
        found = [
            case
            for case in await known.recent(contact)
            if (case.account == message.account or case.channel == anywhere)
            and case.status not in {"spam", "merged"}
            and at - case.updated_at <= WINDOW
            and _plain(case.subject) == _plain(subject)
        ]
        return found[0] if len(found) == 1 else None


class _Known:
    """People and cases that messages speak of, each looked up once."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self.contacts: dict[str, Contact] = {}
        self._cases: dict[int, Case | None] = {}
        self._called: dict[tuple[str, str], int] = {}
        self._stands: dict[str, str] = {}
        self._recent: dict[str, list[Case]] = {}

    async def people(self, identities: Iterable[str]) -> None:
        """Who holds these identities."""
        if wanted := list(dict.fromkeys(identities)):
            self.contacts |= await self._deps.contacts.by_identities(wanted)

    async def load(self, numbers: Iterable[int]) -> None:
        """These cases, and those that they were merged into."""
        wanted = {one for one in numbers if one and one not in self._cases}
        while wanted:
            found = await self._deps.cases.many(wanted)
            self._cases |= {number: found.get(number) for number in wanted}
            into = {case.merged_into for case in found.values() if case.merged_into}
            wanted = into - set(self._cases)

    async def learn(self, names: Iterable[tuple[str, str]]) -> None:
        """The cases in which providers call an entry so: (account, the provider's id)."""
        if wanted := list(dict.fromkeys(names)):
            self._called |= await self._deps.cases.by_externals(wanted)
            await self.load(self._called.values())

    async def recent(self, contact: Contact) -> list[Case]:
        """What this person spoke about lately, as lists show it."""
        if contact.id not in self._recent:
            self._recent[contact.id] = [
                case
                for person in await self._everybody(contact)
                for case in await self._deps.cases.of_contact(person, RECENT)
            ]
        return self._recent[contact.id]

    async def _everybody(self, contact: Contact) -> list[str]:
        if not contact.joined:
            return [contact.id]
        return await everybody(self._deps.contacts, contact.id)

    def whole(self, found: Found) -> Found:
        """With the case as it is saved."""
        if found.case is None or found.sure:
            return found
        return Found(self.standing(found.case.number))

    def standing(self, number: int) -> Case | None:
        """The case that stands for this one where it was merged; circles end the walk."""
        case = self._cases.get(number)
        seen: set[int] = set()
        while case is not None and case.merged_into and case.number not in seen:
            seen.add(case.number)
            case = self._cases.get(case.merged_into) or case
        return case

    def referred(self, accounts: Sequence[str], refs: Iterable[Ref]) -> Iterator[Case]:
        """The cases that are referred to, in this order; an account's own name for one first."""
        for ref in refs:
            named = (self._called.get((account, ref.external), 0) for account in accounts)
            case = self.standing(ref.case or next(filter(None, named), 0))
            if case is not None:
                yield case

    async def belongs(self, case: Case, identity: str) -> bool:
        """Whether this is a case of theirs, or one where they may write."""
        if case.invited(identity):
            return True
        contact = self.contacts.get(identity)
        if contact is None:
            return False
        if case.contact.id == contact.id:
            return True
        if case.contact.id not in self._stands:
            standing = await self._deps.contacts.resolve(case.contact.id)
            self._stands[case.contact.id] = standing.id if standing is not None else ""
        return self._stands[case.contact.id] == contact.id


def speak_of(case: Case, message: Inbound) -> None:
    """The message continues the conversation of this case."""
    message.case = case.number
    message.conversation = case.conversation or message.conversation


def _asked(message: Inbound) -> Sequence[str]:
    """At which accounts what it refers to may be known: of a message that comes to several, all
    copies are to find the same case, whichever is first."""
    return (message.account, EVERYWHERE) if message.came_to else (message.account,)


def _plain(subject: str) -> str:
    return " ".join(subject.casefold().split())
