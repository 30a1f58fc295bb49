"""Who sent a short message: a person's number, or a name that cannot be answered."""

from __future__ import annotations

from functools import lru_cache

from hub.domain.message import Address, Identity
from hub.phones import e164

_BETWEEN = " ()-."
"""What people write between the digits of a number."""
LONGEST_SHORT = 6
"""Digits of a service's number («900», «7733»)."""


@lru_cache(maxsize=4096)
def phone_of(said: str) -> str:
    """The number as E.164, empty where it is none: a name («Bank»), a service's number.

    Gateways leave the plus out: what has enough digits is read as international first, unless it
    begins as one dials within Russia.
    """
    said = "".join(char for char in said if char not in _BETWEEN)
    digits = said.removeprefix("+")
    if not digits.isascii() or not digits.isdigit() or len(digits) <= LONGEST_SHORT:
        return ""
    if len(digits) == 11 and digits[0] == "7":
        # Most of them: nothing is to be found out.
        return f"+{digits}"
    home = digits.startswith("8") and len(digits) == 11
    if len(digits) == 10:
        return e164(digits)
    if len(digits) < 10:
        return ""
    return (e164(digits) if home and not said.startswith("+") else "") or e164(f"+{digits}")


def sent_by(account: str, channel: str, said: str) -> tuple[Identity, Address]:
    """The identity behind a sender, and where an answer goes.

    The network vouches for a number. A name or a service's number is whatever its owner rented: it
    is known within the account alone, and its address says nowhere (`to` is empty).
    """
    if phone := phone_of(said):
        identity = Identity("phone", phone)
        return identity, Address(account, channel, phone, identity.key, f"{account}:{phone}")
    name = f"sms:{said.strip().lower() or 'unknown'}"
    identity = Identity("external", name, scope=account)
    return identity, Address(account, channel, "", identity.key, f"{account}:{name}")
