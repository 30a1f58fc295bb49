"""Which parts are what the mail says, and which are files."""

from __future__ import annotations

import re

import msgspec

from channels.email.wire import flowed, html, limits, tnef
from channels.email.wire.charsets import decode, tidy
from channels.email.wire.files import MailFile, attached, named
from channels.email.wire.headers import split, unbase64
from channels.email.wire.parts import Count, Part, unuuencode
from channels.email.wire.subjects import read as read_subject

_META = re.compile(rb"<meta[^<>]{1,300}?charset\s*=\s*[\"']?([\w:.+-]{1,40})", re.IGNORECASE)
_UU = re.compile(
    r"^begin [0-7]{3,4} ([^\n]{1,200})\n((?:[ -`]{1,90}\n)*?)(?:`|[ ])?\n?end[ ]*$", re.M
)
_DATA = re.compile(
    rb"data:image/(png|jpeg|gif|webp|bmp)\s?;\s?base64\s?,([A-Za-z0-9+/=\r\n]++)", re.IGNORECASE
)
_REPORTED = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        # The head of the mail that a report is about.
        "text/rfc822-headers",
        "message/rfc822-headers",
    }
)
_SHOWN = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/x-markdown"})


class Words(msgspec.Struct):
    """A piece of the text: plain, HTML, or both where the mail has it twice."""

    plain: str = ""
    html: str = ""


class Body(msgspec.Struct):
    """What the parts hold."""

    words: list[Words]
    files: list[MailFile]
    problems: list[str]
    mails: list[bytes]

    @property
    def has_html(self) -> bool:
        return any(one.html for one in self.words)

    def text(self) -> str:
        """All of it as plain text."""
        said = [_best(one) for one in self.words]
        return "\n\n".join(one for one in said if one.strip())

    def markup(self) -> str:
        """All of it as HTML; empty if no part is."""
        if not self.has_html:
            return ""
        return "\n".join(one.html or html.from_plain(one.plain) for one in self.words)


def read(root: Part, count: Count) -> Body:
    """Sort the parts of a mail."""
    body = Body(words=[], files=[], problems=count.problems, mails=[])
    _take(root, body, root)
    return body


def _take(part: Part, body: Body, root: Part) -> None:
    if part.mime == "multipart/alternative" and part.parts:
        _alternative(part, body, root)
    elif part.parts:
        for one in part.parts:
            _take(one, body, root)
    elif part.mime in _REPORTED:
        return
    elif part.mime in {"message/rfc822", "message/global"}:
        _mail(part, body)
    elif tnef.is_tnef(part):
        _winmail(part, body)
    elif _is_text(part, body, root):
        body.words.append(_words(part, body))
    elif part.mime == "application/applefile" or part.mime.startswith("multipart/"):
        return
    else:
        _file(attached(part, len(body.files) + 1), body)


def _alternative(part: Part, body: Body, root: Part) -> None:
    """The same said several times: plain and HTML belong together."""
    inner = Body(words=[], files=body.files, problems=body.problems, mails=body.mails)
    for one in part.parts:
        if one.mime == "text/calendar":
            _file(attached(one, len(body.files) + 1), body)
        else:
            _take(one, inner, root)
    plain = "\n\n".join(one.plain for one in inner.words if one.plain.strip() and not one.html)
    marked = "\n".join(one.html for one in inner.words if one.html)
    plain = plain or "\n\n".join(one.plain for one in inner.words if one.plain.strip())
    if plain or marked:
        body.words.append(Words(plain, marked))


def _is_text(part: Part, body: Body, root: Part) -> bool:
    if part.disposition == "attachment" or len(body.words) >= limits.TEXT_PARTS:
        return False
    if part.mime in _SHOWN:
        # A text with a name is a file, unless it is the whole mail.
        return not part.name or part is root
    # An invitation that came alone is for a calendar; nobody reads it as text.
    return part is root and part.mime.startswith("text/") and part.mime != "text/calendar"


def _words(part: Part, body: Body) -> Words:
    data = part.data()
    if part.mime == "text/html":
        data = _DATA.sub(lambda found: _pasted(found, body), data)
    if len(data) > limits.TEXT_BYTES:
        body.problems.append("text_cut")
        data = data[: limits.TEXT_BYTES]
    label = part.charset
    if part.mime == "text/html" and not label:
        found = _META.search(data[:4096])
        label = found[1].decode("latin-1") if found is not None else ""
    said = decode(data, label)
    if said.problem:
        body.problems.append(said.problem)
    if "\0" in said.text:
        body.problems.append("nul")
    words = tidy(said.text)
    if part.mime == "text/html":
        return Words("", words)
    if part.mime in {"text/enriched", "text/richtext"}:
        return Words(html.plain(words.replace("<<", "&lt;")), "")
    if part.params.get("format", "").lower() == "flowed":
        words = flowed.joined(words, delsp=part.params.get("delsp", "").lower() == "yes")
    return Words(_unpacked(words, body), "")


def _pasted(found: re.Match[bytes], body: Body) -> bytes:
    """A picture that stands within the HTML itself becomes a file that it refers to."""
    number = len(body.files) + 1
    name = f"pasted-{number}"
    mime = f"image/{found[1].decode().lower()}"
    data = unbase64(found[2])
    one = MailFile(name=named("", mime, number), mime=mime, data=data, content_id=name, inline=True)
    _file(one, body)
    return f"cid:{name}".encode()


def _unpacked(words: str, body: Body) -> str:
    """Files that old programs put into the text (uuencode)."""
    if "\nend" not in words or "begin " not in words:
        return words

    def taken(found: re.Match[str]) -> str:
        name = named(found[1], "", len(body.files) + 1)
        data = unuuencode(found[2].encode("ascii", "replace"))
        _file(MailFile(name=name, mime="application/octet-stream", data=data), body)
        return ""

    return _UU.sub(taken, words)


def _mail(part: Part, body: Body) -> None:
    """A mail within the mail: a file, named by its subject."""
    data = part.data()
    fields, _ = split(data[: limits.HEADERS])
    name = part.name or read_subject(fields.text("subject")).words[:100].replace("/", " ")
    body.mails.append(data)
    _file(
        MailFile(
            name=named(name, "message/rfc822", len(body.files) + 1),
            mime="message/rfc822",
            data=data,
            content_id=part.content_id,
        ),
        body,
    )


def _winmail(part: Part, body: Body) -> None:
    packed = tnef.unpack(part.data(), len(body.files) + 1)
    if packed is None:
        body.problems.append("tnef_broken")
        _file(attached(part, len(body.files) + 1), body)
        return
    for one in packed.files:
        _file(one, body)
    if not body.text().strip() and (packed.text.strip() or packed.html.strip()):
        body.words.append(Words(tidy(packed.text), tidy(packed.html)))


def _file(one: MailFile, body: Body) -> None:
    if len(body.files) < limits.FILES:
        body.files.append(one)
    elif "files_cut" not in body.problems:
        body.problems.append("files_cut")


def _best(one: Words) -> str:
    """The plain text, unless it is empty or only says that there is HTML."""
    if one.html and (not one.plain.strip() or _excuse(one.plain)):
        return html.plain(one.html)
    return one.plain


def _excuse(plain: str) -> bool:
    said = " ".join(plain.lower().split())
    return (
        len(said) < 300
        and ("html" in said)
        and any(
            word in said for word in ("support", "view", "client", "поддерж", "просм", "formatted")
        )
    )
