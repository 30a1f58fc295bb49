"""Providers whom the hub asks, or to whom it holds a line: what a chaos run wants of each."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.chaos.mailbox import Mailbox
from tests.chaos.residentapp import Apps
from tests.chaos.smscentre import SmsCentre
from tests.chaos.smsvendor import SmsVendor

PATIENCE = 300.0
BRIEF = 8.0
SHOWN = frozenset({"failed", "uncertain"})
"""Staff see of these that they may not have arrived."""


class Peer(Protocol):
    """One account. `said` is what residents wrote; `repeats`: so often something was told again;
    `role` is that of the process which holds the line."""

    kind: str
    account: str
    role: str
    said: set[str]

    @property
    def repeats(self) -> int: ...

    async def start(self) -> str:
        """Its `[[channel]]`."""

    async def stop(self) -> None: ...

    def held(self) -> bool:
        """Whether the hub has been here, and is to be killed now."""

    async def write(self, number: int) -> None:
        """A resident writes; returns when the provider has it."""

    def busy(self) -> bool:
        """Whether the hub is taking something just now, as far as the provider can tell."""

    def confirmed(self) -> bool:
        """Whether the hub took everything, as far as the provider can tell."""

    async def check(self, cases: Sequence[dict[str, Any]]) -> None:
        """What only this provider can count."""

    def times(self, name: str, text: str) -> int:
        """How often this answer came out here."""


def peers(rng: random.Random, urls: list[str], reply_url: str, secret: str) -> list[Peer]:
    """All that can be had on this machine; who is missing is named."""
    found: list[Peer] = [SmsCentre(rng), Apps(rng, urls, reply_url, secret), SmsVendor(rng)]
    missing = Mailbox.missing()
    if missing:
        print(f"chaos: no mails, since there is no {', '.join(missing)}")
    else:
        found.insert(1, Mailbox(rng))
    return found


async def until(seen: Callable[[], bool], what: object, seconds: float = PATIENCE) -> None:
    """Wait for it, not longer than so; `what` is said as it is then."""
    try:
        async with asyncio.timeout(seconds):
            while not seen():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not in {seconds:.0f} s: {what}") from None


@dataclass
class Writer:
    """The residents of one account."""

    peer: Peer
    stop: asyncio.Event
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def run(self, least: int, pace: float) -> None:
        """Write until `stop`, and so many messages at least."""
        for written in itertools.count():
            if written >= least and self.stop.is_set():
                return
            await asyncio.sleep(pace)
            await self.peer.write(next(self.numbers))

    async def rush(self, count: int) -> None:
        """Write all of these at once."""
        await asyncio.gather(*(self.peer.write(next(self.numbers)) for _ in range(count)))

    async def busy(self) -> None:
        """Wait until the hub is in the middle of it; not for long, since it may be down."""
        with suppress(TimeoutError):
            async with asyncio.timeout(BRIEF):
                while not self.peer.busy():
                    await asyncio.sleep(0.002)


def answers_came(peer: Peer, cases: Sequence[dict[str, Any]]) -> dict[str, int]:
    """What staff answered came out once, or is shown as something that may not have. Returns how
    many fared so."""
    states: dict[str, int] = {}
    for case in cases:
        for entry in case["whole"]:
            ours = entry.get("direction") == "out" and entry.get("account") == peer.account
            if not ours or entry.get("automatic"):
                continue
            state = entry["delivery"]["state"]
            times = peer.times(f"{case['_id']}-{entry['seq']}", entry["text"])
            assert times <= 1, f"{peer.kind}: {entry['text']} came {times} times"
            assert times or state in SHOWN, f"{peer.kind}: {entry['text']} is {state}, never came"
            states[state] = states.get(state, 0) + 1
    return states
