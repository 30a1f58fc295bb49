"""The tree of MIME parts. Found by boundaries, with limits on depth and number."""

from __future__ import annotations

import binascii
import re

import msgspec

from channels.email.wire import limits
from channels.email.wire.headers import Fields, parameters, split, text, unbase64

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,120}")
_GUESS = re.compile(rb"(?:\A|\n)--([^\r\n]{1,100}?)[ \t]*\r?\nContent-", re.I)
_REST = re.compile(rb"(--)?[ \t]*+(?=\r?\n|\r?\Z)")
"""What stands on a line after its boundary."""
_PLAIN = frozenset(
    {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "plain", "none", "ascii"}
)


_ENCODINGS = {
    "base64": ("base64", "base-64", "x-base64", "b64"),
    "quoted-printable": ("quoted", "qp"),
    "uuencode": ("x-uu", "uu"),
}


class Part(msgspec.Struct, kw_only=True):
    """One part: `raw` is its body as it came, `parts` what is within a multipart."""

    fields: Fields
    raw: bytes
    mime: str
    charset: str = ""
    params: dict[str, str] = {}
    disposition: str = ""
    name: str = ""
    content_id: str = ""
    encoding: str = ""
    parts: list[Part] = []

    def data(self) -> bytes:
        """The bytes that it carries, decoded."""
        return _decoded(self.raw, self.encoding)


class Count(msgspec.Struct):
    """How many parts were read so far, and what is wrong with them."""

    problems: list[str]
    parts: int = 0


def tree(fields: Fields, body: bytes, count: Count, depth: int = 0, digest: bool = False) -> Part:
    """The part with these fields and this body, and what is within it."""
    count.parts += 1
    mime, params = parameters(fields.raw("content-type"))
    if not _TYPE.fullmatch(mime):
        if mime:
            count.problems.append("mime_broken")
        mime = "message/rfc822" if digest else "text/plain"
    disposition, said = parameters(fields.raw("content-disposition"))
    name = said.get("filename", "") or params.get("name", "") or said.get("name", "")
    part = Part(
        fields=fields,
        raw=body,
        mime=mime,
        charset=params.get("charset", "").partition(" ")[0],
        params=params,
        disposition=disposition,
        name=name,
        content_id=text(fields.raw("content-id")[:1000]).strip("<> "),
        encoding=_encoding(fields, count),
        parts=[],
    )
    if mime.startswith("multipart/"):
        _open(part, count, depth)
    return part


def _encoding(fields: Fields, count: Count) -> str:
    said = text(fields.raw("content-transfer-encoding")[:200]).lower()
    said = re.split(r"[;\s(]", said, maxsplit=1)[0].strip("\"'")
    if said in _PLAIN:
        return ""
    for name, starts in _ENCODINGS.items():
        if said.startswith(starts):
            return name
    count.problems.append("encoding_unknown")
    return ""


def _open(part: Part, count: Count, depth: int) -> None:
    if depth >= limits.DEPTH:
        count.problems.append("mime_too_deep")
        part.mime = "application/octet-stream"
        return
    body = part.raw
    pieces = _pieces(body, part.params.get("boundary", "").encode("utf-8", "replace"))
    if not pieces and part.encoding:
        # No multipart may be encoded as a whole; some are.
        body = part.data()
        pieces = _pieces(body, part.params.get("boundary", "").encode("utf-8", "replace"))
    if not pieces:
        guess = _GUESS.search(body)
        pieces = _pieces(body, guess[1]) if guess is not None else []
        count.problems.append("mime_broken")
    if not pieces:
        part.mime = "text/plain"
        return
    digest = part.mime == "multipart/digest"
    for start, end in pieces:
        if count.parts >= limits.PARTS:
            count.problems.append("parts_cut")
            break
        fields, inner = split_part(body[start:end])
        part.parts.append(tree(fields, inner, count, depth + 1, digest))


def split_part(data: bytes) -> tuple[Fields, bytes]:
    """Fields and body of a part, which may have no fields at all."""
    if data.startswith((b"\n", b"\r\n")):
        return Fields(held={}, problems=[]), data.partition(b"\n")[2]
    return split(data)


def _pieces(body: bytes, boundary: bytes) -> list[tuple[int, int]]:
    boundary = boundary.rstrip()
    if not boundary:
        return []
    mark = b"--" + boundary
    pieces: list[tuple[int, int]] = []
    start, at = -1, body.find(mark)
    while at >= 0:
        found = _REST.match(body, at + len(mark)) if body[at - 1 : at] in (b"\n", b"") else None
        if found is None:
            at = body.find(mark, at + 1)
            continue
        if start >= 0:
            pieces.append((start, _trimmed(body, start, at - 1)))
        if found[1]:
            return pieces
        start = body.find(b"\n", found.end())
        start = len(body) if start < 0 else start + 1
        if len(pieces) > limits.PARTS:
            return pieces
        at = body.find(mark, found.end())
    if start >= 0:
        # The end is missing: the connection broke, or somebody cut the mail.
        pieces.append((start, len(body)))
    return pieces


def _trimmed(body: bytes, start: int, end: int) -> int:
    """The line break before a boundary belongs to the boundary."""
    end = max(start, end)
    return end - 1 if end > start and body[end - 1 : end] == b"\r" else end


def _decoded(raw: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return unbase64(raw)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(raw)
    if encoding == "uuencode":
        return unuuencode(raw)
    return raw


def unuuencode(raw: bytes) -> bytes:
    """The bytes between `begin` and `end`; what is broken is left out."""
    _, begin, rest = (b"\n" + raw).partition(b"\nbegin ")
    lines = rest.partition(b"\n")[2].splitlines() if begin else raw.splitlines()
    out: list[bytes] = []
    for line in lines:
        if line.strip() in (b"end", b"`"):
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            if line:
                # Longer than it says, as old encoders make it.
                size = (((line[0] - 32) & 63) * 4 + 5) // 3
                try:
                    out.append(binascii.a2b_uu(line[:size]))
                except binascii.Error:
                    continue
    return b"".join(out)
