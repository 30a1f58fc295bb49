"""Header fields: found, unfolded, decoded. Lenient in everything, linear in all sizes."""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

import msgspec

from channels.email.wire import limits
from channels.email.wire.charsets import decode, tidy

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_WORD = re.compile(rb"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
_ID = re.compile(rb"<([^<>]{1,998})>")
_BARE_ID = re.compile(rb"[^\s<>,;]{1,400}@[^\s<>,;]{1,400}")
_PARAM = re.compile(rb"""[;\s]\s*+([^=;\s"]{1,100})\s*+=\s*+("(?:[^"\\]|\\.)*+"|[^;"]*+)""", re.S)
# Windows puts whole paths here, whose backslashes escape nothing.
_ESCAPED = re.compile(rb"\\([\"\\])")
_COMMON = frozenset(
    b"from to cc subject date message-id received return-path content-type mime-version reply-to "
    b"content-transfer-encoding references in-reply-to x-mailer delivered-to sender".split()
)


class Fields(msgspec.Struct):
    """The fields of a mail or of a part, by lower-case name, in order, as bytes without folds."""

    held: dict[str, list[bytes]] = {}
    problems: list[str] = []

    def raw(self, name: str) -> bytes:
        """The first one, or nothing."""
        found = self.held.get(name)
        return found[0] if found else b""

    def all(self, name: str) -> list[bytes]:
        """Every one of this name."""
        return self.held.get(name, [])

    def text(self, name: str) -> str:
        """The first one, decoded, on one line."""
        return text(self.raw(name))


# A mail has at least one of these; anything may look like «word: words».
_TELLING = frozenset(
    {"from", "to", "subject", "date", "message-id", "received", "return-path", "delivered-to"}
    | {"sender", "cc", "bcc", "mime-version", "content-type", "reply-to", "x-original-to"}
)


def of_a_mail(fields: Fields) -> bool:
    """Whether these are a mail's fields, and not just bytes that look like some."""
    return bool(fields.held.keys() & _TELLING)


def split(data: bytes) -> tuple[Fields, bytes]:
    """Fields and body. No fields at all: everything is body."""
    fields = Fields(held={}, problems=[])
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    start = len(data) - len(data.lstrip(b"\r\n \t"))
    if data.startswith((b"From ", b">From "), start):
        start = _line_end(data, start)
    at = start if _FIELD.match(data, start) else 0
    name, pieces, count = "", list[bytes](), 0
    body = len(data)
    while at < len(data):
        end = _line_end(data, at)
        line = data[at:end].rstrip(b"\r\n")
        if not line:
            body = end
            break
        if at > limits.HEADERS or count > limits.FIELDS:
            fields.problems.append("headers_cut")
            body = _after_blank(data, at)
            break
        found = _FIELD.match(line)
        if line[:1] in b" \t" and name:
            pieces.append(line)
        elif found is not None:
            _keep(fields, name, pieces)
            name, pieces, count = found[1].decode("ascii").lower(), [line[found.end() :]], count + 1
        elif name and _goes_on(data, end):
            fields.problems.append("header_broken")
            pieces.append(b" " + line)
        else:
            if name:
                fields.problems.append("header_broken")
            body = at
            break
        at = end
    _keep(fields, name, pieces)
    return fields, data[body:]


def _keep(fields: Fields, name: str, pieces: list[bytes]) -> None:
    if name:
        value = b"".join(pieces).strip()
        fields.held.setdefault(name, []).append(value[: limits.FIELD])


def _line_end(data: bytes, at: int) -> int:
    found = data.find(b"\n", at)
    return len(data) if found < 0 else found + 1


def _after_blank(data: bytes, at: int) -> int:
    found = re.compile(rb"\n\r?\n").search(data, at)
    return len(data) if found is None else found.end()


def _goes_on(data: bytes, at: int) -> bool:
    """Whether a well-known field follows: then the line before was folded by a bad program."""
    found = _FIELD.match(data, at)
    return found is not None and found[1].lower() in _COMMON


def text(raw: bytes, label: str = "") -> str:
    """A field's words (RFC 2047), decoded, on one line. `label` is for bytes that nobody marked."""
    return " ".join(tidy("".join(_words(raw, label))).split())


def _words(raw: bytes, label: str) -> Iterator[str]:
    """Neighbours in the same charset are joined before they are decoded: programs cut words within
    a character."""
    at = 0
    charset, encoded, held = "", b"", b""
    for found in _WORD.finditer(raw):
        between = raw[at : found.start()]
        said = found[1].partition(b"*")[0].decode("latin-1").lower()
        how, body = found[2].lower(), found[3]
        if held and not between.strip() and said == charset:
            if how == b"b" and encoded and not encoded.endswith(b"=") and len(encoded) % 4:
                # Cut within a group of four: the halves mean nothing alone.
                held = held[: len(held) - len(unbase64(encoded))] + unbase64(encoded + body)
                encoded += body
            else:
                held += unbase64(body) if how == b"b" else _unq(body)
                encoded = body if how == b"b" else b""
        else:
            yield decode(held, charset, rescue=False).text
            if between.strip() or not held:
                yield decode(between, label, rescue=False).text
            charset = said
            held = unbase64(body) if how == b"b" else _unq(body)
            encoded = body if how == b"b" else b""
        at = found.end()
    yield decode(held, charset, rescue=False).text
    yield decode(raw[at:], label, rescue=False).text


def _unq(body: bytes) -> bytes:
    return binascii.a2b_qp(body, header=True)


_BASE64 = string.ascii_letters.encode() + b"0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))


def unbase64(body: bytes) -> bytes:
    """What can be read of it; padding is mended, strange characters are passed over."""
    body = body.partition(b"=")[0].translate(None, _NOT_BASE64)
    body = body[: len(body) - 1] if len(body) % 4 == 1 else body
    return binascii.a2b_base64(body + b"=" * (-len(body) % 4))


def ids(raw: bytes) -> tuple[str, ...]:
    """Message ids in their order, without <> and without the folds some programs put within."""
    found = _ID.findall(raw[: limits.FIELD]) or _BARE_ID.findall(raw[: limits.FIELD])
    said = [b"".join(one.split()).decode("utf-8", "replace") for one in found]
    return tuple(tidy(one) for one in said[-limits.IDS :] if one)


def parameters(raw: bytes) -> tuple[str, dict[str, str]]:
    """«type/subtype; name=value»: the first part in lower case, and the parameters decoded."""
    raw = raw[: limits.STRUCTURED]
    head = re.split(rb"[;\s]", raw.lstrip(), maxsplit=1)[0]
    whole: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for found in _PARAM.finditer(raw):
        name = found[1].decode("latin-1").lower()
        value = _unquoted(found[2])
        base, star, rest = name.partition("*")
        if not star:
            whole.setdefault(name, text(value))
            continue
        number = rest.rstrip("*")
        where = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        pieces.setdefault(base, {})[where] = (value, name.endswith("*"))
    for base, parts in pieces.items():
        whole[base] = _continued(parts)
    return tidy(head.decode("latin-1")).lower(), whole


def _unquoted(value: bytes) -> bytes:
    value = value.strip()
    if len(value) >= 2 and value.startswith(b'"') and value.endswith(b'"'):
        return _ESCAPED.sub(rb"\1", value[1:-1])
    return value


def _continued(parts: dict[int, tuple[bytes, bool]]) -> str:
    """RFC 2231: pieces in their order; the first one names the charset."""
    label, whole = "", b""
    for place, (value, escaped) in sorted(parts.items()):
        if escaped and place == min(parts) and value.count(b"'") >= 2:
            said, _, value = value.split(b"'", 2)
            label = said.decode("latin-1")
        whole += unquote_to_bytes(value) if escaped else value
    return tidy(decode(whole, label, rescue=False).text)
