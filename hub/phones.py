"""Phone numbers as people type them, in one form."""

from __future__ import annotations

import re

import phonenumbers

SHORTEST = 10
"""Digits of a national number; what an exchange writes shorter is an extension or a service."""
_SCHEME = re.compile(r"(sips?|tel):", re.IGNORECASE)
_WRITTEN = re.compile(r"\+?[0-9 ().-]{1,40}")


def e164(text: str, region: str = "RU") -> str:
    """Return the number as E.164 («+79161234567»), empty if `text` is no possible number.

    Without a leading «+» the number is read as one of `region` («8 916 …» in Russia).
    """
    text = text.strip()
    if not 5 <= len(text) <= 40:
        return ""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def from_exchange(said: object, region: str = "RU") -> str:
    """Return as E.164 what a telephone exchange calls a number; empty if it names no subscriber.

    Exchanges write numbers as text or as whole numbers, with the country's code and without «+»,
    and may wrap them («sip:79161234567@host», «tel:+7916…»). Hidden numbers («anonymous»),
    extensions and SIP users are no subscribers.
    """
    if isinstance(said, bool) or not isinstance(said, str | int):
        return ""
    text = str(said).strip()
    if scheme := _SCHEME.match(text):
        text = text[scheme.end() :].partition("@")[0].partition(";")[0]
    if not _WRITTEN.fullmatch(text):
        return ""
    digits = "".join(char for char in text if char in "0123456789")
    if len(digits) < SHORTEST:
        return ""
    national = len(digits) == SHORTEST or (len(digits) == SHORTEST + 1 and digits[0] == "8")
    if not text.startswith("+") and (national or digits.startswith("810")):
        return e164(digits, region)
    return e164(f"+{digits.removeprefix('00')}", region)
