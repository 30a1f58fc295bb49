"""A message into its case, one alone: retries, ended and merged cases, lost races."""

from __future__ import annotations

from datetime import datetime

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.errors import StoreDown
from hub.domain.message import Inbound
from hub.ports.inbox import InboxRow
from hub.ports.saving import Conflict, Duplicate
from hub.services.casebook import Casebook
from hub.services.copies import Copies
from hub.services.deps import Deps
from hub.services.filing import blank, place_new
from hub.services.inlinefiles import keep_inline
from hub.services.namedcase import named_case
from hub.services.reactions import follow, vacate
from hub.services.senders import people_of
from hub.services.spamrules import judge

ATTEMPTS = 12


class LoneFiling:
    """Files one message of one row; a case chosen for the row before is the only one it joins."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book
        self._copies = Copies(deps, book)

    async def file(self, row: InboxRow, message: Inbound) -> None:
        """File it exactly once, however often this is called. Raises StoreDown."""
        now = self._deps.clock.now()
        contact = (await people_of(self._deps.contacts, [(message.sender, message.reply_to)], now))[
            message.sender.identity.key
        ]
        for _ in range(ATTEMPTS):
            asked = row.case or row.tries or message.came_to
            if asked and await self._copies.held(message):
                return
            if await self._attempt(row, message, contact, now):
                return
        raise StoreDown(what="case", id=row.case)

    async def _attempt(
        self, row: InboxRow, message: Inbound, contact: Contact, now: datetime
    ) -> bool:
        """Choose, write the choice on the row, save. False when another write was first."""
        case, new = await self._choose(row, message, contact, now)
        if case.pages and message.key in await self._deps.cases.keys_held([message.key]):
            # Another taker was first, and the message stands in an older page already.
            await self._copies.note(message, case.number)
            return True
        if (case.number, case.linked if new else 0) != (row.case, row.linked):
            linked = case.linked if new else 0
            await self._deps.inbox.choose([(row.id, case.number, linked, contact.id)])
            row.case, row.linked = case.number, linked
        if new and case.linked:
            await self._book.pass_mark(case.linked)
        await keep_inline(self._deps, [(message, case.number)])
        directory = await self._deps.staff.directory()
        events = [*case.receive(message, now), *vacate(case, directory, now)]
        follow(case, events, directory, now)
        op = self._deps.ids.new()
        try:
            if new:
                await self._deps.cases.open(case, op)
            else:
                await self._deps.cases.save(case, op)
        except (Conflict, Duplicate):
            return False
        await self._book.told(case, events)
        return True

    async def _choose(
        self, row: InboxRow, message: Inbound, contact: Contact, now: datetime
    ) -> tuple[Case, bool]:
        """The case chosen before, else the one whose message is quoted, else the current one, else
        a new one (linked to an ended one)."""
        chosen = await self._deps.cases.get(row.case) if row.case else None
        # A row may say things of several conversations; the choice was made for one of them.
        if chosen is not None and chosen.conversation == message.conversation:
            return await self._standing(chosen), False
        linked = row.linked if chosen is None else 0
        for found in await self._known(message, contact):
            standing = await self._standing(found)
            if standing.takes(row.at):
                return standing, False
            linked = found.number if found.current else linked
        case = blank(message, contact, now)
        reserved = row.case if chosen is None else 0
        case.number = reserved or (await self._deps.cases.numbers(1))[0]
        case.linked = linked
        place_new(
            case,
            await self._deps.staff.directory(),
            await self._deps.catalog.deadlines(),
            now,
        )
        judge(case, message.sender, await self._deps.spam_rules.known(), now)
        return case, True

    async def _known(self, message: Inbound, contact: Contact) -> list[Case]:
        """Cases that the message may belong to, the first one first: the one it names, and those
        of its conversation."""
        named = await named_case(self._deps, message, contact)
        found = [] if named is None else [named]
        if message.in_reply_to:
            quoted = await self._deps.cases.by_external(message.account, message.in_reply_to)
            case = await self._deps.cases.get(quoted[0]) if quoted else None
            if case is not None and message.conversation in _conversations(case):
                found.append(case)
        current = await self._deps.cases.current([message.conversation])
        return [*found, *current.values()]

    async def _standing(self, case: Case) -> Case:
        """The case that stands for this one where it was merged; circles end the walk."""
        seen = {case.number}
        while case.merged_into and case.merged_into not in seen:
            seen.add(case.merged_into)
            other = await self._deps.cases.get(case.merged_into)
            if other is None:
                break
            case = other
        return case


def _conversations(case: Case) -> set[str]:
    """Where people speak about this case; one that staff made has only an address."""
    return {case.conversation, case.address.conversation if case.address else case.conversation}
