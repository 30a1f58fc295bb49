"""The core over twins with a real mailbox: what leaves is caught at the very edge, before a server
sees it, and what comes in is given to the hub as bytes."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from channels.email import smtp
from channels.email.channel import Correspondence, build
from hub.domain.case import Case
from hub.domain.message import Accepted, Outcome
from hub.ports.channel import Kept, RawRequest
from hub.ports.channel_build import Account, ChannelDeps
from hub.texts import TemplateTexts
from tests.support.world import World

ACCOUNT = "office"


class MailWorld(World):
    """`take` gives the hub a mail, `sent` holds the parcels that left."""

    def __init__(
        self,
        address: str = "case@uk.example",
        secret: bytes = b"one house",
        store: Any = None,
    ) -> None:
        super().__init__(store)
        self.address = address
        self.sent: list[smtp.Parcel] = []
        self.outcomes: list[Outcome] = []
        self.spent: dict[str, int] = {}
        self.uid = 0
        options = {
            "address": address,
            "imap": "imap://case:secret@127.0.0.1:9/INBOX",
            "smtp": "smtp://case:secret@127.0.0.1:9",
            "name": "УК «Уют»",
        }
        deps = ChannelDeps(
            clock=self.clock,
            files=self.store.files,
            public_url="http://127.0.0.1",
            file_url=lambda file: file,
            secret=secret,
            texts=TemplateTexts(self.clock, ZoneInfo("Europe/Moscow")),
            marks=self.store.marks,
        )
        made = build(Account(id=ACCOUNT, kind="email", options=options), deps)
        assert isinstance(made, Correspondence)
        self.mailbox = made
        made.carry = self._carry
        # The same dictionaries are held by everybody who sends and understands.
        self.deps.senders[ACCOUNT] = made  # type: ignore[index]
        self.intake._receivers[ACCOUNT] = made  # type: ignore[index]

    async def _carry(self, _: object, parcel: smtp.Parcel) -> tuple[Outcome, bool]:
        self.sent.append(parcel)
        return (self.outcomes.pop(0) if self.outcomes else Accepted((parcel.name,))), False

    async def fetched(self, raw: bytes, **headers: str) -> Kept:
        """The poller found this mail: it is kept, not understood."""
        self.uid += 1
        request = RawRequest(
            account=ACCOUNT,
            method="POLL",
            headers={"x-mailbox-uid": f"1.{self.uid}", **headers},
            body=raw,
            received_at=self.clock.now(),
        )
        self.mailbox.verify(request)
        key = self.mailbox.key(request)
        kept = await self.store.inbox.keep(request, key)
        await self.kicks.take([key.lane])
        return kept

    async def take(self, raw: bytes, **headers: str) -> Kept:
        """A mail comes in, and everything that follows happens."""
        kept = await self.fetched(raw, **headers)
        await self.settle()
        return kept

    async def cases(self) -> list[Case]:
        """All there are, oldest first."""
        found = []
        number = 1
        while (case := await self.store.cases.get(number)) is not None:
            found.append(case)
            number += 1
        return found

    async def case_of(self, raw: bytes) -> Case | None:
        """The case in whose thread this mail stands."""
        request = RawRequest(account=ACCOUNT, method="POLL", body=raw, received_at=self.clock.now())
        key = self.mailbox.parse(request)[0].key
        held = await self.store.cases.keys_held([key])
        return await self.store.cases.get(held[key]) if key in held else None

    def delivered(self, at: int = -1) -> bytes:
        """A mail that left, as the server of its recipient hands it over."""
        parcel = self.sent[at]
        return b"Return-Path: <%s>\r\nDelivered-To: %s\r\n%s" % (
            parcel.sender.encode(),
            parcel.to.encode(),
            parcel.mail,
        )

    def letter(self, at: int = -1) -> EmailMessage:
        """A mail that left, read by the standard library."""
        read = email.message_from_bytes(self.sent[at].mail, policy=email.policy.default)
        assert isinstance(read, EmailMessage)
        return read


def written(
    text: str,
    *,
    sender: str = "m.petrova@mail.example",
    to: str = "case@uk.example",
    subject: str = "Протечка",
    id: str = "",
    **headers: str,
) -> bytes:
    """A mail of a resident. Headers are named with _ for -."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    if id:
        mail["Message-ID"] = f"<{id}>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()
