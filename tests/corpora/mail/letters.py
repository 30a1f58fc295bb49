"""One mail of a conversation, rendered as its writer's program sends it."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr, parsedate_to_datetime

import msgspec

from tests.corpora.mail.conversations import Conversation
from tests.corpora.mail.styles import STYLES, Quoted, Style

HOUSE = "УК «Уют» <case@uk.example>"


class Sent(msgspec.Struct, kw_only=True, frozen=True):
    """What a mail program needs of a mail to answer it. Ids are with <>."""

    message_id: str
    references: str
    sender: str
    reply_to: str
    to: str
    subject: str
    date: datetime
    text: str

    @classmethod
    def of(cls, raw: bytes) -> Sent:
        """From the mail as it went."""
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain", "html"))
        when = mail.get("Date")
        return cls(
            message_id=str(mail.get("Message-ID", "")).strip(),
            references=" ".join(str(mail.get("References", "")).split()),
            sender=str(mail.get("From", "")),
            reply_to=str(mail.get("Reply-To", "") or mail.get("From", "")),
            to=str(mail.get("To", "")),
            subject=str(mail.get("Subject", "")),
            date=parsedate_to_datetime(str(when)) if when else moment_zero(),
            text=str(body.get_content()).rstrip() if body is not None else "",
        )


def moment_zero() -> datetime:
    """What stands for the date of a mail that has none."""
    return datetime.fromisoformat("2026-11-16T09:00:00+03:00")


def moment(talk: Conversation, number: int) -> datetime:
    """When the letter was written."""
    minutes = sum(letter.after for letter in talk.letters[1 : number + 1])
    return datetime.fromisoformat(talk.start) + timedelta(minutes=minutes)


def write(talk: Conversation, number: int, sent: Mapping[int, Sent]) -> bytes:
    """The mail of a resident (CRLF). `sent` holds the letters before it."""
    letter = talk.letters[number]
    style = STYLES[letter.client or talk.client]
    about = talk.answers(number)
    before = sent[about] if about is not None else None
    writer = letter.sender or talk.resident
    mail = EmailMessage(policy=email.policy.SMTP)
    address = parseaddr(writer)[1]
    mail["From"] = _address(writer)
    mail["To"] = _address(_recipient(letter.how, before, "plus" in letter.lost))
    mail["Subject"] = letter.subject or _subject(talk, style, letter.how, before, letter.lost)
    if "date" not in letter.lost:
        mail["Date"] = format_datetime(moment(talk, number))
    if "message_id" not in letter.lost:
        domain = address.rpartition("@")[2]
        mail["Message-ID"] = letter.message_id or f"<{talk.name}.{number}@{domain}>"
    if before is not None and letter.how == "reply" and before.message_id:
        if "in_reply_to" not in letter.lost:
            mail["In-Reply-To"] = before.message_id
        if "references" not in letter.lost:
            mail["References"] = f"{before.references} {before.message_id}".strip()
    for name, value in style.headers.items():
        mail[name] = value
    quoted = None
    if before is not None and letter.quote:
        quoted = Quoted(
            sender=before.sender,
            to=before.to,
            subject=before.subject,
            date=before.date,
            text=before.text,
        )
    plain, html = style.body(letter.text, quoted, letter.how == "forward", writer)
    if plain:
        mail.set_content(plain, cte="base64" if style.base64 else "quoted-printable")
    if html and plain:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
    elif html:
        mail.set_content(html, subtype="html", cte="base64" if style.base64 else "quoted-printable")
    if mail.is_multipart():
        mail.set_boundary(f"=_{talk.name}.{number}")
    return b"Return-Path: <%s>\r\nDelivered-To: %s\r\n%s" % (
        address.encode(),
        parseaddr(str(mail["To"]))[1].encode(),
        mail.as_bytes(),
    )


def answer(talk: Conversation, number: int, sent: Mapping[int, Sent], case: int) -> bytes:
    """A stand-in for the hub's own answer, for tests without a hub."""
    letter = talk.letters[number]
    about = talk.answers(number)
    before = sent[about] if about is not None else None
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = _address(HOUSE)
    mail["Reply-To"] = f"case+{case}@uk.example"
    mail["To"] = _address(talk.resident)
    subject = before.subject if before is not None else talk.subject
    bare = subject if f"[#{case}]" in subject else f"{subject} [#{case}]"
    mail["Subject"] = bare if bare.lower().startswith("re:") else f"Re: {bare}"
    mail["Date"] = format_datetime(moment(talk, number))
    mail["Message-ID"] = f"<{talk.name}.{number}@uk.example>"
    if before is not None and before.message_id:
        mail["In-Reply-To"] = before.message_id
        mail["References"] = f"{before.references} {before.message_id}".strip()
    mail.set_content(letter.text)
    return mail.as_bytes()


def _recipient(how: str, before: Sent | None, bare: bool) -> str:
    if how != "reply" or before is None or bare:
        return HOUSE
    return before.reply_to


def _subject(
    talk: Conversation, style: Style, how: str, before: Sent | None, lost: tuple[str, ...]
) -> str:
    if before is None:
        return talk.subject
    said = before.subject
    if "number" in lost and "[#" in said:
        head, _, tail = said.partition("[#")
        said = f"{head.strip()} {tail.partition(']')[2].strip()}".strip()
    prefix = style.forward if how == "forward" else style.reply
    return said if said.lower().startswith(prefix.lower()) else f"{prefix} {said}"


def _address(said: str) -> Address:
    name, address = parseaddr(said)
    return Address(display_name=name, addr_spec=address)
