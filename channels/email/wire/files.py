"""What is attached."""

from __future__ import annotations

import mimetypes
import re

import msgspec

from channels.email.wire.parts import Part

_LONGEST = 150
# What turns the order of letters round: «gpj.exe» would be shown as «exe.jpg».
_UNSEEN = re.compile(r"[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_SUFFIX = {"message/rfc822": ".eml", "image/jpeg": ".jpg", "text/plain": ".txt"}


class MailFile(msgspec.Struct, frozen=True, kw_only=True):
    """One attached file with its bytes, decoded.

    `name` has no path, no control characters and is never empty. `content_id` (without <>) is by
    what `cid:` in the HTML refers to it; `inline` means that it is shown within the text. A mail
    that is attached to the mail is a file `*.eml` of type message/rfc822.
    """

    name: str
    mime: str
    data: bytes
    content_id: str = ""
    inline: bool = False


def attached(part: Part, number: int) -> MailFile:
    """A part as a file; `number` names what has no name."""
    return MailFile(
        name=named(part.name, part.mime, number),
        mime=part.mime,
        data=part.data(),
        content_id=part.content_id,
        inline=part.disposition == "inline" or (bool(part.content_id) and not part.disposition),
    )


def named(said: str, mime: str, number: int) -> str:
    """A name that is safe to show and to save under."""
    name = _UNSEEN.sub("", said).replace("\\", "/").rpartition("/")[2].strip(" .")
    suffix = (
        _SUFFIX.get(mime)
        or (".txt" if mime.startswith("text/x-") else "")
        or mimetypes.guess_extension(mime, strict=False)
        or ".bin"
    )
    if not name:
        return f"file-{number}{suffix}"
    if mime == "message/rfc822" and not name.lower().endswith(".eml"):
        name = f"{name}.eml"
    if len(name) > _LONGEST:
        stem, dot, end = name.rpartition(".")
        keep = f".{end}" if dot and len(end) <= 10 else ""
        name = f"{(stem if keep else name)[: _LONGEST - len(keep)]}{keep}"
    return name
