"""Staff answer residents and write comments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from hub.domain.case import Case
from hub.domain.errors import Invalid, NoAddress, NotFound, Undeliverable
from hub.domain.events import Event
from hub.domain.message import Address, Attachment
from hub.domain.plain import plain
from hub.domain.rights import Right, require
from hub.domain.staff import Actor
from hub.domain.thread import Entry
from hub.services.addresses import Way, addresses_of, ways_of
from hub.services.casebook import Casebook
from hub.services.deps import Deps
from hub.services.lines import change_line
from hub.services.oldentries import standing
from hub.services.retries import retry

MAX_TEXT = 20_000
"""Characters of one answer or comment; a channel sends longer ones than it takes in parts."""

ALBUM_HOLD = timedelta(seconds=2)
"""How long the first part of an album waits for the others."""

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
        album: str = "",
        expect: int | None = None,
    ) -> tuple[Case, Entry]:
        """Answer the resident.

        `files` are ids of uploaded files; `to` is the key of another identity of the contact
        (default: where the last message came from); `quick_reply` counts its use; what has the
        same `album` and comes soon after joins the same answer.
        """
        entry_key = self._key(by, "reply", key)
        album_key = self._key(by, "reply", f"album:{album}") if album else ""
        text = self._fit(text)
        attachments = await self._files(files, number, by, "case.reply")
        address = await self._address(number, to) if to else None

        def decide(case: Case) -> list[Event]:
            target = address or case.address
            if target is not None:
                self.carries(number, target, attachments)
            now, first = self._deps.clock.now(), case.by_key(album_key) if album else None
            if first is not None:
                held = {file.id for file in first.files}
                if held.issuperset(files):
                    return []
                if grown := case.grow(first.seq, text, attachments, by, now):
                    return grown
            return case.reply(
                text,
                attachments,
                by,
                now,
                key=album_key if album and first is None else entry_key,
                to=address,
                hold=ALBUM_HOLD if album and first is None else timedelta(),
            )

        case = await self._book.change(
            number, decide, by=by, right="case.reply", expect=expect, key=entry_key
        )
        if quick_reply:
            month = self._deps.clock.now().strftime("%Y-%m")
            await self._deps.catalog.count_use(quick_reply, month)
        return case, await self._written(case, entry_key, album_key)

    async def comment(
        self,
        number: int,
        by: Actor,
        text: str,
        *,
        files: Sequence[str] = (),
        key: str = "",
        album: str = "",
        expect: int | None = None,
    ) -> tuple[Case, Entry]:
        """Write an internal comment; executors get it on the phone. What has the same `album`
        joins the same comment."""
        entry_key = self._key(by, "comment", key)
        album_key = self._key(by, "comment", f"album:{album}") if album else ""
        text = self._fit(text)
        attachments = await self._files(files, number, by, "case.comment")

        def decide(case: Case) -> list[Event]:
            now, first = self._deps.clock.now(), case.by_key(album_key) if album else None
            if first is not None:
                return case.grow(first.seq, text, attachments, by, now)
            return case.comment(text, attachments, by, now, key=album_key or entry_key)

        case = await self._book.change(
            number, decide, by=by, right="case.comment", expect=expect, key=entry_key
        )
        return case, await self._written(case, entry_key, album_key)

    async def revise(self, number: int, seq: int, by: Actor, text: str) -> Case:
        """The author changed an answer or a comment of theirs.

        What has left is changed at the resident's too. Raises Undeliverable when the channel
        cannot do that (then nothing changes here either), WrongState for what is not theirs.
        """
        text = self._fit(text)

        def decide(case: Case, old: Entry | None) -> list[Event]:
            entry = case.line(seq, old)
            if case.left(entry):
                self._changeable(entry, text)
            return case.revise(seq, text, by, self._deps.clock.now(), old=old)

        right: Right = "case.comment"
        entry = await self.entry(await self._book.load(number), seq)
        if entry is not None and entry.kind == "message":
            right = "case.reply"
        return await change_line(self._deps, self._book, (number, seq), decide, by=by, right=right)

    async def retry(
        self, number: int, seq: int, by: Actor, *, to: str = "", expect: int | None = None
    ) -> Case:
        """[Повторить]: send a failed or uncertain message again, perhaps to another identity."""
        address = await self._address(number, to) if to else None
        return await retry(self._deps, self._book, (number, seq), by, to=address, expect=expect)

    async def entry(self, case: Case, seq: int) -> Entry | None:
        """The entry wherever it stands, in an older page perhaps."""
        return await standing(self._deps.cases, case, seq)

    def _changeable(self, entry: Entry, text: str) -> None:
        """Raise Undeliverable unless the message can be changed where it stands."""
        sender = self._deps.senders.get(entry.account)
        if sender is None or not sender.caps.edit:
            raise Undeliverable(channel=entry.channel, reason="no_edit")
        caps, texts = sender.caps, len(entry.external_ids) - len(entry.files)
        words = f"{text}\n\n{self._signature(entry)}"
        limit = caps.max_caption if entry.files and texts < 1 else caps.max_edit
        if texts > 1 or len(words.encode("utf-16-le")) // 2 > limit:
            raise Undeliverable(channel=entry.channel, reason="edit_long")

    def _signature(self, entry: Entry) -> str:
        policy = self._deps.policy
        return f"{entry.author.name}, {policy.organisation}" if policy.organisation else ""

    async def ways(self, number: int) -> list[Way]:
        """Every way to the contact, also those that are closed, and why: the one of the last
        message first."""
        return await ways_of(self._deps, await self._book.load(number))

    async def addresses(self, number: int) -> list[Address]:
        """Every address the contact can be answered at, the one of the last message first."""
        return await addresses_of(self._deps, await self._book.load(number))

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
        found = await self.brought(ids, number, by)
        await self._deps.files.attach(list(ids), number)
        return found

    async def brought(self, ids: Sequence[str], number: int, by: Actor) -> list[Attachment]:
        """These uploads, which are this person's or stand in the case; raises NotFound."""
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
        return found

    def carries(self, number: int, to: Address, files: Sequence[Attachment]) -> None:
        """Raise NoAddress or Undeliverable where this cannot go there."""
        sender = self._deps.senders.get(to.account)
        if sender is None or not to.to:
            # An account that only takes in, one that was taken from the settings, or a sender that
            # has no address (a name instead of a number).
            raise NoAddress(number=number)
        if files and not sender.caps.files:
            raise Undeliverable(channel=to.channel, reason="files")
        limit = sender.caps.max_file
        if limit and any(file.size > limit for file in files):
            raise Undeliverable(channel=to.channel, reason="file_size", limit=limit)

    @staticmethod
    def _fit(text: str) -> str:
        """As it can go by any channel. Raises Invalid for more than stands in an answer."""
        text = plain(text)
        if len(text) > MAX_TEXT:
            raise Invalid(field="text", reason="too_long", limit=MAX_TEXT)
        return text

    async def _written(self, case: Case, key: str, album: str) -> Entry:
        """What was written under this key, or the part of the album that it joined."""
        held = case.by_key(key)
        return held or await self._entry(case, album or key)

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
