"""A hub in many processes, its stores, and all providers around it."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path

import channels
from bots.emulator.server import BotAccount, Emulator, Person
from hub.domain.staff import Group
from hub.embedded.keeper import Keeper
from hub.store.codec import document
from tests.chaos import verify
from tests.chaos.doors import OWN, RESIDENTS, Door, doors
from tests.chaos.fleet import Fleet
from tests.chaos.peers import Peer, peers
from tests.chaos.traffic import SECRET, Receiver
from tests.support.messenger.server import MaxServer
from tests.support.messenger.state import MaxPerson
from tests.support.phone import Phone
from tests.support.ports import free_port
from tests.support.processes import command, environment, ready

RESIDENT_BOT = BotAccount(token="7100000001:chaos-residents", username="dom_bot", name="Дом")
STAFF_BOT = BotAccount(token="7100000002:chaos-staff", username="smena_bot", name="Смена")
OPERATOR = 900
CONFIG = """
[[channel]]
id = "residents"
kind = "telegram"
token = "{resident}"
api = "{api}"

[[channel]]
id = "site"
kind = "http"
secret = "{secret}"
reply_url = "{reply}"

[[bot]]
id = "staff"
roles = ["operator", "executor"]
token = "{staff}"
api = "{api}"

[limits]
fetch_allowlist = ["127.0.0.1"]
"""


def _person(id: int, name: str, bot: BotAccount) -> Person:
    return Person(
        id=id,
        first_name=name,
        last_name="",
        username=f"p{id}",
        phone="",
        role_hint="",
        bot_username=bot.username,
    )


class Stage:
    """`async with` it; then all processes run and the operator has come in."""

    def __init__(self, folder: Path, rng: random.Random, phones: int, twins: int) -> None:
        self.phones = [5000 + at for at in range(phones)]
        people = [_person(id, f"Житель{id}", RESIDENT_BOT) for id in self.phones]
        self._operator = _person(OPERATOR, "Эмма", STAFF_BOT)
        self._emulator = Emulator([RESIDENT_BOT, STAFF_BOT], [*people, self._operator])
        self._messenger = MaxServer(
            "of-a-trial-alone",
            [MaxPerson(700_000_000 + at, f"М{at}", "", "") for at in range(RESIDENTS)],
        )
        self.receiver = Receiver(rng)
        self.keeper = Keeper(folder / "stores", frozenset({"mongo", "redis"}))
        self.urls: list[str] = []
        self.doors: list[Door] = []
        self.peers: list[Peer] = []
        self.api = self.token = self.mongo = ""
        self._folder = folder
        self._rng = rng
        self._twins = twins
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Stage:
        async with AsyncExitStack() as stack:
            tables = await self._providers(stack)
            (self._folder / "hub.toml").write_text(tables)
            record = await self.keeper.begin()
            keeping = asyncio.create_task(self.keeper.keep())
            stack.push_async_callback(self.keeper.end)
            stack.push_async_callback(_ended, keeping)
            self.mongo = record.mongo_url
            self._env = environment(
                HUB_CONFIG=str(self._folder / "hub.toml"),
                HUB_DATA_DIR=str(self._folder / "data"),
                HUB_MONGO_URL=record.mongo_url,
                HUB_REDIS_URL=record.redis_url,
            )
            self.fleet = Fleet(self._env, self._folder)
            stack.push_async_callback(self.fleet.stop)
            await self._hub()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _providers(self, stack: AsyncExitStack) -> str:
        """All of them are up; returns the settings with every account."""
        self.api = await self._emulator.start()
        stack.push_async_callback(self._emulator.stop)
        reply = await self.receiver.start()
        stack.push_async_callback(self.receiver.stop)
        self.doors = doors({"max": {"api": await self._messenger.start()}})
        stack.push_async_callback(self._messenger.stop)
        self.peers = peers(self._rng, self.urls, reply, SECRET)
        tables = [one.table for one in self.doors]
        for peer in self.peers:
            stack.push_async_callback(peer.stop)
            tables.append(await peer.start())
        kinds = {one.kind for one in self.doors} | {one.kind for one in self.peers} | OWN
        left = set(channels.trials()) - kinds
        assert left <= {"email"}, f"nothing flows through {sorted(left)}"
        own = CONFIG.format(
            resident=RESIDENT_BOT.token,
            staff=STAFF_BOT.token,
            api=self.api,
            secret=SECRET,
            reply=reply,
        )
        return "\n".join([*tables, own])

    async def _hub(self) -> None:
        await command(self._env, "init")
        for at in range(self._twins):
            port = free_port()
            self.urls.append(f"http://127.0.0.1:{port}")
            self.fleet.add(f"web{at}", "web", "--port", str(port))
            for role in ("bots", "worker", "scheduler"):
                self.fleet.add(f"{role}{at}", role)
        hired = ("emma", "--role", "operator", "--name", "Эмма", "--group", "dispatch")
        await command(self._env, "staff", "add", *hired, given="chaos-password\n")
        # A phone hears one message a second: what else comes in is led by others.
        others = [one.account for one in self.doors] + [one.account for one in self.peers]
        group = Group(id="others", name="Другие", accounts=others)
        await verify.put(self.mongo, "groups", document(group))
        link = (await command(self._env, "staff", "link", "emma")).split()[-1]
        scopes = ("--scope", "cases:read", "--scope", "cases:write")
        self.token = (await command(self._env, "token", "add", "chaos", *scopes)).split()[-1]
        for url in self.urls:
            await ready(url)
        async with Phone(self.api, OPERATOR, STAFF_BOT.username) as phone:
            await phone.start(link.rpartition("start=")[2])


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
