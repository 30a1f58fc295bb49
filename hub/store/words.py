"""Words by which cases and contacts are found: stems, numbers and the ends of phone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

from hub.domain.case import Case
from hub.domain.contact import Contact
from hub.domain.thread import Entry

MOST = 400
"""Words kept for one document: what a person would still search by, not a whole book."""
LONGEST = 40
SHORTEST = 3
TAILS = (10, 7, 4)
"""So many last digits of a phone find it: national number, local number, what people remember."""

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_stemmer = snowballstemmer.stemmer("russian")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The part of a lower-case word that its forms share («трубы», «трубой» → «труб»).

    Stemming goes on until nothing changes: the stem of «подвале» is «подвал», which as a word of
    its own has another stem, and both must meet.
    """
    stemmed: str = _stemmer.stemWord(word)
    return word if stemmed == word or len(stemmed) < SHORTEST else stem(stemmed)


def words(text: str) -> list[str]:
    """The different stems of a text in the order of their first appearance.

    Words of one or two letters (prepositions, particles) stand in every text: they find nothing.
    """
    lower = text.lower().replace("ё", "е")
    found = (word for word in _WORD.findall(lower) if word.isdigit() or len(word) >= SHORTEST)
    found = (word for word in found if len(word) <= LONGEST)
    return list(dict.fromkeys(stem(word) for word in found))


def phone_words(phone: str) -> list[str]:
    """The forms in which a phone number is looked for."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    if len(digits) < 4:
        return []
    return list(dict.fromkeys([digits, *(digits[-tail:] for tail in TAILS if len(digits) >= tail)]))


def phone_word(phone: str) -> str:
    """The one form to look a typed number (or its end) up by; empty if it is too short."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    return next((digits[-tail:] for tail in TAILS if len(digits) >= tail), "")


def query(text: str) -> list[str]:
    """What to look up for a typed query: every one of these must be there."""
    compact = re.sub(r"[\s()\-+]", "", text)
    if compact.isdigit() and len(compact) >= 7:
        return [phone_word(compact)]
    return words(text)[:8]


def case_words(case: Case) -> list[str]:
    """By what a case is found, but for its thread."""
    parts = [case.contact.name, case.premises, case.subject, case.text]
    return [str(case.number), *phone_words(case.contact.phone), *words(" ".join(parts))]


def entry_words(entries: Iterable[Entry]) -> list[str]:
    """By what the case of these entries is found."""
    return words(" ".join(f"{entry.subject} {entry.text}" for entry in entries))


def contact_words(contact: Contact) -> list[str]:
    """By what a contact is found: name, flat, e-mail, every phone it is known by. Nobody looks for
    the number that a messenger gave somebody."""
    phones = [contact.phone]
    others = [contact.name, contact.premises, contact.email]
    for known in contact.identities:
        kind, _, value = known.key.partition(":")
        if kind == "phone":
            phones.append(value)
        elif kind == "email":
            others.append(value)
    found = [word for phone in phones for word in phone_words(phone)]
    return list(dict.fromkeys([*found, *words(" ".join(others))]))[:MOST]


def joined(held: Iterable[str], added: Iterable[str]) -> list[str]:
    """Both, each word once, no more than are kept."""
    return list(dict.fromkeys([*held, *added]))[:MOST]
