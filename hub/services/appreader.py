"""Whose cases, and which lines of them: a resident sees what was said by them or to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.errors import NotFound
from hub.domain.message import Address, Sender
from hub.domain.thread import Entry
from hub.services.deps import Deps
from hub.services.senders import everybody

CASES = 200
"""Cases of one person that are looked through, newest first."""
WINDOW = 100
MOST_WINDOWS = 30
"""Parts of long threads that one look goes through."""


@dataclass(frozen=True)
class Reader:
    """A resident of the app account `account`. `contacts` are the ids of all that is one person
    with them, the one that stands for all first; none: they never wrote. `identities` and
    `conversations` are all that is theirs."""

    account: str
    identity: str
    contact: Contact | None = None
    contacts: Sequence[str] = ()
    identities: frozenset[str] = frozenset()
    conversations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Line:
    """An entry that a resident sees; `doc` is the number of the case in which it is written down,
    `unseen`: staff have not seen it."""

    doc: int
    entry: Entry
    unseen: bool = False

    @property
    def id(self) -> str:
        """Its name in the app, and for its backend."""
        return f"{self.doc}-{self.entry.seq}"


@dataclass(frozen=True)
class Dialogue:
    """A case of theirs. `docs`: itself, and a case of others that stands for it. `joined`: one of
    their own stands for it."""

    case: Case
    docs: list[Case] = field(default_factory=list)
    joined: int | None = None


async def reader_of(deps: Deps, sender: Sender, address: Address) -> Reader:
    """Who reads, by their proven identity."""
    key = sender.identity.key
    found = (await deps.contacts.by_identities([key])).get(key)
    if found is None:
        return Reader(address.account, key)
    ids = await everybody(deps.contacts, found.id)
    identities: set[str] = {key}
    conversations: set[str] = set()
    for contact_id in ids:
        one = found if contact_id == found.id else await deps.contacts.get(contact_id)
        for known in one.identities if one else []:
            if known.verified:
                identities.add(known.key)
                if known.address is not None:
                    conversations.add(known.address.conversation)
    return Reader(
        address.account, key, found, tuple(ids), frozenset(identities), frozenset(conversations)
    )


async def own_cases(deps: Deps, reader: Reader) -> list[Case]:
    """Their cases, newest number first, without threads. Of what became spam they hear nothing; a
    case that another one of theirs stands for is not listed by itself."""
    found: list[Case] = []
    for contact_id in reader.contacts:
        found += await deps.cases.of_contact(contact_id, CASES)
    numbers = {case.number for case in found}
    shown = [case for case in found if not (case.merged_into and case.merged_into in numbers)]
    return sorted(shown, key=lambda case: case.number, reverse=True)


async def dialogue(deps: Deps, reader: Reader, number: int) -> Dialogue:
    """One of their own cases, or NotFound: another's is as good as none."""
    case = await deps.cases.get(number)
    if case is None or case.contact.id not in reader.contacts:
        raise NotFound(what="case", id=number)
    return await standing(deps, reader, case)


async def standing(deps: Deps, reader: Reader, case: Case) -> Dialogue:
    """With the cases that stand for it."""
    docs, seen = [case], {case.number}
    while docs[-1].merged_into and docs[-1].merged_into not in seen:
        other = await deps.cases.get(docs[-1].merged_into)
        if other is None:
            break
        if other.contact.id in reader.contacts:
            return Dialogue(case, docs, other.number)
        seen.add(other.number)
        docs.append(other)
    return Dialogue(case, docs)


def shows(entry: Entry, doc: Case, reader: Reader) -> bool:
    """Whether a line is theirs to see: what they said, and what was said to them."""
    if entry.kind != "message":
        return False
    if entry.direction == "out":
        return entry.delivery is not None and entry.delivery.to.identity in reader.identities
    if entry.direction != "in" or entry.author.login or not entry.conversation:
        return False
    own = doc.contact.id in reader.contacts and entry.conversation == doc.conversation
    return own or entry.conversation in reader.conversations or _begins(entry, reader)


def _begins(entry: Entry, reader: Reader) -> bool:
    """Every case that begins in the app is a conversation of its own below the resident's name."""
    if entry.account != reader.account:
        return False
    names = {name.partition("/")[0] for name in reader.conversations}
    return entry.conversation.partition("/")[0] in names


def seen_by_staff(doc: Case) -> set[int]:
    """Numbers of what staff have not seen: the last so many of what came in."""
    came = sorted(entry.seq for entry in doc.thread if entry.direction == "in")
    return set(came[len(came) - doc.unread :]) if doc.unread else set()


def fresh_lines(talk: Dialogue, reader: Reader) -> list[Line]:
    """What the newest parts of the threads show, oldest first."""
    found: list[Line] = []
    for doc in talk.docs:
        unseen = seen_by_staff(doc)
        found += [
            Line(doc.number, entry, entry.seq in unseen)
            for entry in doc.thread
            if shows(entry, doc, reader)
        ]
    return found


async def lines_before(
    deps: Deps, talk: Dialogue, reader: Reader, before: tuple[int, int] | None, limit: int
) -> list[Line]:
    """Up to `limit` lines that stand before that one (case, number), oldest first."""
    numbers = [doc.number for doc in talk.docs]
    if before is not None and before[0] not in numbers:
        raise NotFound(what="message", id=f"{before[0]}-{before[1]}")
    found: list[Line] = []
    windows = MOST_WINDOWS
    start = len(numbers) if before is None else numbers.index(before[0]) + 1
    for at in reversed(range(start)):
        doc, unseen = talk.docs[at], seen_by_staff(talk.docs[at])
        cursor = before[1] if before is not None and before[0] == doc.number else None
        while len(found) < limit and windows:
            windows -= 1
            part = await deps.cases.thread(doc.number, cursor, WINDOW)
            shown = [
                Line(doc.number, entry, entry.seq in unseen)
                for entry in part
                if shows(entry, doc, reader)
            ]
            found = [*shown, *found]
            if len(part) < WINDOW:
                break
            cursor = part[0].seq
    return found[-limit:]
