"""Names by which our own mails are found again: plus addresses and Message-IDs that only we can
have made. Each holds the case (and the entry of its thread) and a short signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

import msgspec

from hub.domain.message import Outbound, stable_id

SIGNS = 10
"""Signs of five bits: nobody guesses one by trying, since every try is a mail."""
_TOKEN = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)-([a-z2-7]{10})")
_ID = re.compile(r"(\d{1,15}-[a-z0-9-]{1,40})\.([a-z2-7]{10})@.+", re.S)
_SLUG = re.compile(r"\d{1,15}-[a-z0-9-]{1,40}")
_ENTRY = re.compile(r"\d+-\d+")


class Ours(msgspec.Struct, frozen=True):
    """What a name of ours stands for: a case, and which answer of its thread (empty: none)."""

    case: int
    out: str = ""


class Names:
    """`address` is the mailbox; plus addresses are made of it."""

    def __init__(self, secret: bytes, address: str) -> None:
        self._key = hashlib.sha256(b"email\x00" + secret).digest()
        self.address = address
        self._local, _, self.domain = address.rpartition("@")

    def plus(self, case: int, out: str = "") -> str:
        """The address at which an answer to the case (or a report on `out`) comes back."""
        number, _, entry = out.partition("-")
        said = f"{number}.{entry}" if _ENTRY.fullmatch(out) else str(case)
        return f"{self._local}+{said}-{self._sign(said)}@{self.domain}"

    def read_plus(self, token: str) -> Ours | None:
        """What the token of a plus address stands for, if we made it."""
        found = _TOKEN.fullmatch(token.lower())
        if found is None or not self._signed(found[1], found[2]):
            return None
        number, dot, entry = found[1].partition(".")
        return Ours(int(number), f"{number}-{entry}" if dot else "")

    def message_id(self, out: Outbound) -> str:
        """The same for the same Outbound.id; without <>."""
        slug = out.id if _SLUG.fullmatch(out.id) else f"{out.case}-x{stable_id(out.id)[:16]}"
        return f"{slug}.{self._sign(slug)}@{self.domain}"

    def read_id(self, message_id: str) -> Ours | None:
        """What a Message-ID stands for, if we made it."""
        found = _ID.fullmatch(message_id.strip("<> "))
        if found is None or not self._signed(found[1], found[2]):
            return None
        number = int(found[1].partition("-")[0])
        return Ours(number, found[1] if _ENTRY.fullmatch(found[1]) else "") if number else Ours(0)

    def is_ours(self, address: str) -> bool:
        """Whether this is our mailbox, whatever stands behind a plus."""
        local, _, domain = address.lower().rpartition("@")
        return f"{local.partition('+')[0]}@{domain}" == self.address.lower()

    def _sign(self, said: str) -> str:
        digest = hmac.new(self._key, said.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode()[:SIGNS].lower()

    def _signed(self, said: str, sign: str) -> bool:
        return hmac.compare_digest(self._sign(said), sign)
