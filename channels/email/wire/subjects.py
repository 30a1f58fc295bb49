"""Subjects: what stands before the words, and the numbers of cases within them."""

from __future__ import annotations

import re

import msgspec

FORWARDS = frozenset({"fwd", "fw", "wg", "tr", "rv", "enc", "пересылка", "пересл", "пд"})
# Prefixes of answers and of what is passed on, as programs of several languages write them.
# Outlook's Russian «НА:» comes in Latin letters as well.
_PREFIX = re.compile(
    r"\s*(re|aw|sv|vs|odp|ynt|rif|res|ref|antw|ha|на|ответ|отв"
    r"|fwd|fw|wg|tr|rv|enc|пересылка|пересл|пд)"
    r"\s?(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s?[:：]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\[#(\d{1,12})\]")
_LONGEST = 500


class Subject(msgspec.Struct, frozen=True):
    """`words` without prefixes and numbers."""

    words: str
    prefixes: tuple[str, ...]
    numbers: tuple[int, ...]


def read(said: str) -> Subject:
    """Take a decoded subject apart."""
    said = said[: 2 * _LONGEST]
    numbers = tuple(dict.fromkeys(int(one) for one in _NUMBER.findall(said)))
    words = " ".join(_NUMBER.sub(" ", said).split())
    prefixes: list[str] = []
    while found := _PREFIX.match(words):
        prefixes.append(found[1].lower())
        words = words[found.end() :].lstrip()
    return Subject(words[:_LONGEST], tuple(prefixes), numbers)
