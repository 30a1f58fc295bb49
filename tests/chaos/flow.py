"""Everybody who writes and answers while the hub dies around them."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.chaos import verify
from tests.chaos.doors import Providers
from tests.chaos.kills import Killer
from tests.chaos.peers import Writer, answers_came, until
from tests.chaos.staff import Operator, Swiper
from tests.chaos.stage import OPERATOR, RESIDENT_BOT, STAFF_BOT, Stage
from tests.chaos.traffic import Site, Telegrams

Case = dict[str, Any]
RUSH = 8


@dataclass(frozen=True)
class Size:
    """How much of everything; `kills` come beside those that nobody is spared, `answers` are the
    least of an account."""

    site_residents: int
    site_each: int
    phones: int
    phone_each: int
    door_each: int
    peer_least: int
    peer_pace: float
    answers: int
    kills: int
    pace: float
    twins: int


@dataclass
class Watch:
    """Says what was reached, and when."""

    began: float = field(default_factory=time.monotonic)

    def __call__(self, what: str) -> None:
        print(f"chaos: {time.monotonic() - self.began:.0f} s, {what}")


class Flow:
    """Everybody who writes and answers."""

    def __init__(self, stage: Stage, rng: random.Random, size: Size, reached: Watch) -> None:
        self._stage = stage
        self._size = size
        self._reached = reached
        self._site = Site(stage.urls, rng)
        self._phones = Telegrams(stage.api, stage.phones, RESIDENT_BOT.username)
        self.providers = Providers(stage.urls, stage.doors, rng)
        accounts = ["site", "residents", *(one.account for one in stage.peers)]
        self._answers = Counter(dict.fromkeys(accounts, 0))
        self._operators = [
            Operator(stage.urls, stage.token, f"оператор{at}", rng, accounts, self._answers)
            for at in range(2)
        ]
        self._swiper = Swiper(stage.api, OPERATOR, STAFF_BOT.username)
        self._enough = asyncio.Event()
        self._writers = [Writer(peer, self._enough) for peer in stage.peers]
        self._writing = asyncio.TaskGroup()
        self._rushes = Counter[str]()
        self._stops = [self._swiper.stop, *(one.stop for one in self._operators)]

    @property
    def said(self) -> set[str]:
        """All that was confirmed to somebody."""
        peers = (peer.said for peer in self._stage.peers)
        own = {f"сообщение {name}" for name in self._site.confirmed} | set(self._phones.said)
        return own.union(self.providers.words, *peers)

    @property
    def repeats(self) -> dict[str, int]:
        """How often which provider told a thing again."""
        own = {"site": self._site.repeats, "posted": self.providers.repeats}
        return own | {peer.account: peer.repeats for peer in self._stage.peers}

    async def run(self, killer: Killer) -> None:
        """Until everybody has said what they had to say, and died as often as they had to."""
        size, peers = self._size, self._stage.peers
        async with self._writing as writing, asyncio.TaskGroup() as answering:
            for writer in self._writers:
                writing.create_task(writer.run(size.peer_least, size.peer_pace))
            for task in (
                self._site.run(size.site_residents, size.site_each, size.pace),
                self._phones.run(size.phone_each, size.pace),
                self.providers.run(size.door_each, size.pace),
            ):
                writing.create_task(task)
            for one in self._operators:
                answering.create_task(one.run(0.3))
            answering.create_task(self._swiper.run(0.5))
            await until(lambda: min(self._answers.values()) > 0, self._answers)
            self._reached("answers are given everywhere")
            await killer.everybody()
            self._reached("everybody was killed")
            for peer in peers:
                await until(peer.held, f"the hub comes back to {peer.kind}")
            self._reached("lines are held again")
            await killer.again()
            await killer.some(size.kills)
            self._enough.set()
            for peer in peers:
                await until(peer.confirmed, f"the hub has all of {peer.kind}")
            await until(lambda: min(self._answers.values()) >= size.answers, self._answers)
            for stop in self._stops:
                stop.set()
        self._reached("all was said")

    async def rush(self, role: str) -> None:
        """Much is written at once; returns when that role is in the middle of taking it."""
        held = [writer for writer in self._writers if writer.peer.role == role]
        if not held:
            return
        chosen = held[self._rushes[role] % len(held)]
        self._rushes[role] += 1
        for writer in held:
            self._writing.create_task(writer.rush(RUSH))
        await chosen.busy()

    async def answers(self, cases: list[Case]) -> dict[str, dict[str, int]]:
        """Every answer stands once, and came out once or is shown as doubtful; how they fared by
        account."""
        asked = await self._swiper.asked()
        given = {text for one in self._operators for text in one.answers}
        given |= set(self._swiper.answered)
        outcomes = verify.answers(cases, given - set(asked))
        print(f"chaos: asked about {[text for text in asked if text not in outcomes]}")
        accepted = self._stage.receiver.accepted
        arrived = {
            text
            for text, (name, state) in outcomes.items()
            if name in accepted or state in {"failed", "uncertain"}
        }
        to_site = verify.answered(cases, "site")
        assert set(to_site) <= arrived, f"never sent: {sorted(set(to_site) - arrived)[:5]}"
        states = {at: verify.counted(cases, at) for at in ("site", "residents")}
        for peer in self._stage.peers:
            await peer.check(cases)
            states[peer.account] = answers_came(peer, cases)
        return states
