"""A mailbox: its mails come in by IMAP, answers leave by SMTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import cast

from channels.email import imap, keys, smtp
from channels.email.letter import BadAddress, Loaded, Writer, recipient
from channels.email.names import Names
from channels.email.poller import SIZE, UID, Begin, ImapPoller
from channels.email.servers import IMAP, SMTP, Server, server
from channels.email.understood import CHANNEL, Reader
from channels.email.wire import mail
from hub.domain.message import Address, Identity, Outbound, Outcome, Received, Rejected
from hub.ports.channel import (
    Accept,
    Answer,
    Capabilities,
    CheckFailed,
    Forged,
    Kept,
    Key,
    Limit,
    RawRequest,
    Unreadable,
)
from hub.ports.channel_build import Account, BadAccount, ChannelDeps

MAX_BYTES = 30 * 1024 * 1024
OUT_BYTES = 18 * 1024 * 1024
"""Files of one answer: mails are written a third longer, and most servers end at 25 MB."""
PER_MINUTE, TO_ONE = 120, 20
_ADDRESS = re.compile(r"[^\s@<>,;+]+@[^\s@<>,;]+")


def build(account: Account, deps: ChannelDeps) -> object:
    """Options: `address`, `imap`, `smtp` (none: nobody can be answered), `max_bytes` of a mail that
    comes in, `begin` (unseen, all or new: what is read at the very first start), `name` (beside the
    address), `plus` (false where the server knows no plus addresses), `ca` (certificates)."""
    address = account.need("address").lower()
    if not _ADDRESS.fullmatch(address):
        raise BadAccount(account.id, "address")
    limit = account.get("max_bytes", str(MAX_BYTES))
    if not limit.isdigit() or int(limit) < 1024:
        raise BadAccount(account.id, "max_bytes")
    begin = account.get("begin", "unseen")
    if begin not in {"unseen", "all", "new"}:
        raise BadAccount(account.id, "begin")
    incoming = server(account, "imap", IMAP)
    names = Names(deps.secret, address)
    inbox = Incoming(account.id, names, deps, incoming, int(limit), cast(Begin, begin))
    if not account.get("smtp"):
        return inbox
    outgoing = server(account, "smtp", SMTP)
    plus = account.get("plus", "true").lower() not in {"false", "no", "0"}
    writer = Writer(names, account.get("name"), deps.texts, plus=plus)
    return Correspondence(
        account.id, names, deps, incoming, int(limit), cast(Begin, begin), outgoing, writer, plus
    )


class Incoming:
    """Takes in."""

    def __init__(
        self,
        account: str,
        names: Names,
        deps: ChannelDeps,
        incoming: Server,
        max_bytes: int,
        begin: Begin,
    ) -> None:
        self.max_body = deps.max_body
        self._account = account
        self._names = names
        self._deps = deps
        self._incoming = incoming
        self._max_bytes = max_bytes
        self._begin = begin
        self._reader = Reader(account, names)

    def verify(self, raw: RawRequest) -> None:
        """Only what we fetched ourselves: nobody posts mails to us."""
        if raw.method != "POLL":
            raise Forged("not_fetched", 401)

    def key(self, raw: RawRequest) -> Key:
        """See channels.email.keys."""
        return keys.key(self._account, raw.body, raw.headers.get(UID, ""))

    def parse(self, raw: RawRequest) -> Sequence[Received]:
        """See channels.email.understood."""
        size = raw.headers.get(SIZE, "")
        try:
            read = mail.read(raw.body)
        except mail.NotMail as error:
            raise Unreadable(str(error)) from None
        return self._reader.received(
            read, raw.body, raw.received_at, int(size) if size.isdigit() else 0
        )

    def answer(self, raw: RawRequest, kept: Kept) -> Answer:
        """Nobody waits for one."""
        return Answer(204)

    async def listen(self, accept: Accept) -> None:
        """See channels.email.poller."""
        assert self._deps.marks is not None
        await ImapPoller(
            self._account,
            self._incoming,
            self._deps.marks,
            self._deps.clock,
            begin=self._begin,
            max_bytes=self._max_bytes,
        ).listen(accept)

    async def check(self) -> Mapping[str, str]:
        """Log in and open the folder."""
        try:
            async with imap.opened(self._incoming) as mailbox:
                waiting = len(await mailbox.uids("UNSEEN"))
                idle = "idle" if mailbox.idles else "poll"
        except imap.Trouble as trouble:
            raise CheckFailed(f"imap_{trouble}") from None
        return {"address": self._names.address, "unseen": str(waiting), "imap": idle}


class Correspondence(Incoming):
    """Takes in and answers."""

    def __init__(
        self,
        account: str,
        names: Names,
        deps: ChannelDeps,
        incoming: Server,
        max_bytes: int,
        begin: Begin,
        outgoing: Server,
        writer: Writer,
        plus: bool,
    ) -> None:
        super().__init__(account, names, deps, incoming, max_bytes, begin)
        self.caps = Capabilities(
            max_text=100_000,
            max_file=min(OUT_BYTES, deps.max_file),
            files=True,
            receipts=True,
            confirms=True,
        )
        self._outgoing = outgoing
        self._writer = writer
        self._plus = plus
        self.carry = smtp.carry

    def limits(self, out: Outbound) -> Sequence[Limit]:
        """Account and address."""
        return [
            Limit(f"email:{self._account}", PER_MINUTE, 60.0),
            Limit(f"email:{self._account}:{out.to.to}", TO_ONE, 60.0),
        ]

    def reach(self, identity: Identity) -> Address | None:
        """A mailbox can be written to first."""
        if identity.kind != CHANNEL or not _ADDRESS.fullmatch(identity.value):
            return None
        return Address(
            account=self._account,
            channel=CHANNEL,
            to=identity.value,
            identity=identity.key,
            conversation=f"{self._account}:{identity.value}",
        )

    async def send(self, out: Outbound) -> Outcome:
        """One mail; its Message-ID is the same at every repeat."""
        if sum(file.size for file in out.files) > OUT_BYTES:
            return Rejected("mail_too_large")
        if out.edit or out.reaction:
            return Rejected("unsupported")
        files = [Loaded(file, await self._bytes(file.id)) for file in out.files]
        try:
            to = recipient(out.to.to)
            written = await asyncio.to_thread(
                self._writer.write, out, files, self._deps.clock.now()
            )
        except BadAddress:
            return Rejected("address_broken", gone=True)
        plain = self._names.address
        outcome, bare = await self.carry(
            self._outgoing,
            smtp.Parcel(
                mail=written,
                to=to.addr_spec,
                sender=self._names.plus(out.case, out.id) if self._plus and out.case else plain,
                plain_sender=plain,
                name=self._names.message_id(out),
            ),
        )
        if bare:
            # Its reports come to the mailbox itself and are known by the mail that they quote.
            self._plus = False
        return outcome

    async def _bytes(self, file_id: str) -> bytes:
        return b"".join([chunk async for chunk in self._deps.files.read(file_id)])

    async def check(self) -> Mapping[str, str]:
        """Log in to both servers."""
        facts = dict(await super().check())
        try:
            async with smtp.opened(self._outgoing):
                pass
        except smtp.Refused as refused:
            raise CheckFailed(f"smtp_{refused.why}") from None
        return facts | {"smtp": self._outgoing.host}
