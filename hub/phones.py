"""Phone numbers as people type them, in one form."""

from __future__ import annotations

import phonenumbers


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
