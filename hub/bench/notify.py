"""How soon an operator's phone hears of a message: from the acknowledgement to sendMessage.

Ten residents a second write for the first time, over twenty doors with one operator behind each.
In the same run, at the same pace, a bare client calls sendMessage of the same server.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import aiohttp

from hub import wiring
from hub.bench import posts
from hub.bench.figures import percentile_ms
from hub.bench.house import House, house
from hub.bench.recorder import TOKEN, Recorder, recorder
from hub.domain.staff import BotLink, Group, Staff

MESSAGES = 300
OPERATORS = 20
PER_SECOND = 10.0
STAFF_BOT = "staff"
WAIT_SECONDS = 30.0
WARM = 999_999


async def measure(messages: int = MESSAGES) -> dict[str, Any]:
    async with recorder() as phones, house(_accounts(phones.api)) as own:
        await _hire(own)
        async with own.hub("run"), aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{own.settings.port}/in"
            await _post(session, url, WARM)
            await _heard(phones, _mark(WARM))
            bare = await _paced(messages, lambda number: _call(session, phones.api, number))
            acked = await _paced(messages, lambda number: _post(session, url, number))
            heard = [await _heard(phones, _mark(number)) for number in range(messages)]
    times = [at - acked_at for at, (acked_at, _) in zip(heard, acked, strict=True)]
    calls = [seconds for _, seconds in bare]
    return {
        "p50_ms": percentile_ms(times, 0.5),
        "p99_ms": percentile_ms(times, 0.99),
        "bare_p50_ms": percentile_ms(calls, 0.5),
        "bare_p99_ms": percentile_ms(calls, 0.99),
        "messages": messages,
    }


def _mark(number: int) -> str:
    return f"mark-{number:06}-"


def _door(number: int) -> str:
    return f"{posts.ACCOUNT}-{number % OPERATORS}"


def _accounts(api: str) -> str:
    doors = [posts.accounts(_door(number)) for number in range(OPERATORS)]
    bot = f'[[bot]]\nid = "{STAFF_BOT}"\nroles = ["operator"]\ntoken = "{TOKEN}"\napi = "{api}"\n'
    return "\n".join([*doors, bot])


async def _hire(own: House) -> None:
    """One operator behind each door, with the phone in hand."""
    now = datetime.now(UTC)
    async with wiring.opened(own.settings, own.urls, prepare=True) as hub:
        people = hub.services.deps.staff
        for number in range(OPERATORS):
            group, login = f"g{number}", f"operator-{number}"
            await people.put_group(Group(id=group, name=group, accounts=[_door(number)]))
            await people.add(
                Staff(
                    login=login,
                    name=login,
                    roles=["operator"],
                    groups=[group],
                    bots=[BotLink(STAFF_BOT, 1000 + number, 1000 + number)],
                    created_at=now,
                    updated_at=now,
                )
            )


async def _paced(
    count: int, one: Callable[[int], Awaitable[tuple[float, float]]]
) -> list[tuple[float, float]]:
    """Begin one every tenth of a second, however long each takes."""
    started = perf_counter()
    async with asyncio.TaskGroup() as group:
        tasks = []
        for number in range(count):
            await asyncio.sleep(max(0.0, started + number / PER_SECOND - perf_counter()))
            tasks.append(group.create_task(_kept(one(number))))
    return [task.result() for task in tasks]


async def _kept(one: Awaitable[tuple[float, float]]) -> tuple[float, float]:
    return await one


async def _post(session: aiohttp.ClientSession, url: str, number: int) -> tuple[float, float]:
    """When the message was acknowledged, and how long that took."""
    mark = _mark(number)
    body = posts.body(mark, sender=mark, text=f"{mark} {posts.TEXT}")
    started = perf_counter()
    headers = {**posts.signed(body), "Content-Type": "application/json"}
    async with session.post(f"{url}/{_door(number)}", data=body, headers=headers) as answer:
        answer.raise_for_status()
        await answer.read()
    return perf_counter(), perf_counter() - started


async def _call(session: aiohttp.ClientSession, api: str, number: int) -> tuple[float, float]:
    started = perf_counter()
    data = {"chat_id": 1000 + number % OPERATORS, "text": f"bare {number}"}
    async with session.post(f"{api}/bot{TOKEN}/sendMessage", data=data) as answer:
        await answer.read()
    return perf_counter(), perf_counter() - started


async def _heard(phones: Recorder, mark: str) -> float:
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            for (_, text), at in phones.heard.items():
                if mark in text:
                    return at
            await asyncio.sleep(0.02)
