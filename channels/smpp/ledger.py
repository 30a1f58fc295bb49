"""Names for what a centre delivers: SMPP gives messages of phones none.

A centre that misses our answer delivers the same again, after a while or on the next connection:
that is a repeat. A resident who writes «Да» twice says it twice. So a message is named by what it
holds, by the stretch of time in which that came first, and by how many alike were confirmed before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels.smpp.pdu import Pdu

FORGET = timedelta(minutes=15)
LARGE = 20_000


@dataclass
class _Known:
    name: str
    stretch: int
    count: int
    session: int
    confirmed: bool
    at: datetime


class Ledger:
    """In memory: it only tells repeats apart, what is kept knows its names by itself."""

    def __init__(self) -> None:
        self._known: dict[bytes, _Known] = {}
        self._session = 0

    def begin(self) -> None:
        """Another connection begins."""
        self._session += 1

    def name(self, said: Pdu, now: datetime, stretch: int) -> str:
        """The name of what came now, in this stretch (channels.smpp.stretch). A repeat of what was
        not confirmed, or was confirmed on an earlier connection, has the name that it had."""
        digest = hashlib.blake2b(said.body, digest_size=16).digest()
        known = self._known.get(digest)
        if known is not None and now - known.at > FORGET:
            known = None
        if known is None:
            known = _Known("", stretch, 0, self._session, False, now)
        elif known.confirmed and known.session == self._session:
            known.count += 1
        known.name = f"{digest.hex()}:{known.stretch}:{known.count}"
        known.session, known.confirmed, known.at = self._session, False, now
        self._known[digest] = known
        if len(self._known) > LARGE:
            self._forget(now)
        return known.name

    def confirm(self, name: str) -> None:
        """The centre is told, in good time, that it was taken."""
        known = self._known.get(bytes.fromhex(name.partition(":")[0]))
        if known is not None and known.name == name:
            known.confirmed = True

    def _forget(self, now: datetime) -> None:
        self._known = {
            digest: known for digest, known in self._known.items() if now - known.at <= FORGET
        }
