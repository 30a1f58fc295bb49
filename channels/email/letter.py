"""What is to be said → a mail: text and HTML from templates/email, pictures in place, files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address as Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import msgspec

from channels.email.names import Names
from hub.domain.message import Outbound, OutboundFile
from hub.ports.texts import Texts

SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
REFERENCES = 12
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_PREFIX = re.compile(r"\s*re\s*:", re.IGNORECASE)


class BadAddress(Exception):
    """Nothing can be sent to this address."""


class Loaded(msgspec.Struct, frozen=True):
    """A file with its bytes."""

    file: OutboundFile
    data: bytes


class Picture(msgspec.Struct, frozen=True):
    """A picture within the text, by the name that the HTML calls it."""

    cid: str
    name: str


class Writer:
    """Writes the mails of one mailbox. `sender` is the name beside its address."""

    def __init__(self, names: Names, sender: str, texts: Texts | None, *, plus: bool) -> None:
        self._names = names
        self._sender = sender
        self._texts = texts
        self._plus = plus

    def write(self, out: Outbound, files: Sequence[Loaded], at: datetime) -> bytes:
        """The mail. Raises BadAddress."""
        mail = EmailMessage(policy=SMTP)
        mail["Message-ID"] = f"<{self._names.message_id(out)}>"
        mail["Date"] = format_datetime(at)
        mail["From"] = Header(self._sender, addr_spec=self._names.address)
        mail["To"] = recipient(out.to.to)
        if out.case and self._plus:
            mail["Reply-To"] = Header(self._sender, addr_spec=self._names.plus(out.case))
        before = list(
            dict.fromkeys(one for one in (*out.references, out.in_reply_to) if "@" in one)
        )
        mail["Subject"] = self._subject(out, answers=bool(before))
        if before:
            mail["In-Reply-To"] = f"<{before[-1]}>"
            mail["References"] = " ".join(f"<{one}>" for one in before[-REFERENCES:])
        if out.automatic:
            mail["Auto-Submitted"] = "auto-replied"
            mail["X-Auto-Response-Suppress"] = "All"
        self._fill(mail, out, files)
        return mail.as_bytes()

    def _subject(self, out: Outbound, *, answers: bool) -> str:
        subject = " ".join(out.subject.split())
        if self._texts is None:
            return subject
        return self._texts.render(
            "email/subject",
            out.language or "ru",
            subject=subject,
            case=out.case,
            answers=answers and not _PREFIX.match(subject),
        )

    def _fill(self, mail: EmailMessage, out: Outbound, files: Sequence[Loaded]) -> None:
        shown = [one for one in files if one.file.mime in SHOWN]
        pictures = [Picture(f"{one.file.id}@{self._names.domain}", one.file.name) for one in shown]
        said = {
            "text": out.text,
            "signature": out.signature,
            "case": out.case,
            "automatic": out.automatic,
        }
        if self._texts is None:
            mail.set_content(out.text)
        else:
            language = out.language or "ru"
            mail.set_content(self._texts.render("email/answer", language, **said))
            html = self._texts.html("email/answer_html", language, pictures=pictures, **said)
            mail.add_alternative(html, subtype="html")
            self._show(mail, shown, pictures)
        for one in files:
            if self._texts is None or one not in shown:
                kind, _, subtype = _type(one.file.mime)
                mail.add_attachment(
                    one.data, maintype=kind, subtype=subtype, filename=one.file.name
                )

    @staticmethod
    def _show(mail: EmailMessage, shown: Sequence[Loaded], pictures: Sequence[Picture]) -> None:
        html = mail.get_body(("html",))
        assert isinstance(html, EmailMessage)
        for one, picture in zip(shown, pictures, strict=True):
            kind, _, subtype = _type(one.file.mime)
            html.add_related(
                one.data,
                maintype=kind,
                subtype=subtype,
                cid=f"<{picture.cid}>",
                filename=one.file.name,
                disposition="inline",
            )


def recipient(address: str) -> Header:
    """The address as a header field takes it; domains in other alphabets are written in Latin.
    Raises BadAddress."""
    local, _, domain = address.rpartition("@")
    try:
        written = domain.encode("idna").decode("ascii")
        if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(written):
            raise BadAddress(address)
        return Header(username=local, domain=written)
    except (ValueError, IndexError):
        raise BadAddress(address) from None


def _type(mime: str) -> tuple[str, str, str]:
    """A multipart or a mail cannot be attached as bytes; it goes as a plain file."""
    kind, _, subtype = mime.partition("/")
    if not subtype or kind in {"multipart", "message"} or not mime.isascii():
        return "application", "/", "octet-stream"
    return kind, "/", subtype
