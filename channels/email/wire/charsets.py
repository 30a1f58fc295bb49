"""Bytes → text, whatever their label says. Labels lie, are unknown, or are missing."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

import charset_normalizer
import msgspec

from channels.email.wire import cyrillic


class Decoded(msgspec.Struct, frozen=True):
    """Text, and the key of what was wrong: charset_unknown, charset_lies, charset_broken,
    charset_guessed; empty if all was well."""

    text: str
    problem: str = ""


_LABEL = re.compile(r"[a-z0-9_.:+()$-]{1,40}")
# As browsers read them: the label's superset, and how programs misspell it.
_ALIASES = {
    "iso-8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "koi8r": "koi8-r",
    "koi-8": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "win-1251": "cp1251",
    "cp-1251": "cp1251",
    "windows1251": "cp1251",
    "windows-cp1251": "cp1251",
    "x-cp1251": "cp1251",
    "ansi": "cp1251",
    "cp-866": "cp866",
    "dos-866": "cp866",
    "x-cp866": "cp866",
    "ibm-866": "cp866",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "x-utf-8": "utf-8",
    "utf": "utf-8",
    "unicode": "utf-16",
    "ucs-2": "utf-16",
}
# No label at all, in effect.
_NOTHING = frozenset({"", "unknown-8bit", "unknown", "x-unknown", "default", "us-ascii", "ascii"})
_WESTERN = frozenset({"cp1252", "iso8859-15", "mac-roman", "cp850", "cp437"})
_STATEFUL = ("utf-16", "utf-32", "utf-7", "iso2022", "hz")


def decode(data: bytes, label: str = "", *, rescue: bool = True) -> Decoded:
    """Decode bytes that claim to be `label`. `rescue`: ask the slow guesser where all else fails.

    Never fails; what cannot be decoded is U+FFFD.
    """
    name = codec(label)
    marked = _by_mark(data)
    if marked is not None:
        return marked
    wide = None if name else _wide(data)
    if wide is not None:
        return Decoded(wide, _unknown(label, name) or "charset_guessed")
    if data.isascii() and not name.startswith(_STATEFUL):
        if b"\x1b$" in data or b"\x1b(J" in data:
            escaped = _strict(data, "iso2022_jp")
            if escaped is not None:
                return Decoded(escaped, "charset_lies")
        return Decoded(data.decode("ascii"), _unknown(label, name))
    if name == "utf-7" and not data.isascii():
        # It has no such bytes.
        name, label = "", "x-utf-7"
    if not name:
        guessed = _guess(data, rescue)
        return Decoded(guessed, "charset_unknown" if _unknown(label, name) else "charset_guessed")
    text = _strict(data, name)
    if text is None:
        return _broken(data, name, rescue)
    better = _lies(data, name, text)
    return Decoded(text) if better is None else Decoded(better, "charset_lies")


@lru_cache(maxsize=256)
def codec(label: str) -> str:
    """The codec's own name; empty if there is no such text encoding or the label says nothing."""
    said = label.strip().strip("\"'").lower()
    said = _ALIASES.get(said, said)
    if said in _NOTHING or not _LABEL.fullmatch(said):
        return ""
    try:
        found = codecs.lookup(said)
    except (LookupError, ValueError):
        return ""
    # Some codecs make bytes of bytes (base64), or text that is not of letters.
    if not getattr(found, "_is_text_encoding", True) or "escape" in found.name:
        return ""
    return "" if found.name in {"idna", "punycode", "undefined"} else found.name


def tidy(text: str) -> str:
    """Newlines as \\n, without NUL, control characters and halves of surrogate pairs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


_CONTROLS: dict[int, str | None] = dict.fromkeys({*range(32), 0x7F, 0xFEFF} - {9, 10, 13})
_CONTROLS |= {0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}


def _unknown(label: str, name: str) -> str:
    said = label.strip().strip("\"'").lower()
    return "charset_unknown" if not name and said not in _NOTHING else ""


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError):
        return None


def _by_mark(data: bytes) -> Decoded | None:
    if data.startswith(codecs.BOM_UTF8):
        text = _strict(data, "utf-8-sig")
        return Decoded(text) if text is not None else None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and len(data) > 2:
        text = _strict(data, "utf-16")
        # The same two bytes are letters in one-byte charsets: only believe what reads as text.
        if text is not None and _readable(text):
            return Decoded(text)
    return None


def _readable(text: str) -> bool:
    shown = text[: cyrillic.SAMPLE]
    odd = sum(1 for one in shown if not one.isprintable() and not one.isspace())
    strange = sum(1 for one in shown if ord(one) > 0x2FFF)
    return odd * 10 <= len(shown) and strange * 2 <= len(shown)


def _broken(data: bytes, name: str, rescue: bool) -> Decoded:
    """The label is known, but some bytes do not fit it."""
    utf8 = _strict(data, "utf-8")
    if utf8 is not None:
        return Decoded(utf8, "charset_lies")
    better = cyrillic.guess(data) if name in cyrillic.CHARSETS or name in _WESTERN else ""
    if better:
        return Decoded(data.decode(better, "replace"), "charset_lies")
    text = data.decode(name, "replace")
    lost = text.count("\ufffd")
    foreign = sum(1 for one in text[: 64 * 1024] if one > "\x7f")
    if lost * 8 <= foreign or (name.startswith("utf-16") and lost <= 2):
        return Decoded(text, "charset_broken")
    return Decoded(_guess(data, rescue), "charset_lies")


def _lies(data: bytes, name: str, text: str) -> str | None:
    """What the bytes really say, if the one-byte label fits only because it fits everything."""
    ours = name in cyrillic.CHARSETS
    if not ours and not name.startswith(("cp12", "iso8859", "koi8")) and name not in _WESTERN:
        return None
    utf8 = _strict(data, "utf-8")
    if utf8 is not None and (not ours or _written_in_cyrillic(utf8)):
        return utf8
    if name in _WESTERN:
        better = cyrillic.guess(data)
    else:
        better = cyrillic.against(name, data) if ours else ""
    return data.decode(better, "replace") if better else None


def _written_in_cyrillic(text: str) -> bool:
    """Two letters of a one-byte charset may be one of UTF-8 by chance, but not a Cyrillic one."""
    foreign = [one for one in text[: cyrillic.SAMPLE] if one > "\x7f"]
    return sum("\u0400" <= one <= "\u04ff" for one in foreign) * 2 > len(foreign)


def _guess(data: bytes, rescue: bool) -> str:
    utf8 = _strict(data, "utf-8")
    if utf8 is not None:
        return utf8
    russian = cyrillic.guess(data)
    if russian:
        return data.decode(russian, "replace")
    broken = data.decode("utf-8", "replace")
    foreign = sum(1 for one in broken[: 64 * 1024] if one > "\x7f")
    if broken.count("\ufffd") * 8 <= foreign:
        return broken
    head = data[: cyrillic.SAMPLE]
    if rescue and cyrillic.high(data) * 20 >= len(head):
        found = charset_normalizer.from_bytes(head, steps=3, chunk_size=512).best()
        name = codec(found.encoding) if found is not None else ""
        if name:
            return data.decode(name, "replace")
    return data.decode("cp1252", "replace")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark shows by zeros (Latin) or fours (Cyrillic) at every second byte."""
    head = data[: cyrillic.SAMPLE]
    if len(head) < 4:
        return None
    for name, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        high = head[at::2]
        if (high.count(0) + high.count(4)) * 10 >= len(high) * 9:
            return data.decode(name, "replace")
    return None
