"""winmail.dat: what Outlook packs into one part (MS-OXTNEF).

Read here, since a length or a count in these bytes is a stranger's word: every step takes bytes
that are there, so broken and hostile packs end soon.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from channels.email.wire import limits
from channels.email.wire.charsets import codec, decode, tidy
from channels.email.wire.files import MailFile, named
from channels.email.wire.parts import Part

_SIGNATURE = b"\x78\x9f\x3e\x22"
_BODY, _DATA, _TITLE = 0x800C, 0x800F, 0x8010
_RENDERING, _PROPERTIES, _ATTACHMENT, _CODEPAGE = 0x9002, 0x9003, 0x9005, 0x9007
_P_BODY, _P_HTML, _P_CPID = 0x1000, 0x1013, 0x3FDE
_P_OBJECT, _P_SHORT, _P_LONG, _P_MIME, _P_CID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
# Property types: bytes of the fixed ones (padded to four), and those that name their length.
_FIXED = {1: 0, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_STRING, _UNICODE, _OBJECT, _BINARY = 30, 31, 13, 258
_MULTI, _NAMED = 0x1000, 0x8000


class Packed(msgspec.Struct, frozen=True):
    """What was in it. `html` and `text` may be empty."""

    files: tuple[MailFile, ...]
    text: str = ""
    html: str = ""


class _Opened(msgspec.Struct):
    """One attachment while its pieces come."""

    title: bytes = b""
    data: bytes = b""
    held: dict[int, bytes | str] = {}


def is_tnef(part: Part) -> bool:
    """Whether a part is such a pack."""
    return part.mime in {"application/ms-tnef", "application/vnd.ms-tnef"} or (
        part.mime == "application/octet-stream" and part.name.lower() == "winmail.dat"
    )


def unpack(data: bytes, number: int) -> Packed | None:
    """Open it; None if it is no such pack: then it stays a file. `number` is that of the first
    file in it."""
    if len(data) > limits.TNEF or not data.startswith(_SIGNATURE):
        return None
    label, body, props = "cp1251", b"", dict[int, bytes | str]()
    found: list[_Opened] = []
    for name, value in _objects(data):
        if name == _CODEPAGE and len(value) >= 2:
            label = codec(f"cp{struct.unpack_from('<H', value)[0]}") or label
        elif name == _BODY:
            body = value
        elif name == _PROPERTIES:
            props.update(_properties(value))
        elif name == _RENDERING:
            if len(found) >= limits.FILES:
                break
            found.append(_Opened(held={}))
        elif found and name == _TITLE:
            found[-1].title = value
        elif found and name == _DATA:
            found[-1].data = value
        elif found and name == _ATTACHMENT:
            found[-1].held.update(_properties(value))
    files = tuple(_file(one, number + at, label) for at, one in enumerate(found))
    cpid = props.get(_P_CPID, b"")
    page = struct.unpack_from("<H", cpid)[0] if isinstance(cpid, bytes) and len(cpid) >= 2 else 0
    inner = {65001: "utf-8", 20866: "koi8-r", 28595: "iso8859-5"}.get(page) or codec(f"cp{page}")
    return Packed(
        files,
        _said(props.get(_P_BODY, body), inner or label),
        _said(props.get(_P_HTML, b""), inner or label),
    )


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 11 <= len(data):
        name, length = struct.unpack_from("<xHxxI", data, at)
        yield name, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(data: bytes) -> dict[int, bytes | str]:
    """By number. A broken one ends the list, and what came before it stands."""
    found: dict[int, bytes | str] = {}
    at = 4
    try:
        while at + 4 <= len(data):
            kind, name = struct.unpack_from("<HH", data, at)
            at += 4
            if name >= _NAMED:
                how, length = struct.unpack_from("<16xII", data, at)
                at += 24 + (_padded(length) if how else 0)
            multi, kind = bool(kind & _MULTI), kind & ~_MULTI
            count = 1
            if multi or kind not in _FIXED:
                (count,) = struct.unpack_from("<I", data, at)
                at += 4
            if kind in _FIXED:
                found.setdefault(name, data[at : at + _FIXED[kind]])
                at += _FIXED[kind] * count
                continue
            for _ in range(count):
                value, at = _value(data, at, kind)
                found.setdefault(name, value)
    except struct.error:
        return found
    return found


def _value(data: bytes, at: int, kind: int) -> tuple[bytes | str, int]:
    if kind not in {_STRING, _UNICODE, _OBJECT, _BINARY}:
        raise struct.error("unknown type")
    (length,) = struct.unpack_from("<I", data, at)
    start, at = at + 4, at + 4 + _padded(length)
    held = data[start : start + length]
    return (held.decode("utf-16-le", "replace") if kind == _UNICODE else held), at


def _padded(length: int) -> int:
    return length + -length % 4


def _file(one: _Opened, number: int, label: str) -> MailFile:
    name = next((one.held[p] for p in (_P_LONG, _P_SHORT) if one.held.get(p)), one.title)
    mime = _said(one.held.get(_P_MIME, b""), label).strip().lower()
    content = one.held.get(_P_OBJECT, b"")
    return MailFile(
        name=named(_said(name, label), mime, number),
        mime=mime if "/" in mime else "application/octet-stream",
        data=one.data or (content if isinstance(content, bytes) else b""),
        content_id=_said(one.held.get(_P_CID, b""), label).strip("<> "),
    )


def _said(value: bytes | str, label: str) -> str:
    if isinstance(value, bytes):
        value = decode(value[: limits.TEXT_BYTES].rstrip(b"\0"), label, rescue=False).text
    return tidy(value[: limits.TEXT_BYTES].rstrip("\0"))
