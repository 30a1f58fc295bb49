"""The resident app: what residents see and do in it."""

from __future__ import annotations

from hub.domain.errors import Invalid, NotFound
from hub.domain.message import Address, Inbound, Sender, stable_id
from hub.ports.live import LiveEvent
from hub.ports.residentapp import AppResident
from hub.services import appnews
from hub.services.appcards import AppCards
from hub.services.appfiles import AppFiles
from hub.services.appnews import News, Position
from hub.services.appreader import (
    Dialogue,
    Line,
    Reader,
    dialogue,
    fresh_lines,
    lines_before,
    own_cases,
    reader_of,
    shows,
    standing,
)
from hub.services.appviews import AppCase, AppMessage, waits
from hub.services.services import Services

FIRST = 50
"""Lines that are told of a case of which nothing is known yet."""


class ResidentApp:
    """Everything takes the Reader that `reader` returned."""

    def __init__(self, services: Services) -> None:
        self._deps = services.deps
        self._services = services
        self._residents = services.residents
        self._cards = AppCards(services)
        self.files = AppFiles(services.deps)

    # ── who ──────────────────────────────────────────────────────────────────────────────────

    async def reader(self, resident: AppResident, sender: Sender, address: Address) -> Reader:
        """Who reads. A phone that the backend vouches for is proven by that."""
        reader = await reader_of(self._deps, sender, address)
        if resident.vouched and f"phone:{resident.phone}" not in reader.identities:
            contact = await self._residents.known(sender, address)
            await self._residents.proven_phone(contact, resident.phone)
            reader = await reader_of(self._deps, sender, address)
        return reader

    # ── looking ──────────────────────────────────────────────────────────────────────────────

    async def cases(self, reader: Reader, before: int, limit: int) -> list[AppCase]:
        """Their cases with a number below `before` (0: the newest), newest first."""
        found = await own_cases(self._deps, reader)
        numbers = [case.number for case in found if not before or case.number < before][:limit]
        full = await self._deps.cases.many(numbers)
        return [
            await self._cards.card(reader, await standing(self._deps, reader, full[number]))
            for number in numbers
            if number in full
        ]

    async def revisions(self, reader: Reader) -> dict[int, int]:
        """Their cases by number, each with the number of its last save. One that another person's
        case stands for has none: what changes there is not seen here."""
        return {
            case.number: -1 if case.merged_into else case.rev
            for case in await own_cases(self._deps, reader)
        }

    async def card(self, reader: Reader, number: int) -> AppCase:
        """One of their cases, or NotFound."""
        return await self._cards.card(reader, await dialogue(self._deps, reader, number))

    async def talk(self, reader: Reader, number: int) -> Dialogue:
        """One of their cases as it is written down, or NotFound."""
        return await dialogue(self._deps, reader, number)

    async def messages(
        self, reader: Reader, number: int, before: str, limit: int
    ) -> list[AppMessage]:
        """The dialogue before a message (empty: the newest), oldest first."""
        talk = await dialogue(self._deps, reader, number)
        place = entry_place(before) if before else None
        lines = await lines_before(self._deps, talk, reader, place, limit)
        return [self._cards.message(line, reader) for line in lines]

    async def line(self, reader: Reader, number: int, place: tuple[int, int]) -> Line | None:
        """One line of a case of theirs, by the case it is written down in and its number there."""
        talk = await dialogue(self._deps, reader, number)
        for doc in talk.docs:
            if doc.number == place[0]:
                entry = doc.by_seq(place[1]) or await self._deps.cases.paged_entry(*place)
                if entry is not None and shows(entry, doc, reader):
                    return Line(doc.number, entry)
        return None

    async def news(
        self, reader: Reader, number: int, since: str, known: dict[str, str] | None = None
    ) -> News:
        """What is new in a case since a position. `known` are digests of lines that this
        connection told: of what changed it is told that alone, and they are brought up to date."""
        talk = await dialogue(self._deps, reader, number)
        at = appnews.read_position(since) or Position({})
        fresh = await appnews.unknown_lines(self._deps, talk, reader, at.marks)
        fresh = fresh if at.marks else fresh[-FIRST:]
        held = fresh_lines(talk, reader)
        told = [self._cards.message(line, reader) for line in appnews.recent(held, at.marks)]
        changed = told if at.lines != appnews.digest(*told) else []
        if known is not None:
            if not changed:
                known.update({one.id: appnews.digest(one) for one in told})
            changed = [one for one in changed if known.get(one.id) != appnews.digest(one)]
        marks, new = dict(at.marks), []
        for line in fresh:
            marks[line.doc] = max(marks.get(line.doc, 0), line.entry.seq)
            new.append((self._cards.message(line, reader), str(Position(dict(marks)))))
        if known is not None:
            known.update({one.id: appnews.digest(one) for one, _ in new})
            known.update({one.id: appnews.digest(one) for one in changed})
        card = await self._cards.card(reader, talk)
        end = appnews.read_position(card.position)
        assert end is not None
        same = at.card == end.card and not new
        return News(new, changed, None if same else card, card.position)

    # ── doing ────────────────────────────────────────────────────────────────────────────────

    async def withdraw(self, reader: Reader, number: int, key: str) -> AppCase:
        """No answer is needed any more. The same `key` again does nothing."""
        await self.talk(reader, number)
        assert reader.contact is not None
        op = _op(reader, number, "cancel", key)
        await self._residents.withdraw(number, reader.contact, op=op)
        return await self.card(reader, number)

    async def reopen(self, reader: Reader, number: int, key: str) -> AppCase:
        """It is not solved. The same `key` again does nothing."""
        await self.talk(reader, number)
        assert reader.contact is not None
        op = _op(reader, number, "reopen", key)
        await self._residents.reopen(number, reader.contact, op=op)
        return await self.card(reader, number)

    async def rate(
        self, reader: Reader, number: int, value: int, remark: Inbound | None
    ) -> AppCase:
        """What they think of the answer, 1 or -1, perhaps with words; the last one counts."""
        await self.talk(reader, number)
        assert reader.contact is not None
        await self._residents.rate(number, value, reader.contact)
        if remark is not None:
            now = self._deps.clock.now()
            await self._services.book.change(
                number, lambda case: case.remark(remark, now), key=remark.key
            )
        return await self.card(reader, number)

    async def begins(self, reader: Reader) -> None:
        """They write of their own accord: what they were asked elsewhere, this does not answer."""
        if reader.contact is not None and reader.contact.asked is not None:
            await self._services.asking.let_be(reader.contact)

    async def unread(
        self, reader: Reader, number: int, upto: str, state: str
    ) -> dict[int, list[int]]:
        """Answers up to this message that have not come so far yet, by the case they stand in."""
        talk = await self.talk(reader, number)
        place = entry_place(upto)
        order = [doc.number for doc in talk.docs]
        if place[0] not in order:
            raise NotFound(what="message", id=upto)
        early = {"queued", "sending", "sent", "uncertain"} if state == "delivered" else None
        found: dict[int, list[int]] = {}
        for line in fresh_lines(talk, reader):
            after = (order.index(line.doc), line.entry.seq) > (order.index(place[0]), place[1])
            delivery = line.entry.delivery
            if after or not waits(line.entry, reader) or delivery is None:
                continue
            if early is None or delivery.state in early:
                found.setdefault(line.doc, []).append(line.entry.seq)
        return found

    async def types(self, reader: Reader, number: int) -> None:
        """They write just now; staff who look see it."""
        talk = await self.talk(reader, number)
        await self._deps.live.publish(
            LiveEvent(
                case=talk.docs[-1].number, version=0, what=["typing"], contact=talk.case.contact.id
            )
        )

    async def sent(self, key: str) -> int | None:
        """The case that a message went to, by its key; None while it is not understood yet."""
        return (await self._deps.cases.keys_held([key])).get(key)


def _op(reader: Reader, number: int, what: str, key: str) -> str:
    return stable_id("app", reader.identity, str(number), what, key)


def entry_place(name: str) -> tuple[int, int]:
    """Case and number of the message with this id. Raises Invalid."""
    doc, dash, seq = name.partition("-")
    good = dash and all(one.isascii() and one.isdigit() and 0 < len(one) <= 9 for one in (doc, seq))
    if not good:
        raise Invalid(field="message", reason="unknown")
    return int(doc), int(seq)
