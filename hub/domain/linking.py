"""A code that proves that a telephone or a mailbox is somebody's: sent there, typed elsewhere."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta

import msgspec

DIGITS = 6
LASTS = timedelta(minutes=10)
TRIES = 5
"""Guesses at one code."""

_WRITTEN = re.compile(r"[\d\s\-–.]{6,20}")


class Code(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A code that is awaited; of a contact (`id`) there is one at a time. `identity` is the key of
    what it was sent to; the digits themselves are not kept, only what proves them. `tries` counts
    guesses."""

    id: str = msgspec.field(name="_id")
    identity: str
    salt: str
    proof: bytes
    tries: int = 0
    expires_at: datetime

    def right(self, digits: str) -> bool:
        """Whether these are the digits; takes as long whatever they are."""
        return hmac.compare_digest(self.proof, proof(digits, self.salt))


def proof(digits: str, salt: str) -> bytes:
    """What is kept of a code."""
    return hashlib.blake2b(digits.encode(), key=salt.encode()[:64]).digest()


def digits_of(random: str) -> str:
    """Six digits made of a random id, every code as likely as any other."""
    drawn = int.from_bytes(hashlib.blake2b(random.encode(), digest_size=16).digest())
    return f"{drawn % 10**DIGITS:0{DIGITS}}"


def written(text: str) -> str:
    """The digits of a message that says six digits and nothing else; empty for any other."""
    if not _WRITTEN.fullmatch(text.strip()):
        return ""
    found = re.sub(r"\D", "", text)
    return found if len(found) == DIGITS and found.isascii() else ""
