"""Which of the Cyrillic charsets bytes are written in: told by how Russian they read."""

from __future__ import annotations

import re

# How likely each is before its bytes were looked at.
CHARSETS = {"cp1251": 1.0, "koi8-r": 1.0, "cp866": 0.95, "iso8859-5": 0.85, "mac-cyrillic": 0.75}
# How often a letter stands in Russian text, in a thousand.
# fmt: off
_OFTEN = dict(zip(
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    (
        110, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 14,
        12, 10, 9, 7, 6, 5, 4, 3, 3, 1, 1,
    ),
    strict=True,
))
# fmt: on
# Pairs of letters of which Russian words are made.
_PAIRS = frozenset(
    pair
    for line in (
        "ст но то на по ен ни ко ра ов ро го ли ос ре ер не пр во ка ом ол та ал ла ан ор от ат ет",
        "ел ти ва де од ес мо те ве ит ле ск ть об ил ви ри тр до ев ин за ми ло да ма ки тв ым ых",
        "ый ая ое ой ие ия ся ши же жи ча чт из ис им ны св сл со си се па пе см бы бу вы вс ди ду",
        "ту ут уд ур ус ру лу ну му ку зд дн нн сн зн ят ян яв пи хо ше че це ям ах ам ей ег ез ем",
    )
    for pair in line.split()
)
_PAIR = 45.0
_RUSSIAN = 30.0
SAMPLE = 4096
# So many letters must speak against a label that says that they are Russian; fewer ones louder.
_SURE, _FEW = 12, 5
_HIGH = re.compile(rb"[\x80-\xff]")
_RUN = re.compile(rb"[\x80-\xff]{3,}")


def high(data: bytes) -> int:
    """How many bytes of the beginning are beyond ASCII."""
    return len(_HIGH.findall(data[:SAMPLE]))


def guess(data: bytes) -> str:
    """The charset in which this is Russian; empty if words are not written in the upper half of the
    table, as no Western language does, or in none of them read as Russian."""
    head = data[:SAMPLE]
    count = high(data)
    letters = sum(1 for one in head if 65 <= one <= 90 or 97 <= one <= 122)
    # Accents stand alone.
    runs = len(_RUN.findall(head))
    if count < 2 or (letters and (count < 3 or not runs or (count * 2 < letters and runs < 5))):
        return ""
    name, score = _best(data)
    return name if score > _RUSSIAN else ""


def against(label: str, data: bytes) -> str:
    """The Cyrillic charset that this is written in, if its Cyrillic label is clearly wrong."""
    letters = high(data)
    if letters < _FEW:
        return ""
    name, score = _best(data)
    said = max(5.0, russian(_around_high(data).decode(label, "replace")))
    louder = 1.5 if letters >= _SURE else 4.0
    return name if name != label and score > max(_RUSSIAN, louder * said) else ""


def _best(data: bytes) -> tuple[str, float]:
    head = _around_high(data)
    scored = [
        (russian(head.decode(name, "replace")) * likely, name) for name, likely in CHARSETS.items()
    ]
    score, name = max(scored, key=lambda one: one[0])
    return name, score


def _around_high(data: bytes) -> bytes:
    found = _HIGH.search(data)
    at = max(0, found.start() - 16) if found is not None else 0
    return data[at : at + SAMPLE]


def russian(text: str) -> float:
    """How much the letters beyond ASCII look like Russian words: 50 and more if they are."""
    total, count, before = 0.0, 0, ""
    for one in text:
        if one > "\x7f":
            count += 1
            small = one.lower()
            weight = float(_OFTEN.get(small, -20))
            # A capital within a word is what a wrong table makes of small letters.
            if one.isupper():
                weight = -60.0 if before.islower() else weight * 0.8
            if before.lower() + small in _PAIRS:
                weight += _PAIR
            total += weight
        before = one
    return total / count if count else 0.0
