"""One mail: what it says, whoever wrote it and however badly."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from channels.email.wire import automatic, bodies, dsn, html, limits, quotes, subjects
from channels.email.wire.addresses import Mailbox, Plus, mailboxes, plus
from channels.email.wire.dsn import Report
from channels.email.wire.files import MailFile
from channels.email.wire.headers import Fields, ids, of_a_mail, split, text
from channels.email.wire.parts import Count, tree

_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")


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
                  auto_reply, report, daemon, no_reply
    `bulk`        it comes from a list or a mass sending
    `forwarded`   the text is, as a whole or in part, somebody else's that was passed on
    `report`      it is a report about a mail of ours
    `problems`    keys of what is wrong with it, in order, each once: headers_cut, header_broken,
                  mime_broken, mime_too_deep, parts_cut, encoding_unknown, charset_unknown,
                  charset_lies, charset_broken, charset_guessed, nul, text_cut, html_cut, files_cut,
                  tnef_broken, no_sender, no_date, date_broken
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
    fields, rest = split(raw if b"\n" in raw else raw.replace(b"\r", b"\n"))
    if not of_a_mail(fields):
        raise NotMail("not_mail")
    problems = list(fields.problems)
    count = Count(problems=problems)
    root = tree(fields, rest, count)
    body = bodies.read(root, count)
    about = subjects.read(text(fields.raw("subject"), root.charset))
    who = _who(fields, problems)
    daemon = who.return_path == "" or automatic.is_daemon(who.sender.address)
    report = dsn.report(root, from_daemon=daemon)
    shown = _shown(body, problems)
    said = _said(body, about, problems, whole=report is not None)
    date = _date(fields, problems)
    reasons = automatic.reasons(
        fields,
        sender=who.sender.address,
        return_path=who.return_path,
        subject=about.words,
        report=report is not None or root.mime == "multipart/report",
    )
    own = (*ids(fields.raw("message-id")), "")[0]
    body_hash = _body_hash(body)
    written = text(fields.raw("date"))
    return Mail(
        message_id=own,
        body_hash=body_hash,
        fingerprint=_digest(own, who.sender.address, written, about.words, body_hash),
        sender=who.sender,
        reply_to=_everybody(fields, "reply-to"),
        return_path=who.return_path,
        to=who.to,
        cc=who.cc,
        delivered_to=who.delivered_to,
        plus=who.plus,
        in_reply_to=ids(fields.raw("in-reply-to")),
        references=ids(fields.raw("references"))[::-1],
        subject=about.words,
        prefixes=about.prefixes,
        numbers=about.numbers,
        date=date,
        text=said.text,
        quote=said.quote,
        html=shown.html,
        blocked=shown.blocked,
        files=tuple(body.files),
        automatic=reasons,
        bulk=automatic.listed(fields) or "bulk" in reasons,
        forwarded=said.forwarded,
        report=report,
        problems=tuple(dict.fromkeys(problems)),
    )


class _Who(msgspec.Struct, frozen=True, kw_only=True):
    sender: Mailbox
    return_path: str | None
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    delivered_to: tuple[str, ...]
    plus: tuple[Plus, ...]


def _who(fields: Fields, problems: list[str]) -> _Who:
    senders = mailboxes(fields.raw("from")) or mailboxes(fields.raw("sender"))
    sender = senders[0] if senders else Mailbox("")
    if not sender.address:
        problems.append("no_sender")
    to, cc = _everybody(fields, "to"), _everybody(fields, "cc")
    delivered = tuple(dict.fromkeys(_addresses(fields, _DELIVERED)))
    found = plus(delivered, envelope=True)
    found += plus((one.address for one in (*to, *cc)), envelope=False)
    return _Who(
        sender=sender,
        return_path=_return_path(fields),
        to=to,
        cc=cc,
        delivered_to=delivered,
        plus=tuple(found),
    )


def _shown(body: bodies.Body, problems: list[str]) -> html.Shown:
    markup = body.markup()
    shown = html.clean(markup) if markup else html.Shown("", 0, False)
    if shown.cut:
        problems.append("html_cut")
    return shown


def _said(
    body: bodies.Body, about: subjects.Subject, problems: list[str], *, whole: bool
) -> quotes.Split:
    """What was written and what was quoted. `whole`: nothing of it was written by a person, as in
    a report, which quotes what it is about."""
    said, lone = _words(body)
    if len(said) > limits.TEXT:
        problems.append("text_cut")
        said = said[: limits.TEXT]
    if whole:
        return quotes.Split(said.strip("\n"))
    passed_on = lone or (bool(about.prefixes) and about.prefixes[0] in subjects.FORWARDS)
    found = quotes.split(said, forward=passed_on)
    return msgspec.structs.replace(found, forwarded=found.forwarded or lone)


def _words(body: bodies.Body) -> tuple[str, bool]:
    """The text; where a mail only carries another one, that one's text and True."""
    said = body.text()
    if said.strip() or len(body.mails) != 1 or len(body.files) != 1:
        return said, False
    fields, rest = split(body.mails[0])
    count = Count(problems=[])
    inner = bodies.read(tree(fields, rest, count), count)
    return inner.text(), True


def _everybody(fields: Fields, name: str) -> tuple[Mailbox, ...]:
    return tuple(one for field in fields.all(name)[:20] for one in mailboxes(field))


def _addresses(fields: Fields, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        for one in _everybody(fields, name):
            if one.address:
                yield one.address


def _return_path(fields: Fields) -> str | None:
    if "return-path" not in fields.held:
        return None
    found = mailboxes(fields.raw("return-path"))
    return found[0].address if found else ""


def _date(fields: Fields, problems: list[str]) -> datetime | None:
    said = text(fields.raw("date")[:200])
    try:
        when = parsedate_to_datetime(said)
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
        # Offsets beyond a day and years beyond the calendar show when it is moved.
        when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        problems.append("date_broken" if said else "no_date")
        return None
    return when


def _body_hash(body: bodies.Body) -> str:
    """Of the words without their blanks, and of the files: ways of transport change the rest."""
    hashed = hashlib.blake2b(digest_size=16)
    for words in body.words:
        hashed.update("".join((words.plain or words.html).split()).encode())
        hashed.update(b"\0")
    for file in body.files:
        hashed.update(hashlib.blake2b(file.data, digest_size=16).digest())
    return hashed.hexdigest()


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
