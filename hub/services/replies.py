"""Staff answer residents and write comments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from hub.domain.case import Case
from hub.domain.errors import Invalid, NoAddress, NotFound, Undeliverable
from hub.domain.events import Event
from hub.domain.message import Address, Attachment
from hub.domain.rights import Right, require
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.senders import everybody

MAX_TEXT = 20_000
"""Characters of one answer or comment; a channel sends longer ones than it takes in parts."""

PAGE = 200
"""Entries looked through at once for one that has moved to an older page."""


class Replies:
    """Answers, comments, retries. `key` makes a repeat harmless: the first answer stands."""

    def __init__(self, deps: Deps, book: Casebook) -> None:
        self._deps = deps
        self._book = book

    async def send(
        self,
        number: int,
        by: Actor,
        text: str,
        *,
        files: Sequence[str] = (),
        to: str = "",
        key: str = "",
        quick_reply: str = "",
        expect: int | None = None,
    ) -> tuple[Case, Entry]:
        """Answer the resident.

        `files` are ids of uploaded files; `to` is the key of another identity of the contact
        (default: where the last message came from); `quick_reply` counts its use.
        """
        entry_key = self._key(by, "reply", key)
        self._fits(text)
        attachments = await self._files(files, number, by, "case.reply")
        address = await self._address(number, to) if to else None

        def decide(case: Case) -> list[Event]:
            target = address or case.address
            if target is not None:
                self._carries(number, target, attachments)
            return case.reply(
                text, attachments, by, self._deps.clock.now(), key=entry_key, to=address
            )

        case = await self._book.change(
            number, decide, by=by, right="case.reply", expect=expect, key=entry_key
        )
        if quick_reply:
            month = self._deps.clock.now().strftime("%Y-%m")
            await self._deps.catalog.count_use(quick_reply, month)
        return case, await self._entry(case, entry_key)

    async def comment(
        self,
        number: int,
        by: Actor,
        text: str,
        *,
        files: Sequence[str] = (),
        key: str = "",
        expect: int | None = None,
    ) -> tuple[Case, Entry]:
        """Write an internal comment; executors get it on the phone."""
        entry_key = self._key(by, "comment", key)
        self._fits(text)
        attachments = await self._files(files, number, by, "case.comment")
        case = await self._book.change(
            number,
            lambda case: case.comment(text, attachments, by, self._deps.clock.now(), key=entry_key),
            by=by,
            right="case.comment",
            expect=expect,
            key=entry_key,
        )
        return case, await self._entry(case, entry_key)

    async def retry(
        self, number: int, seq: int, by: Actor, *, to: str = "", expect: int | None = None
    ) -> Case:
        """[Повторить]: send a failed or uncertain message again, perhaps to another identity."""
        address = await self._address(number, to) if to else None
        return await self._book.change(
            number,
            lambda case: case.retry(seq, by, self._deps.clock.now(), to=address),
            by=by,
            right="case.retry",
            expect=expect,
        )

    async def addresses(self, number: int) -> list[Address]:
        """Every address the contact can be answered at, the one of the last message first."""
        case = await self._book.load(number)
        contact = await self._deps.contacts.resolve(case.contact.id)
        found = [case.address] if case.address else []
        people = await everybody(self._deps.contacts, contact.id) if contact else []
        for person in people:
            one = await self._deps.contacts.get(person)
            for known in one.identities if one else []:
                if known.address and not known.unreachable and known.address not in found:
                    found.append(known.address)
        return found

    async def _address(self, number: int, identity: str) -> Address:
        for address in await self.addresses(number):
            if address.identity == identity:
                return address
        raise NoAddress(number=number)

    async def _files(
        self, ids: Sequence[str], number: int, by: Actor, right: Right
    ) -> list[Attachment]:
        if not ids:
            return []
        # Files belong to the case from here on: not for who may not write in it.
        require(by, right, await self._book.load(number))
        found = []
        for file_id in ids:
            info = await self._deps.files.info(file_id)
            # One that is in no case yet is who brought it's.
            theirs = info is not None and info.case == 0 and info.by == by.login
            if info is None or not (theirs or info.case == number):
                raise NotFound(what="file", id=file_id)
            found.append(
                Attachment(
                    id=info.id,
                    name=info.name,
                    mime=info.mime,
                    size=info.size,
                    kind=kind_of(info.mime),
                )
            )
        await self._deps.files.attach(list(ids), number)
        return found

    def _carries(self, number: int, to: Address, files: Sequence[Attachment]) -> None:
        sender = self._deps.senders.get(to.account)
        if sender is None:
            # An account that only takes in, or one that was taken from the settings.
            raise NoAddress(number=number)
        if files and not sender.caps.files:
            raise Undeliverable(channel=to.channel, reason="files")
        limit = sender.caps.max_file
        if limit and any(file.size > limit for file in files):
            raise Undeliverable(channel=to.channel, reason="file_size", limit=limit)

    @staticmethod
    def _fits(text: str) -> None:
        if len(text) > MAX_TEXT:
            raise Invalid(field="text", reason="too_long", limit=MAX_TEXT)

    async def _entry(self, case: Case, key: str) -> Entry:
        """The entry with this key; a repeat may come when it has moved to an older page."""
        entry, before = case.by_key(key), None
        while entry is None:
            lines = await self._deps.cases.thread(case.number, before, PAGE)
            if not lines:
                raise NotFound(what="message", id=key)
            entry = next((line for line in lines if line.key == key), None)
            before = lines[0].seq
        return entry

    def _key(self, by: Actor, what: str, key: str) -> str:
        return f"{what}:{by.kind}:{by.login}:{key or self._deps.ids.new()}"


KINDS: dict[str, Literal["photo", "audio", "video"]] = {
    "image": "photo",
    "audio": "audio",
    "video": "video",
}


def kind_of(mime: str) -> Literal["file", "photo", "audio", "video"]:
    """How a file of this type is shown."""
    return KINDS.get(mime.partition("/")[0], "file")
