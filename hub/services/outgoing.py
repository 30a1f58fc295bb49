"""The organisation writes first: an SMS, a mail or a message to somebody from their card.

Where that conversation has an open case, the message is an answer there; else it opens an outgoing
case, which what they write back joins.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hub.domain.case import Case, ContactRef
from hub.domain.catalog import first_deadline
from hub.domain.contact import Contact
from hub.domain.errors import Invalid, NoAddress, NotFound, StoreDown
from hub.domain.events import CaseOpened, Event
from hub.domain.message import Address
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.ports.saving import Duplicate
from hub.services.addresses import Way, ways_to
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.reactions import follow
from hub.services.replies import MAX_TEXT, Replies

ATTEMPTS = 4
LONGEST_SUBJECT = 200


class Written(msgspec.Struct, kw_only=True, frozen=True):
    """What is to be written. `to` is `Way.id`, `files` are ids of uploads, `key` makes a repeat
    harmless. `subject` is what mails are found by; others show it as the case's."""

    contact: str
    to: str
    text: str
    key: str
    subject: str = ""
    type: str = "request"
    files: Sequence[str] = ()


class Outgoing:
    """Writes to contacts."""

    def __init__(self, deps: Deps, book: Casebook, replies: Replies) -> None:
        self._deps = deps
        self._book = book
        self._replies = replies

    async def ways(self, contact_id: str, by: Actor) -> list[Way]:
        """Every way to the person, those that are closed too; what staff wrote on the card counts:
        who writes there decides whom they write to."""
        require(by, "contact.read")
        return await self._ways(await self._contact(contact_id))

    async def write(self, written: Written, by: Actor) -> Case:
        """Send it; returns the case it stands in. Raises Invalid, NotFound, NoAddress."""
        require(by, "case.create")
        contact = await self._contact(written.contact)
        self._fits(written)
        ways = await self._ways(contact)
        way = next((one for one in ways if one.id == written.to and not one.unreachable), None)
        if way is None or way.address is None:
            raise NoAddress(number=0)
        entry_key = f"reply:{by.kind}:{by.login}:{written.key}"
        for _ in range(ATTEMPTS):
            held = await self._deps.cases.keys_held([entry_key])
            if entry_key in held:
                return await self._book.load(held[entry_key])
            current = await self._deps.cases.current([way.address.conversation])
            case = current.get(way.address.conversation)
            if case is not None and case.open:
                return await self._answer(case, way.address, written, by)
            if case is not None:
                await self._book.pass_mark(case.number)
            opened = await self._open(contact, way.address, written, entry_key, by)
            if opened is not None:
                return opened
        raise StoreDown(what="contact", id=contact.id)

    async def _answer(self, case: Case, to: Address, written: Written, by: Actor) -> Case:
        case, _ = await self._replies.send(
            case.number,
            by,
            written.text,
            files=written.files,
            to=to.identity if to != case.address else "",
            key=written.key,
        )
        return case

    async def _open(
        self, contact: Contact, to: Address, written: Written, entry_key: str, by: Actor
    ) -> Case | None:
        """None when the conversation got another case meanwhile."""
        files = await self._replies.brought(written.files, 0, by)
        self._replies.carries(0, to, files)
        now = self._deps.clock.now()
        directory = await self._deps.staff.directory()
        rules = await self._deps.catalog.deadlines()
        (number,) = await self._deps.cases.numbers(1)
        case = Case(
            number=number,
            direction="out",
            type=written.type,
            channel=to.channel,
            account=to.account,
            conversation=to.conversation,
            current=True,
            address=to,
            subject=written.subject,
            text=written.text,
            premises=contact.place,
            contact=ContactRef.of(contact),
            group=directory.default_group(to.account),
            dispatcher=by.login if by.kind == "staff" else "",
            deadline=first_deadline(rules, written.type, to.channel, now),
            created_at=now,
            updated_at=now,
            version=1,
        )
        events: list[Event] = case.take(by, now) if by.kind == "staff" else []
        events += case.reply(written.text, files, by, now, key=entry_key)
        # It is its opener's: nobody is called to it as to a new one.
        follow(case, events, directory, now)
        events = [CaseOpened(entry=1, by=by.login), *events]
        try:
            await self._deps.cases.open(case, self._deps.ids.new())
        except Duplicate:
            return None
        if files:
            await self._deps.files.attach(list(written.files), number)
        await self._book.told(case, events, by=by)
        return case

    async def _contact(self, contact_id: str) -> Contact:
        contact = await self._deps.contacts.resolve(contact_id)
        if contact is None:
            raise NotFound(what="contact", id=contact_id)
        return contact

    async def _ways(self, contact: Contact) -> list[Way]:
        told = [f"phone:{contact.phone}"] if contact.phone else []
        told += [f"email:{contact.email.lower()}"] if contact.email else []
        return await ways_to(self._deps, contact.id, beside=told)

    def _fits(self, written: Written) -> None:
        if not written.text.strip() and not written.files:
            raise Invalid(field="text", reason="required")
        if not written.key:
            raise Invalid(field="key", reason="required")
        if len(written.text) > MAX_TEXT:
            raise Invalid(field="text", reason="too_long", limit=MAX_TEXT)
        if len(written.subject) > LONGEST_SUBJECT:
            raise Invalid(field="subject", reason="too_long", limit=LONGEST_SUBJECT)
