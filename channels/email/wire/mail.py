"""One mail: what it says, whoever wrote it and however badly."""

from __future__ import annotations

import email
import email.policy
import hashlib
from datetime import datetime
from email.utils import getaddresses, parsedate_to_datetime

import msgspec

from channels.email.wire.addresses import Mailbox, Plus
from channels.email.wire.dsn import Report
from channels.email.wire.files import MailFile


class NotMail(Exception):
    """These bytes are no mail at all: nothing in them is a header field. The message is a key."""


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """What one mail says. Every text is valid Unicode without NUL; every id is without <>.

    Who and where
    -------------
    `sender`      From, the first address; its address is empty if the mail names none
    `reply_to`    Reply-To; answers go there if it is not empty
    `return_path` the envelope's sender as the server wrote it; "" for `<>`; None if not written
    `to`, `cc`    as the header says
    `delivered_to` addresses the server wrote (Delivered-To, X-Original-To, Envelope-To …)
    `plus`        plus addresses, those of the envelope first

    Which conversation
    ------------------
    `message_id`  "" if missing
    `in_reply_to` ids, as written
    `references`  ids from the last to the first: the nearest comes first
    `subject`     decoded, without the chain of Re:, Fwd: and without «[#12]»
    `prefixes`    that chain, each lower case without colon: ("re", "fwd")
    `numbers`     N of every «[#N]» in the subject
    `body_hash`   32 hex digits of what the body says, whatever encoding it came in
    `fingerprint` 32 hex digits: the same for the same mail come twice, other for another mail,
                  also where Message-ID is missing or was used again

    What it says
    ------------
    `date`        aware, or None if missing or unreadable
    `text`        plain text to show: without quotes and signatures of programs at its end
    `quote`       what was cut off the end, one click away; text and quote are the whole
    `html`        cleaned: safe to show in a page with a sandbox; "" if the mail has none. Remote
                  pictures are `<img data-remote="https://…">`, attached ones `<img src="cid:…">`
    `blocked`     how many remote pictures were blocked
    `files`       attachments, inline pictures too, in their order

    What kind of mail
    -----------------
    `automatic`   why no automatic answer may follow; empty for what a person wrote. Keys:
                  auto_submitted, empty_return_path, list, bulk, auto_response_suppress,
                  auto_reply, report, daemon
    `bulk`        it comes from a list or a mass sending
    `forwarded`   the text is, as a whole or in part, somebody else's that was passed on
    `report`      it is a report about a mail of ours
    `problems`    keys of what is wrong with it, in order, each once
    """

    message_id: str
    body_hash: str
    fingerprint: str
    sender: Mailbox
    reply_to: tuple[Mailbox, ...] = ()
    return_path: str | None = None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    delivered_to: tuple[str, ...] = ()
    plus: tuple[Plus, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    subject: str = ""
    prefixes: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    date: datetime | None = None
    text: str = ""
    quote: str = ""
    html: str = ""
    blocked: int = 0
    files: tuple[MailFile, ...] = ()
    automatic: tuple[str, ...] = ()
    bulk: bool = False
    forwarded: bool = False
    report: Report | None = None
    problems: tuple[str, ...] = ()


def read(raw: bytes) -> Mail:
    """Read one mail. Raises NotMail, and nothing else, for what is no mail at all."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    if not message.keys():
        raise NotMail("not_mail")
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=16).hexdigest()
    senders = _mailboxes(message, "from")
    references = str(message.get("references", "")).split()
    when = message.get("date")
    return Mail(
        message_id=str(message.get("message-id", "")).strip().strip("<>"),
        body_hash=digest,
        fingerprint=hashlib.blake2b(raw, digest_size=16).hexdigest(),
        sender=senders[0] if senders else Mailbox(""),
        reply_to=_mailboxes(message, "reply-to"),
        to=_mailboxes(message, "to"),
        cc=_mailboxes(message, "cc"),
        delivered_to=tuple(str(one) for one in message.get_all("delivered-to", [])),
        in_reply_to=tuple(one.strip("<>") for one in str(message.get("in-reply-to", "")).split()),
        references=tuple(one.strip("<>") for one in reversed(references)),
        subject=str(message.get("subject", "")),
        date=parsedate_to_datetime(str(when)) if when else None,
        text=text,
    )


def _mailboxes(message: email.message.EmailMessage, name: str) -> tuple[Mailbox, ...]:
    fields = [str(one) for one in message.get_all(name, [])]
    return tuple(Mailbox(address.lower(), said) for said, address in getaddresses(fields))
