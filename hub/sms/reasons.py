"""Why a short message did not get there, as text keys (SMPP 3.4, 5.1.3 and appendix B)."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["sent", "delivered", "failed"]

_STATES: dict[str, tuple[State, str]] = {
    "ENROUTE": ("sent", ""),
    "ACCEPTD": ("sent", ""),
    "DELIVRD": ("delivered", ""),
    "EXPIRED": ("failed", "expired"),
    "DELETED": ("failed", "undelivered"),
    "UNDELIV": ("failed", "undelivered"),
    "UNKNOWN": ("failed", "undelivered"),
    "REJECTD": ("failed", "rejected"),
}
_STATUSES = {
    0x0A: "sender",
    0x0B: "number",
    0x33: "number",
    0x48: "sender",
    0x50: "number",
    0x01: "too_long",
    0x03: "unsupported",
    0x14: "rate_limit",
    0x58: "rate_limit",
    0x62: "expired",
}
LATER = frozenset({0x14, 0x58})
"""Statuses that ask for patience: queue full, throttled."""
TROUBLE = frozenset({0x08, 0x64, 0xFE})
"""Statuses of a centre that fails itself: the message is not refused."""


class Report(msgspec.Struct, frozen=True):
    """What a receipt says: `id` as the centre spells it there."""

    id: str
    state: State
    reason: str


def of_state(word: str) -> tuple[State, str]:
    """The `stat:` of a receipt. Centres invent words: those are no more than «on its way»."""
    return _STATES.get(word[:7].upper(), ("sent", ""))


def of_status(status: int) -> str:
    """The command status with which a message was refused."""
    return _STATUSES.get(status, "refused")


def receipt(text: str) -> Report | None:
    """Read «id:… sub:… dlvrd:… … stat:… err:… text:…»; None where it is none."""
    fields: dict[str, str] = {}
    for word in text.split():
        name, colon, value = word.partition(":")
        if colon and name.lower() not in fields:
            fields[name.lower()] = value
    if "id" not in fields or "stat" not in fields:
        return None
    state, reason = of_state(fields["stat"])
    return Report(fields["id"], state, reason)
