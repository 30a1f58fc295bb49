"""An operator's centre by SMPP: it delivers again whatever nobody confirmed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hub.sms import udh
from tests.chaos.doors import RESIDENTS
from tests.peers.sms.centre import Centre

TABLE = """
[[channel]]
id = "centre"
kind = "smpp"
host = "127.0.0.1"
port = {port}
system_id = "hub"
password = "Sesame26"
sender = "UKDOM"
"""
LONG = "нет горячей воды второй день, из крана идёт ржавая вода, просим прислать сантехника"
UDHI = 0x40


class SmsCentre:
    """See tests.chaos.peers. A repeat is a delivery that was not confirmed the first time."""

    kind, account, role = "smpp", "centre", "bots"

    def __init__(self, rng: random.Random) -> None:
        self.said: set[str] = set()
        self._rng = rng
        self._centre = Centre()

    @property
    def repeats(self) -> int:
        return self._centre.repeated

    async def start(self) -> str:
        await self._centre.start()
        return TABLE.format(port=self._centre.port)

    async def stop(self) -> None:
        await self._centre.stop()

    def held(self) -> bool:
        return self._centre.bound > 0

    async def write(self, number: int) -> None:
        """Every fourth one is long; its parts come in any order."""
        said = {"source_addr": f"791600001{number % RESIDENTS + 11}", "destination_addr": "1234"}
        text = f"по SMPP {number}"
        pieces, head = [text.encode("utf-16-be")], {}
        if number % 4 == 3:
            text = f"{text}: {LONG}"
            data = text.encode("utf-16-be")
            cut = [data[at : at + 134] for at in range(0, len(data), 134)]
            ref = number % 256
            pieces = [udh.header(ref, len(cut), at) + one for at, one in enumerate(cut, 1)]
            head = {"esm_class": UDHI}
            self._rng.shuffle(pieces)
        for piece in pieces:
            self._centre.deliver(**said, **head, data_coding=8, short_message=piece)
        self.said.add(text)

    def busy(self) -> bool:
        return self._centre.waiting > 0 and self._centre.bound > 0

    def confirmed(self) -> bool:
        return self._centre.waiting == 0

    async def check(self, cases: Sequence[dict[str, Any]]) -> None:
        """The line was cut by kills, and bound again."""
        assert self._centre.binds > 1

    def times(self, name: str, text: str) -> int:
        """By its words: a centre is told nothing else."""
        return Counter(one.data.decode("utf-16-be", "replace") for one in self._centre.submitted)[
            text
        ]
