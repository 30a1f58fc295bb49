"""How many short messages a text is, and where it is cut."""

from __future__ import annotations

from typing import Literal

import msgspec

from hub.sms import alphabet

ONE = {"gsm7": 160, "ucs2": 70}
"""Units of a message that is one part: septets, or UTF-16 code units."""
EACH = {"gsm7": 153, "ucs2": 67}
"""Units of each part of a longer one, which carries a header of six octets."""


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A text as short messages: `parts` of them, `used` of `room` units taken in all of them."""

    coding: Literal["gsm7", "ucs2"]
    parts: int
    used: int
    room: int


def fit(text: str) -> Fit:
    """Measure. An empty text is one empty part."""
    parts = split(text)
    coding: Literal["gsm7", "ucs2"] = coding_of(text)
    used = sum(_units(part, coding) for part in parts)
    room = ONE[coding] if len(parts) == 1 else EACH[coding] * len(parts)
    return Fit(coding=coding, parts=len(parts), used=used, room=room)


def coding_of(text: str) -> Literal["gsm7", "ucs2"]:
    """One character outside the alphabet makes the whole text UCS-2."""
    return "gsm7" if not text or alphabet.septets(text) else "ucs2"


def split(text: str) -> list[str]:
    """Cut into parts; neither an extended character nor an emoji is cut in two."""
    coding = coding_of(text)
    if _units(text, coding) <= ONE[coding]:
        return [text]
    parts: list[str] = []
    begun, used = 0, 0
    for at, char in enumerate(text):
        needs = _units(char, coding)
        if used + needs > EACH[coding]:
            parts.append(text[begun:at])
            begun, used = at, 0
        used += needs
    return [*parts, text[begun:]]


def _units(text: str, coding: str) -> int:
    if coding == "gsm7":
        return alphabet.septets(text)
    return len(text) + sum(char > "\uffff" for char in text)
