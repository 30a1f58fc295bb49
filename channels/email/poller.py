"""A mailbox is followed: every mail is kept before it is marked as read, none is skipped.

How far we have come is a mark (the number of the last mail, within the server's numbering). It
moves only after the mail was kept, so whoever goes on after a crash is given the same mail again,
and the inbox knows it. When a server begins to number anew (UIDVALIDITY), what is unread and what
came lately is read again; what was kept before is known by what it says.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

import structlog

from channels.email import imap
from channels.email.imap import Mailbox, Trouble
from channels.email.servers import Server
from hub.ports.channel import Accept, RawRequest
from hub.ports.clock import Clock
from hub.ports.marks import Mark, Marks

log = structlog.get_logger(__name__)

Begin = Literal["unseen", "all", "new"]

PAUSES = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds between tries while something is wrong; the last one repeats."""
RENEW = 240.0
"""Seconds after which a wait is begun anew: whoever stands between forgets quiet connections."""
LOOK = 20.0
"""Seconds between looks where the server cannot tell by itself."""
GROUP = 50
BEGINNING = 256 * 1024
"""Bytes that are read of a mail that is too large."""
OVERLAP = timedelta(days=2)
"""So far back mails are read again when the numbering has changed."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UID, SIZE = "x-mailbox-uid", "x-mail-size"


class NotKept(Exception):
    """The store did not take a mail; it is read again from there."""


class ImapPoller:
    """A Poller for one folder of one mailbox. `trouble` says why nothing comes just now."""

    def __init__(
        self,
        account: str,
        server: Server,
        marks: Marks,
        clock: Clock,
        *,
        begin: Begin = "unseen",
        max_bytes: int,
        pauses: Sequence[float] = PAUSES,
        renew: float = RENEW,
        patience: float = imap.ANSWER,
    ) -> None:
        self._account = account
        self._server = server
        self._marks = marks
        self._clock = clock
        self._begin = begin
        self._max_bytes = max_bytes
        self._pauses = pauses
        self._renew = renew
        self._patience = patience
        self._name = f"imap:{account}:{server.user}:{server.folder}"
        self._tries = 0
        self.trouble = "connecting"

    async def listen(self, accept: Accept) -> None:
        """Run until cancelled; goes on by itself after every failure of server or store."""
        while True:
            try:
                async with imap.opened(self._server, self._patience) as mailbox:
                    await self._follow(mailbox, accept)
            except (Trouble, NotKept) as trouble:
                self.trouble = str(trouble)
            pause = self._pauses[min(self._tries, len(self._pauses) - 1)]
            self._tries += 1
            log.warning("imap.pause", account=self._account, why=self.trouble, seconds=pause)
            await asyncio.sleep(pause)

    async def _follow(self, mailbox: Mailbox, accept: Accept) -> None:
        place = await self._catch_up(mailbox, accept)
        while True:
            arrived = mailbox.arrived
            fresh = [uid for uid in await mailbox.uids(f"UID {place + 1}:*") if uid > place]
            self._tries, self.trouble = 0, ""
            if fresh:
                place = await self._take(mailbox, fresh, accept, each=True)
            elif mailbox.arrived == arrived:
                # What was announced since the question was asked is not announced again.
                await self._wait(mailbox)

    async def _wait(self, mailbox: Mailbox) -> None:
        if mailbox.idles:
            await mailbox.wait(self._renew)
        else:
            await asyncio.sleep(min(LOOK, self._renew))
        await mailbox.alive()

    async def _catch_up(self, mailbox: Mailbox, accept: Accept) -> int:
        """What is to be read before new mails are followed. Returns the place from which on
        everything is new."""
        mark = await self._mark()
        if mark is not None and mark.scope == mailbox.validity:
            return mark.place
        last = mailbox.next - 1
        uids = await self._first(mailbox, mark)
        log.info("imap.begin", account=self._account, mails=len(uids), known=mark is not None)
        await self._take(mailbox, [uid for uid in uids if uid <= last], accept, each=False)
        await self._put(mailbox, last)
        return last

    async def _first(self, mailbox: Mailbox, mark: Mark | None) -> list[int]:
        if mark is not None:
            since = mark.at - OVERLAP
            day = f"{since.day:02}-{MONTHS[since.month - 1]}-{since.year}"
            return await mailbox.uids(f"OR UNSEEN SINCE {day}")
        match self._begin:
            case "all":
                return await mailbox.uids("ALL")
            case "new":
                return []
        return await mailbox.uids("UNSEEN")

    async def _take(
        self, mailbox: Mailbox, uids: Sequence[int], accept: Accept, *, each: bool
    ) -> int:
        """Keep these mails in order; with `each`, everything up to each of them was kept then."""
        for at in range(0, len(uids), GROUP):
            group = uids[at : at + GROUP]
            sizes = await mailbox.sizes(group)
            for uid in group:
                if uid in sizes:
                    await self._keep(mailbox, uid, sizes[uid], accept)
                if each:
                    await self._put(mailbox, uid)
        return uids[-1] if uids else 0

    async def _keep(self, mailbox: Mailbox, uid: int, size: int, accept: Accept) -> None:
        large = size > self._max_bytes
        body = await mailbox.read(uid, BEGINNING if large else None)
        if body is None:
            return
        headers = {UID: f"{mailbox.validity}.{uid}"}
        if large:
            headers[SIZE] = str(size)
        raw = RawRequest(
            account=self._account,
            method="POLL",
            headers=headers,
            body=body,
            received_at=self._clock.now(),
        )
        try:
            await accept(raw)
        except Exception as error:
            log.warning("imap.not_kept", account=self._account, error=type(error).__name__)
            raise NotKept("store") from None
        if not await mailbox.seen(uid):
            log.warning("imap.not_marked", account=self._account)

    async def _mark(self) -> Mark | None:
        try:
            return await self._marks.get(self._name)
        except Exception as error:
            log.warning("imap.mark", account=self._account, error=type(error).__name__)
            raise NotKept("store") from None

    async def _put(self, mailbox: Mailbox, place: int) -> None:
        mark = Mark(id=self._name, scope=mailbox.validity, place=place, at=self._clock.now())
        try:
            await self._marks.put(mark)
        except Exception as error:
            log.warning("imap.mark", account=self._account, error=type(error).__name__)
            raise NotKept("store") from None
