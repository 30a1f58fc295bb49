"""A mail that was read → what the hub understands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from channels.email import reports
from channels.email.names import Names
from channels.email.wire.mail import Mail
from channels.email.wire.subjects import FORWARDS
from hub.domain.message import (
    Address,
    Attachment,
    Clues,
    Identity,
    Inbound,
    InlineFile,
    Original,
    Received,
    Ref,
    Sender,
    stable_id,
)
from hub.ports.channel import Unreadable

CHANNEL = "email"
QUOTE = 8_000
"""Signs of a quote that stand in the thread; the mail itself holds the rest."""
REFS = 20
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=2)
Shape = Literal["file", "photo", "audio", "video"]
KINDS: dict[str, Shape] = {"image": "photo", "audio": "audio", "video": "video"}


class Reader:
    """What one mailbox takes in."""

    def __init__(self, account: str, names: Names) -> None:
        self._account = account
        self._names = names

    def received(self, mail: Mail, raw: bytes, at: datetime, size: int) -> Sequence[Received]:
        """`raw` are the mail's bytes, `at` is when it was fetched; `size` in bytes is above 0 where
        only its beginning was. Raises Unreadable for what a mail server says of a mail that nobody
        knows: no case is made of it.

        A mail that has an id of its own and was read as a whole is the same in every mailbox of
        ours that it came to, if what it says is the same too: programs use their ids again.
        """
        key = f"{self._account}:{mail.fingerprint}"
        if mail.report is not None:
            return reports.received(self._account, key, mail, self._names, at)
        if self._names.read_id(mail.message_id) is not None:
            # Our own mail came back to us.
            return []
        clues = self._clues(mail)
        if "daemon" in mail.automatic and clues is None:
            raise Unreadable("report_of_nothing")
        message = self._inbound(key, mail, clues, raw, at, size)
        if mail.message_id and not size:
            message.key, message.came_to = f"mail:{mail.fingerprint}", self._names.address
        return [message]

    def _inbound(
        self, key: str, mail: Mail, clues: Clues | None, raw: bytes, at: datetime, size: int
    ) -> Inbound:
        sender, address = self._sender(mail)
        own = self._names.is_ours(mail.sender.address)
        message = Inbound(
            key=key,
            account=self._account,
            channel=CHANNEL,
            conversation=f"{self._account}:{address}:{mail.fingerprint}",
            sender=sender,
            reply_to=Address(
                account=self._account,
                channel=CHANNEL,
                to=address,
                identity=sender.identity.key,
                # Every mail begins a conversation, but where its writer is answered is one place.
                conversation=f"{self._account}:{address}",
            ),
            text=mail.text,
            subject=mail.subject,
            sent_at=_when(mail.date, at),
            external_id=mail.message_id or f"mail:{mail.fingerprint}",
            automatic=bool(mail.automatic) or own,
            clues=clues,
        )
        message.original = original = Original(problems=list(mail.problems))
        if size:
            original.problems.insert(0, "too_large")
            original.size = size
            return message
        self._attach(message, original, mail, raw)
        return message

    def _attach(self, message: Inbound, original: Original, mail: Mail, raw: bytes) -> None:
        """Everything that is stored beside the text."""
        inline: list[InlineFile] = []
        files: list[Attachment] = []
        for number, file in enumerate(mail.files):
            name = stable_id(message.key, str(number))
            kind = KINDS.get(file.mime.partition("/")[0], "file")
            files.append(
                Attachment(id=name, name=file.name, mime=file.mime, size=len(file.data), kind=kind)
            )
            inline.append(InlineFile(name, file.data))
            if file.content_id:
                original.pictures.append((file.content_id, name))
        if mail.html:
            original.html = stable_id(message.key, "html")
            inline.append(InlineFile(original.html, mail.html.encode(), "mail.html", "text/html"))
        original.source, original.size = stable_id(message.key, "source"), len(raw)
        inline.append(InlineFile(original.source, raw, "mail.eml", "message/rfc822"))
        original.blocked = mail.blocked
        original.quote = mail.quote if len(mail.quote) <= QUOTE else mail.quote[:QUOTE] + "…"
        message.attachments, message.inline = files, tuple(inline)

    def _sender(self, mail: Mail) -> tuple[Sender, str]:
        """Who wrote, and where an answer goes. An address is proven by the answers that arrive
        there; a form that writes from our own mailbox proves nothing."""
        written = mail.sender.address
        answers = next((one.address for one in mail.reply_to if one.address), "")
        if not written or self._names.is_ours(written):
            other = "" if self._names.is_ours(answers) else answers
            claims = (Identity("email", other),) if other else ()
            value = other or (written or f"mail:{mail.fingerprint}")
            name = mail.reply_to[0].name if other and mail.reply_to else mail.sender.name
            who = Identity("external", value, self._account)
            return Sender(identity=who, name=name or other, claims=claims), other or written
        identity = Identity("email", written)
        name = mail.sender.name or written
        usable = answers if answers and not self._names.is_ours(answers) else written
        return Sender(identity=identity, name=name, claims=(identity,)), usable

    def _clues(self, mail: Mail) -> Clues | None:
        refs = tuple(dict.fromkeys(self._refs(mail)))[:REFS]
        answers = any(one not in FORWARDS for one in mail.prefixes)
        subject = mail.subject if answers and not mail.forwarded else ""
        if not refs and not mail.numbers and not subject:
            return None
        return Clues(refs=refs, numbers=mail.numbers, subject=subject)

    def _refs(self, mail: Mail) -> Iterator[Ref]:
        for plus in mail.plus:
            ours = self._names.read_plus(plus.token)
            if ours is not None:
                yield Ref(case=ours.case)
        for said in (*mail.in_reply_to, *mail.references):
            ours = self._names.read_id(said)
            if ours is None:
                yield Ref(external=said)
            elif ours.case:
                yield Ref(case=ours.case)


def _when(said: datetime | None, at: datetime) -> datetime:
    """When it was written, unless that cannot be."""
    return said if said is not None and EARLIEST < said < at + AHEAD else at
