"""A vendor of short messages whose list is asked for again and again (MTS Exolve)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.chaos.doors import RESIDENTS, clock
from tests.support.smsvendors import Exolve

SENDER = "79990000000"
TABLE = f"""
[[channel]]
id = "list"
kind = "exolve"
api_key = "{Exolve.API_KEY}"
sender = "{SENDER}"
api = "%s"
"""
SEND, LIST = "/messaging/v1/SendSMS", "/messaging/v1/GetList"


class SmsVendor:
    """See tests.chaos.peers. It lists everything at every look: repeats are not counted."""

    kind, account, role = "exolve", "list", "bots"
    repeats = 0

    def __init__(self, rng: random.Random) -> None:
        self.said: set[str] = set()
        self._rng = rng
        self._vendor = Exolve()

    async def start(self) -> str:
        await self._vendor.__aenter__()
        # It looks every 15 seconds: let the first look find something.
        self._incoming("из списка первое", 0)
        return TABLE % self._vendor.url

    async def stop(self) -> None:
        if self._vendor.url:
            await self._vendor.__aexit__()

    def held(self) -> bool:
        return self._vendor.looked > 0

    async def write(self, number: int) -> None:
        """Now and then the list cannot be had, or the word about an answer is lost."""
        text = f"из списка {number}"
        self._incoming(text, number)
        dice = self._rng.random()
        # One at a time: each time in a row it is waited for longer.
        if dice < 0.05 and not self._vendor.faults.get(LIST):
            self._vendor.fail(LIST, status=503)
        elif dice < 0.1 and not self._vendor.faults.get(SEND):
            self._vendor.fail(SEND, cut=True, after=True)

    def _incoming(self, text: str, number: int) -> None:
        who = f"791600002{number % RESIDENTS:02}"
        self._vendor.incoming(who, text, SENDER, date=clock().isoformat())
        self.said.add(text)

    def busy(self) -> bool:
        """It looks when it likes."""
        return True

    def confirmed(self) -> bool:
        """Nobody confirms anything here."""
        return True

    async def check(self, cases: Sequence[dict[str, Any]]) -> None:
        """Whoever came after the killed one asked as well."""
        assert self._vendor.looked > 1

    def times(self, name: str, text: str) -> int:
        """By its words."""
        return Counter(one["text"] for one in self._vendor.sent)[text]
