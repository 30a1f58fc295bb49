"""Houses, and how residents say where they live."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from hub.domain.message import stable_id

LINK = "h_"
"""How the payload of a house's deep link begins; the house's code follows."""
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Signs of a code: none that are taken for each other on paper."""
CODE = 7

_FLAT = re.compile(
    r"(?:(?P<word>[^\W\d_]{1,12})\s*\.?\s*)?[№#]?\s*"
    r"(?P<number>\d{1,5})\s*(?P<more>[-/]\s*\d{1,3}|[-/]?\s*[^\W\d_])?\s*\.?",
)


class House(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A building, or one entrance of it. `code` stands in its link and is never given to another
    house, so a house is never deleted: one that is not `active` is no longer found by it."""

    code: str = msgspec.field(name="_id")
    rev: int = 0
    address: str
    entrance: str = ""
    active: bool = True
    created_at: datetime
    updated_at: datetime

    @property
    def payload(self) -> str:
        """What a deep link to this house carries."""
        return f"{LINK}{self.code}"


def within(place: str, address: str) -> bool:
    """Whether a place is this house, an entrance or a flat of it."""
    return place == address or place.startswith(f"{address},")


def code_of(payload: str) -> str:
    """The house's code in the payload of a deep link, empty if it is none."""
    code = payload.removeprefix(LINK) if payload.startswith(LINK) else ""
    return code if len(code) == CODE and set(code) <= set(ALPHABET) else ""


def new_code(ident: str) -> str:
    """A code made of an id that nobody can guess."""
    number, signs = int(stable_id("house", ident), 16), []
    for _ in range(CODE):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def read_flat(text: str, words: frozenset[str]) -> str:
    """The number of a flat if `text` says nothing else («12», «кв. 12а»); `words` are those that
    may stand before it."""
    found = _FLAT.fullmatch(text.strip())
    if found is None or (found["word"] and found["word"].lower() not in words):
        return ""
    return found["number"] + re.sub(r"\s", "", found["more"] or "")
