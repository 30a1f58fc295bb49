"""Text as every channel bears it: words, newlines and tabs, no control characters."""

from __future__ import annotations

import re

_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_HALVES = re.compile("[\ud800-\udfff]")


def is_plain(text: str) -> bool:
    """Whether `plain` would leave it as it is."""
    return _ODD.search(text) is None


def plain(text: str) -> str:
    """The text with every kind of line break as a newline, halves of characters as a sign that
    something stood there, and without the other control characters (C0, C1, DEL) but the tab."""
    if is_plain(text):
        return text
    return _HALVES.sub("\ufffd", _CONTROLS.sub("", _BREAKS.sub("\n", text)))


def plain_line(text: str) -> str:
    """The same for what is one line: a name, a subject."""
    return text if is_plain(text) and "\n" not in text else " ".join(plain(text).split("\n"))
