"""What staff decide about messages of others than the applicant."""

from __future__ import annotations

from collections.abc import Sequence

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.errors import NotFound, StoreDown
from hub.domain.events import Event
from hub.domain.message import Identity, Inbound, Sender
from hub.domain.rights import require
from hub.domain.staff import Actor
from hub.domain.thread import Entry, Guest
from hub.ports.saving import Duplicate
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.filing import blank, place_new
from hub.services.lines import Decide, change_line
from hub.services.oldentries import standing
from hub.services.reactions import follow
from hub.services.senders import contacts_of


class Guests:
    """Accept what a stranger wrote, or make a case of its own of it."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def admit(self, number: int, seq: int, by: Actor) -> Case:
        """[Принять как сообщение]."""
        return await self._change(
            number,
            seq,
            by,
            lambda case, old: case.admit(seq, by, self._deps.clock.now(), old=old),
        )

    async def part(self, number: int, seq: int, by: Actor) -> Case:
        """[Отдельное обращение]: returns the new case. A repeat returns the one made before."""
        entry, guest = await self._written(number, seq, by)
        if guest.case:
            return await self._book.load(guest.case)
        made = await self._open(_message(entry, guest))
        await self._deps.files.attach(_files(entry), made.number)

        def apart(case: Case, old: Entry | None) -> Sequence[Event]:
            return case.part(seq, made.number, by, self._deps.clock.now(), old=old)

        return await self._first(await self._change(number, seq, by, apart), seq, made, by)

    async def answer(self, number: int, seq: int, by: Actor) -> Case:
        """[Ответить отдельно]: the case of the guest's own in which they are answered, linked to
        this one. What they wrote stays here and is read there too, its files here alone. A repeat
        returns the same case, however many press at the same time."""
        entry, guest = await self._written(number, seq, by)
        if guest.case:
            return await self._book.load(guest.case)
        made = await self._open(_quoted(entry, guest), by=by, linked=number)

        def answered(case: Case, old: Entry | None) -> Sequence[Event]:
            return case.answered_apart(seq, made.number, by, self._deps.clock.now(), old=old)

        return await self._first(await self._change(number, seq, by, answered), seq, made, by)

    async def _change(self, number: int, seq: int, by: Actor, decide: Decide) -> Case:
        """What they wrote may stand on an older page by now."""
        place = (number, seq)
        return await change_line(self._deps, self._book, place, decide, by=by, right="case.reply")

    async def _first(self, held: Case, seq: int, made: Case, by: Actor) -> Case:
        """The case that stands for what they wrote. Where two people pressed different keys at the
        same moment, the first one's, and the other goes into it."""
        entry = await standing(self._deps.cases, held, seq)
        named = entry.guest.case if entry is not None and entry.guest is not None else 0
        if named in {0, made.number}:
            return made
        first = await self._book.load(named)

        def yields(case: Case) -> Sequence[Event]:
            return case.merge_into(first, by, self._deps.clock.now()) if case.open else []

        await self._book.change(made.number, yields, by=by)
        return first

    async def _written(self, number: int, seq: int, by: Actor) -> tuple[Entry, Guest]:
        """What a stranger wrote, and who that is; raises NotFound for what nobody strange did."""
        held = await self._book.load(number)
        require(by, "case.reply", held)
        entry = await standing(self._deps.cases, held, seq)
        if entry is None or entry.guest is None:
            raise NotFound(what="message", id=seq)
        return entry, entry.guest

    async def _open(self, message: Inbound, *, by: Actor | None = None, linked: int = 0) -> Case:
        """A case of theirs that begins with this message. `by` works on it from the beginning: then
        nobody is called to it as to a new one, and no automatic word leaves."""
        there = (await self._deps.cases.keys_held([message.key])).get(message.key)
        if there is not None:
            return await self._book.load(there)
        now = self._deps.clock.now()
        found = await contacts_of(self._deps.contacts, [(message.sender, message.reply_to)], now)
        contact: Contact = found[message.sender.identity.key]
        directory = await self._deps.staff.directory()
        case = blank(message, contact, now)
        (case.number,) = await self._deps.cases.numbers(1)
        place_new(case, directory, await self._deps.catalog.deadlines(), now)
        case.linked = linked
        opened = case.receive(message, now)
        taken = case.take(by, now) if by is not None and by.kind == "staff" else []
        events = [*opened, *taken]
        follow(case, taken if by is not None else events, directory, now)
        try:
            await self._deps.cases.open(case, self._deps.ids.new())
        except Duplicate:
            # Somebody pressed at the same moment.
            held = await self._deps.cases.keys_held([message.key])
            if message.key not in held:
                raise StoreDown(what="case", id=case.number) from None
            return await self._book.load(held[message.key])
        await self._book.told(case, events)
        return case


def _message(entry: Entry, guest: Guest) -> Inbound:
    """What the stranger wrote, as if it had come without a word of this case."""
    kind, _, rest = guest.identity.partition(":")
    scope, colon, value = rest.partition(":") if kind == "external" else ("", ":", rest)
    key = f"{entry.key}:apart"
    return Inbound(
        key=key,
        account=entry.account,
        channel=entry.channel,
        conversation=f"{guest.address.conversation}:{key}",
        sender=Sender(identity=Identity(kind, value if colon else rest, scope), name=guest.name),
        reply_to=guest.address,
        text=entry.text,
        subject=entry.subject,
        sent_at=entry.at,
        external_id=entry.external_ids[0] if entry.external_ids else key,
        attachments=entry.files,
        automatic=entry.automatic,
        original=entry.original,
    )


def _quoted(entry: Entry, guest: Guest) -> Inbound:
    """As `_message`, for a case in which it is only quoted: its files are read with the rights of
    one case, the one where it came."""
    told = _message(entry, guest)
    told.key = f"{entry.key}:answered"
    told.conversation = f"{guest.address.conversation}:{told.key}"
    told.attachments, told.original = [], None
    return told


def _files(entry: Entry) -> list[str]:
    kept = entry.original
    shown = [one for one in (kept.html, kept.source) if one] if kept else []
    return [*(file.id for file in entry.files), *shown]
