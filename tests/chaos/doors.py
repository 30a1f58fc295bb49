"""Every other channel that providers post to: its made-up input, repeated until it is kept."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
from yarl import URL

import channels
from hub.bench.doors import POSTED, account, table
from hub.domain.message import CallEvent
from hub.ports.channel import RawRequest, Receiver
from hub.ports.channel_build import Account
from tests.contract.channels.samples import deps

OWN = frozenset({"http", "telegram"})
"""These have traffic of their own."""
RESIDENTS = 6


def clock() -> datetime:
    """When what is written now is written."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Door:
    """One kind. `calls`: it tells of calls, not of words."""

    kind: str
    options: Mapping[str, object]
    calls: bool

    @property
    def account(self) -> str:
        return account(self.kind)

    @property
    def table(self) -> str:
        return table(self.kind, self.options)


def doors(instead: Mapping[str, Mapping[str, object]]) -> list[Door]:
    """All kinds that are posted to; `instead` are options for a kind's own."""
    found = []
    for kind, trial in sorted(channels.trials().items()):
        raw = trial.request(account(kind), 0, 0, "?", datetime.now(UTC))
        if kind in OWN or raw.method not in POSTED:
            continue
        options = {**trial.OPTIONS, **instead.get(kind, {})}
        channel = channels.build(Account(id=account(kind), kind=kind, options=options), deps())
        assert isinstance(channel, Receiver)
        channel.verify(raw)
        calls = any(isinstance(one, CallEvent) for one in channel.parse(raw))
        found.append(Door(kind, options, calls))
    return found


@dataclass
class Providers:
    """They post until the hub has it. `words` and `calls` are what it confirmed."""

    urls: list[str]
    doors: Sequence[Door]
    rng: random.Random
    words: set[str] = field(default_factory=set)
    calls: dict[str, int] = field(default_factory=dict)
    repeats: int = 0

    async def run(self, each: int, pace: float) -> None:
        todo = [(door, number) for number in range(each) for door in self.doors]
        self.rng.shuffle(todo)
        gate = asyncio.Semaphore(8)
        async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as group:
            for door, number in todo:
                await asyncio.sleep(pace)
                await gate.acquire()
                group.create_task(self._event(http, gate, door, number))

    async def _event(
        self, http: aiohttp.ClientSession, gate: asyncio.Semaphore, door: Door, number: int
    ) -> None:
        text = f"по каналу {door.kind} {number}"
        made = channels.trials()[door.kind].request(
            door.account, number, number % RESIDENTS, text, datetime.now(UTC)
        )
        times = 2 if self.rng.random() < 0.1 else 1
        self.repeats += times - 1
        try:
            await asyncio.gather(*(self._until_kept(http, made) for _ in range(times)))
        finally:
            gate.release()
        if door.calls:
            self.calls[door.account] = self.calls.get(door.account, 0) + 1
        else:
            self.words.add(text)

    async def _until_kept(self, http: aiohttp.ClientSession, raw: RawRequest) -> None:
        query = f"?{raw.query}" if raw.query else ""
        while True:
            url = URL(f"{self.rng.choice(self.urls)}{raw.path}{query}", encoded=True)
            try:
                async with http.request(
                    raw.method,
                    url,
                    data=raw.body or None,
                    headers=raw.headers,
                    timeout=aiohttp.ClientTimeout(total=10),
                ) as answer:
                    if answer.status < 300:
                        return
                    assert answer.status == 503, (raw.path, answer.status, await answer.text())
            except (aiohttp.ClientError, TimeoutError):
                pass
            await asyncio.sleep(0.05)


def each_call_once(calls: Sequence[Mapping[str, Any]], confirmed: Mapping[str, int]) -> None:
    """As many calls stand as were told of, each once."""
    stand: dict[str, set[str]] = {}
    for call in calls:
        names = stand.setdefault(str(call["account"]), set())
        assert call["call"] not in names, f"doubled call {call['call']} of {call['account']}"
        names.add(str(call["call"]))
    assert {kind: len(names) for kind, names in stand.items()} == dict(confirmed)
