"""An hour of silence, and then everybody at once: residents who write and ask, operators who ask.

Updates are delivered twice and backwards now and then, as the plan's faults say; by webhook the
store is away now and then, and answers are lost.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.counts import check_order, check_residents, every_case
from tests.simulation.day import Day, Plan
from tests.simulation.hooked import HookedProcess
from tests.simulation.loop import play
from tests.simulation.people import Someone
from tests.simulation.posting import Poster
from tests.simulation.process import Process
from tests.simulation.quiet import quiet
from tests.support.botworld import DOM, SHIFT

SILENCE = 3600.0
ENOUGH = 12 * 3600.0
"""Seconds after which whatever still waits waits for ever."""


@dataclass
class Aftermath:
    """What stands when everything is done, after so many seconds of the virtual clock. `posts`:
    answers to webhooks, by status. Lists are of what should not be."""

    updates: int = 0
    seconds: float = 0.0
    taken: int = 0
    cases: int = 0
    posts: dict[str, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    out_of_turn: list[str] = field(default_factory=list)
    said_twice: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> dict[str, list[str]]:
        """What should not be, by its name."""
        named = vars(self).items()
        return {name: value for name, value in named if isinstance(value, list) and value}


class Burst(Day):
    """Use `play_burst`."""

    FAULTS: tuple[str, ...] = ("double", "reorder")

    async def play_burst(self) -> Aftermath:
        """Silence, the burst, and all that follows from it."""
        found = Aftermath(updates=self.plan.messages)
        # Before any process has seen the store.
        turns = self._turns()
        with self.wire.laid():
            self.process = await self._process()
            await self._morning()
            await asyncio.sleep(SILENCE)
            turns.clear()
            for fault in self.FAULTS:
                self.world.faults.add(fault, share=self.plan.faults)
            asked = self._burst()
            began = asyncio.get_running_loop().time()
            while waiting := await self._waiting():
                await asyncio.sleep(10.0)
                found.seconds = asyncio.get_running_loop().time() - began
                if found.seconds > ENOUGH:
                    break
            found.waiting = waiting
            await self.process.kill()
        await self._look(found, asked)
        found.taken = sum(len(seqs) for seqs in turns.values())
        found.out_of_turn = [
            f"{lane}: {seqs}" for lane, seqs in turns.items() if seqs != sorted(set(seqs))
        ]
        return found

    def _burst(self) -> Counter[int]:
        """All of it in one instant; returns how often each chat asked for help."""
        asked: Counter[int] = Counter()
        for number in range(self.plan.messages):
            if number % 5 < 3:
                someone: Someone = self.rng.choice(self.residents)
                tag = self.ledger.tag("R", someone.now, someone.chat.id)
                someone.say(f"Нет воды {tag}")
                continue
            crowd: Sequence[Someone] = self.residents if number % 5 == 3 else self.operators
            someone = self.rng.choice(crowd)
            someone.say("/help")
            asked[someone.chat.id] += 1
        return asked

    def _turns(self) -> dict[str, list[int]]:
        """In which order the updates of each chat are done with."""
        turns: dict[str, list[int]] = defaultdict(list)
        done = self.store.inbox.done

        async def watched(ids: Sequence[str], now: datetime) -> Any:
            for one in ids:
                row = await self.store.inbox.get(one)
                if row is not None and row.state == "new":
                    turns[row.lane].append(int(row.external_id.partition(":")[2]))
            return await done(ids, now)

        self.store.inbox.done = watched  # type: ignore[method-assign]
        return turns

    async def _waiting(self) -> list[str]:
        store, ever = self.store, self.process.clock.now() + timedelta(days=365)
        bots = [bot.account.username for bot in self.world.bots.values() if len(bot.mailbox)]
        inbox = await store.inbox.stats(ever)
        found = [f"updates of {name}" for name in bots]
        found += [f"inbox {inbox['new']}"] if inbox["new"] else []
        found += [f"case {number}" for number in await store.cases.due(ever, 10**6)]
        return found + [f"letters {to}" for to in await store.letters.due(ever, 10**6)]

    async def _look(self, found: Aftermath, asked: Counter[int]) -> None:
        cases = await every_case(self)
        found.cases = len(cases)
        entries = [(case, entry) for case, thread in cases for entry in thread]
        found.lost, found.doubled = check_residents(self, entries)
        found.disordered = check_order(cases)
        helped: Counter[int] = Counter()
        cards: Counter[tuple[int, str]] = Counter()
        for call in self.wire.calls:
            if call.method != "sendMessage" or call.status != 200:
                continue
            if call.at >= SILENCE and ("/queue" in call.words or "/lang" in call.words):
                helped[call.chat] += 1
            if call.bot == DOM.token and "принято" in call.words:
                cards[call.chat, call.words] += 1
            if call.bot == SHIFT.token and "Новое обращение" in call.words:
                cards[call.chat, call.words] += 1
        found.said_twice = [f"{chat}: {words[:60]}" for (chat, words), n in cards.items() if n > 1]
        found.said_twice += [f"{chat}: help" for chat in helped if helped[chat] > asked[chat]]
        found.unanswered = [f"{chat}: help" for chat in asked if helped[chat] < asked[chat]]


class HookedBurst(Burst):
    """The same by webhooks. Use `play_burst`."""

    # What is posted out of order is kept so: a chat's updates come one after the other.
    FAULTS = ("double",)

    async def play_burst(self) -> Aftermath:
        found = await super().play_burst()
        await self.poster.stop()
        found.posts = dict(sorted(self.poster.heard.items()))
        return found

    def _pusher(self) -> Poster:
        rng = random.Random(self.rng.random())
        self.poster = Poster(self.world.clock, rng, self.plan.faults)
        return self.poster

    def _made(self, rng: random.Random) -> Process:
        away = self.plan.faults
        process = HookedProcess(self.store, self._budget, self._ids, rng, away)
        self.poster.door = process.posted
        return process

    async def _waiting(self) -> list[str]:
        left = self.poster.under_way
        return [f"updates to be posted: {left}"] if left else await super()._waiting()


async def burst(updates: int, *, seed: int = 1, webhook: bool = False) -> Aftermath:
    """So many updates in one instant."""
    plan = Plan(
        seed=seed, messages=updates, residents=updates // 8, executors=0, groups=0, faults=0.1
    )
    return await (HookedBurst if webhook else Burst)(plan).play_burst()


def main() -> int:
    """`python -m tests.simulation.burst [updates] [--webhook]`: the figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.burst", description=__doc__)
    parser.add_argument("updates", type=int, nargs="?", default=10_000)
    parser.add_argument("--webhook", action="store_true", help="posted instead of polled")
    parser.add_argument("--seed", type=int, default=1)
    asked, began = parser.parse_args(), time.monotonic()
    quiet()
    found = play(lambda: burst(asked.updates, seed=asked.seed, webhook=asked.webhook))
    wall, cpu = round(time.monotonic() - began, 1), round(time.process_time(), 1)
    body = {"wall_s": wall, "cpu_s": cpu, **asdict(found)}
    sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
