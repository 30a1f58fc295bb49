"""Messages flow while processes and stores are killed; at the end everything is counted.

The short form runs with every test; `make chaos` runs the long one (HUB_CHAOS=long).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots.emulator.server import BotAccount, Emulator, Person
from hub.embedded.keeper import Keeper
from tests.chaos import verify
from tests.chaos.doors import RESIDENTS, Providers, doors, each_call_once
from tests.chaos.fleet import Fleet
from tests.chaos.traffic import SECRET, Operator, Receiver, Site, Swiper, Telegrams
from tests.support.messenger.server import MaxServer
from tests.support.messenger.state import MaxPerson
from tests.support.processes import command, environment, ready
from tests.support.stores import free_port

RESIDENT_BOT = BotAccount(token="7100000001:chaos-residents", username="dom_bot", name="Дом")
STAFF_BOT = BotAccount(token="7100000002:chaos-staff", username="smena_bot", name="Смена")


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    site_residents: int
    site_each: int
    phones: int
    phone_each: int
    door_each: int
    kills: int
    pace: float
    twins: int


SHORT = Size(12, 8, 4, 6, 4, 6, 0.05, 1)
LONG = Size(60, 20, 40, 20, 30, 24, 0.03, 2)

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


@pytest.mark.chaos
async def test_nothing_is_lost_or_doubled_while_everything_is_killed(tmp_path: Path) -> None:
    size = LONG if os.environ.get("HUB_CHAOS") == "long" else SHORT
    seed = int(os.environ.get("HUB_CHAOS_SEED", "20261122"))
    rng = random.Random(seed)
    print(f"chaos: seed {seed}, {size}")
    people = [
        Person(
            id=5000 + at,
            first_name=f"Житель{at}",
            last_name="",
            username=f"r{at}",
            phone="",
            role_hint="",
            bot_username=RESIDENT_BOT.username,
        )
        for at in range(size.phones)
    ]
    operator = Person(
        id=900,
        first_name="Эмма",
        last_name="",
        username="emma",
        phone="",
        role_hint="",
        bot_username=STAFF_BOT.username,
    )
    emulator = Emulator([RESIDENT_BOT, STAFF_BOT], [*people, operator])
    api = await emulator.start()
    receiver = Receiver(rng)
    reply_url = await receiver.start()
    others = [MaxPerson(700_000_000 + at, f"М{at}", "", "") for at in range(RESIDENTS)]
    messenger = MaxServer("of-a-trial-alone", others)
    rest = doors({"max": {"api": await messenger.start()}})
    tables = "".join(one.table for one in rest)
    (tmp_path / "hub.toml").write_text(
        tables
        + CONFIG.format(
            resident=RESIDENT_BOT.token,
            staff=STAFF_BOT.token,
            api=api,
            secret=SECRET,
            reply=reply_url,
        )
    )
    keeper = Keeper(tmp_path / "stores", frozenset({"mongo", "redis"}))
    record = await keeper.begin()
    keeping = asyncio.create_task(keeper.keep())
    env = environment(
        HUB_CONFIG=str(tmp_path / "hub.toml"),
        HUB_DATA_DIR=str(tmp_path / "data"),
        HUB_MONGO_URL=record.mongo_url,
        HUB_REDIS_URL=record.redis_url,
    )
    fleet = Fleet(env, tmp_path)
    try:
        await command(env, "init")
        await command(
            env,
            "staff",
            "add",
            "emma",
            "--role",
            "operator",
            "--name",
            "Эмма",
            given="chaos-password\n",
        )
        link = (await command(env, "staff", "link", "emma")).split()[-1]
        token = (
            await command(
                env, "token", "add", "chaos", "--scope", "cases:read", "--scope", "cases:write"
            )
        ).split()[-1]
        urls = []
        for at in range(size.twins):
            port = free_port()
            urls.append(f"http://127.0.0.1:{port}")
            fleet.add(f"web{at}", "web", "--port", str(port))
            fleet.add(f"bots{at}", "bots")
            fleet.add(f"worker{at}", "worker")
            fleet.add(f"scheduler{at}", "scheduler")
        for url in urls:
            await ready(url)
        site = Site(urls, rng)
        phones = Telegrams(api, [person.id for person in people], RESIDENT_BOT.username)
        operators = [Operator(urls, token, f"оператор{at}", rng) for at in range(2)]
        providers = Providers(urls, rest, rng)
        swiper = Swiper(api, operator.id, STAFF_BOT.username)
        await _come_in(api, operator.id, link)
        writing = [
            asyncio.create_task(site.run(size.site_residents, size.site_each, size.pace)),
            asyncio.create_task(phones.run(size.phone_each, size.pace)),
            asyncio.create_task(providers.run(size.door_each, size.pace)),
        ]
        answering = [asyncio.create_task(one.run(0.3)) for one in operators]
        answering.append(asyncio.create_task(swiper.run(0.5)))
        kills = await _kill(fleet, keeper, rng, size.kills, writing)
        await asyncio.gather(*writing)
        for one in [*operators, swiper]:
            one.stop.set()
        await asyncio.gather(*answering)
        said = {f"сообщение {name}" for name in site.confirmed} | set(phones.said) | providers.words
        await verify.stands(record.mongo_url, said, 120)
        await verify.quiet(record.mongo_url, 180)
        cases = await verify.everything(record.mongo_url)
        calls = await verify.calls(record.mongo_url)
        asked = await swiper.asked()
        codes = await fleet.stop()
    finally:
        await fleet.stop()
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await keeper.end()
        await emulator.stop()
        await receiver.stop()
        await messenger.stop()
    each_call_once(calls, providers.calls)
    verify.incoming_once(cases, said)
    verify.in_order(cases)
    verify.one_case_each(cases)
    given = {text for one in operators for text in one.answers} | set(swiper.answered)
    outcomes = verify.answers(cases, given - set(asked))
    arrived = {
        text
        for text, (name, state) in outcomes.items()
        if name in receiver.accepted or state in {"failed", "uncertain"}
    }
    to_site = {
        entry["text"]
        for case in cases
        for entry in case["whole"]
        if entry.get("direction") == "out"
        and entry.get("account") == "site"
        and not entry.get("automatic")
    }
    assert to_site <= arrived, f"never sent: {sorted(to_site - arrived)[:5]}"
    assert receiver.forged == 0
    assert len(kills) >= size.kills
    assert set(codes.values()) == {0}, codes
    states: dict[str, int] = {}
    for _, state in outcomes.values():
        states[state] = states.get(state, 0) + 1
    print(
        f"asked about: {sorted({words for text, words in asked.items() if text not in outcomes})}"
    )
    print(
        f"chaos: {len(said)} messages and {len(calls)} calls "
        f"({site.repeats + providers.repeats} repeated), {len(given)} answers {states}, "
        f"{len(asked)} asked about, {len(kills)} kills {sorted(set(kills))}"
    )


async def _come_in(api: str, person: int, link: str) -> None:
    from tests.support.phone import Phone

    async with Phone(api, person, STAFF_BOT.username) as phone:
        await phone.start(link.rpartition("start=")[2])


async def _kill(
    fleet: Fleet,
    keeper: Keeper,
    rng: random.Random,
    count: int,
    writing: list[asyncio.Task[None]],
) -> list[str]:
    """SIGKILL at random moments: roles, the database, Valkey (its data wiped)."""
    kills: list[str] = []
    while len(kills) < count:
        await asyncio.sleep(rng.uniform(0.3, 1.5))
        dice = rng.random()
        if dice < 0.15:
            await _store(keeper, "mongo")
            kills.append("mongo")
        elif dice < 0.3:
            await _wipe(keeper)
            kills.append("valkey")
        else:
            name = fleet.kill(rng)
            if name is not None:
                kills.append(name.rstrip("0123456789"))
        if all(task.done() for task in writing) and len(kills) >= count:
            break
    return kills


async def _store(keeper: Keeper, name: str) -> None:
    assert keeper.record is not None
    run = getattr(keeper.record, name).run
    if run is not None and run.alive:
        os.kill(run.pid, signal.SIGKILL)


async def _wipe(keeper: Keeper) -> None:
    """Everything that Redis knew is gone, and then it dies."""
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    assert keeper.record is not None
    client = Redis.from_url(keeper.record.redis_url)
    try:
        await client.flushall()
    except (RedisError, OSError):
        pass
    finally:
        await client.aclose()
    await _store(keeper, "redis")
