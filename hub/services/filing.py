"""Messages into cases, many at once: one call of each kind for a whole batch."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from hub.domain.case import Case, ContactRef
from hub.domain.catalog import FirstDeadline, first_deadline
from hub.domain.contact import Contact
from hub.domain.events import Event
from hub.domain.message import Inbound
from hub.domain.staff import Directory
from hub.services.casebook import Casebook
from hub.services.copies import Copies
from hub.services.deps import Deps
from hub.services.inlinefiles import keep_inline
from hub.services.placing import Filed, place
from hub.services.reactions import follow, vacate
from hub.services.references import speak_of
from hub.services.senders import people_of
from hub.services.spamrules import judge

log = structlog.get_logger()

BATCHES = 1
"""Batches filed side by side in a process. The store is what a batch waits for, and two of them get
in each other's way there; more workers are more processes."""


@dataclass
class _Folder:
    """One conversation within a batch: its case and what goes in."""

    case: Case
    new: bool
    rows: list[Filed] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class Filing:
    """Files rows that were never tried before."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book
        self._copies = Copies(deps, book)
        self._slots = asyncio.Semaphore(BATCHES)

    async def together(self, rows: Sequence[Filed]) -> list[Filed]:
        """File these rows; the number chosen for each is on its row before a case is touched.

        Returns the rows that need a look of their own: their conversation's case has ended or was
        merged, another write was first, or what they speak of is not known yet.
        """
        now = self._deps.clock.now()
        done = [row.id for row, messages in rows if not messages]
        async with self._slots:
            return await self._together([pair for pair in rows if pair[1]], done, now)

    async def _together(self, rows: Sequence[Filed], done: list[str], now: datetime) -> list[Filed]:
        placing = await place(self._deps, rows)
        for row, held in placing.held:
            for message in held:
                await self._copies.note(message, placing.numbers[message.key])
            done.append(row.id)
        messages = [message for _, inside in placing.rows for message in inside]
        contacts = await people_of(
            self._deps.contacts, [(one.sender, one.reply_to) for one in messages], now
        )
        current = await self._deps.cases.current({one.conversation for one in messages})
        folders, left = sort(placing.rows, current, contacts, now, placing.cases)
        left += placing.left
        await self._drop_held(folders)
        await self._number([folder for folder in folders if folder.new])
        await keep_inline(
            self._deps,
            [
                (message, folder.case.number)
                for folder in folders
                for _, held in folder.rows
                for message in held
            ],
        )
        directory = await self._deps.staff.directory()
        rules = await self._deps.catalog.deadlines()
        spammers = await self._deps.spam_rules.known()
        for folder in folders:
            if folder.new:
                judge(folder.case, folder.rows[0][1][0].sender, spammers, now)
            fill(folder, directory, rules, now)
        if folders:
            await self._deps.inbox.choose(
                (row.id, folder.case.number, 0, folder.case.contact.id)
                for folder in folders
                for row, _ in folder.rows
            )
        lost = await self._save(folders)
        for folder in folders:
            if folder.case.number in lost:
                for row, _ in folder.rows:
                    row.case, row.contact = folder.case.number, folder.case.contact.id
                left += folder.rows
            else:
                done += [row.id for row, _ in folder.rows]
        await self._deps.inbox.done(done, self._deps.clock.now())
        self._count(rows, set(done))
        await self._book.told_many(
            [(one.case, one.events) for one in folders if one.case.number not in lost]
        )
        return left

    async def _drop_held(self, folders: Sequence[_Folder]) -> None:
        """A taker whose lease ran out may have been first: what it filed may stand in an older
        page by now, where the case itself does not see it."""
        paged = [folder for folder in folders if folder.case.pages]
        held = await self._deps.cases.keys_held(
            message.key for folder in paged for _, inside in folder.rows for message in inside
        )
        if held:
            for message in [one for folder in paged for _, inside in folder.rows for one in inside]:
                if message.key in held:
                    await self._copies.note(message, held[message.key])
            for folder in paged:
                folder.rows = [
                    (row, [message for message in inside if message.key not in held])
                    for row, inside in folder.rows
                ]

    def _count(self, rows: Sequence[Filed], done: set[str]) -> None:
        now = self._deps.clock.now()
        for row, _ in rows:
            if row.id in done:
                seconds = (now - row.at).total_seconds()
                log.debug("intake.done", trace=row.id, account=row.account, seconds=seconds)
                self._deps.measures.understood(row.account, "done", seconds)

    async def _number(self, fresh: Sequence[_Folder]) -> None:
        numbers = await self._deps.cases.numbers(len(fresh)) if fresh else []
        for folder, number in zip(fresh, numbers, strict=True):
            folder.case.number = number

    async def _save(self, folders: Sequence[_Folder]) -> set[int]:
        fresh = [(folder.case, self._deps.ids.new()) for folder in folders if folder.new]
        known = [(folder.case, self._deps.ids.new()) for folder in folders if not folder.new]
        lost = set(await self._deps.cases.open_many(fresh)) if fresh else set()
        return lost | set(await self._deps.cases.save_many(known)) if known else lost


def sort(
    rows: Sequence[Filed],
    current: dict[str, Case],
    contacts: dict[str, Contact],
    now: datetime,
    placed: Mapping[str, Case],
) -> tuple[list[_Folder], list[Filed]]:
    """Say which row goes into which case; what is not plain is left for a look of its own.
    `placed` are the cases that rows speak of, by the ids of the rows."""
    folders: dict[str, _Folder] = {}
    left: list[Filed] = []
    aside: set[str] = set()
    for row, messages in rows:
        names = {message.conversation for message in messages}
        case = placed.get(row.id) or current.get(messages[0].conversation)
        name = f"#{case.number}" if case is not None else messages[0].conversation
        ended = case is not None and (case.status == "merged" or not case.takes(row.at))
        quotes = any(message.in_reply_to or message.case for message in messages)
        asked = any(contacts[one.sender.identity.key].may_answer(one) for one in messages)
        if len(names) > 1 or ended or quotes or asked or {name, *names} & aside:
            aside |= {name, *names}
            left.append((row, messages))
            continue
        if name not in folders:
            contact = contacts[messages[0].sender.identity.key]
            folders[name] = _Folder(case or blank(messages[0], contact, now), case is None)
        folder = folders[name]
        if row.id in placed:
            for message in messages:
                speak_of(folder.case, message)
        folder.rows.append((row, messages))
    return list(folders.values()), left


def fill(folder: _Folder, directory: Directory, rules: list[FirstDeadline], now: datetime) -> None:
    """Put a folder's messages into its case, with what must follow."""
    case = folder.case
    if folder.new:
        place_new(case, directory, rules, now)
    for _, messages in folder.rows:
        for message in messages:
            folder.events += case.receive(message, now)
    folder.events += vacate(case, directory, now)
    with structlog.contextvars.bound_contextvars(trace=folder.rows[0][0].id):
        follow(case, folder.events, directory, now)


def blank(message: Inbound, contact: Contact, now: datetime) -> Case:
    """A case without a number and without a word yet, for this message's conversation."""
    return Case(
        number=0,
        channel=message.channel,
        account=message.account,
        conversation=message.conversation,
        current=True,
        contact=ContactRef.of(contact, name=message.sender.name),
        premises=message.sender.premises or contact.place,
        created_at=now,
        updated_at=now,
    )


def place_new(case: Case, directory: Directory, rules: list[FirstDeadline], now: datetime) -> None:
    """Give a new case its queue and its first deadline."""
    case.group = directory.default_group(case.account)
    case.deadline = first_deadline(rules, case.type, case.channel, now)
