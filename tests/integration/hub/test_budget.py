"""One budget for all processes, over a real Valkey."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from hub.budget import RedisBudget
from hub.ports.channel import Limit

ACCOUNT = Limit("bot:account", 5, 60)
CHAT = Limit("bot:chat:1", 2, 60)


async def test_two_processes_share_one_budget(redis: Redis, redis_url: str) -> None:
    other = Redis.from_url(redis_url)
    first, second = RedisBudget(redis), RedisBudget(other)
    waits = await asyncio.gather(*(one.spend([ACCOUNT]) for one in [first, second] * 5))
    await other.aclose()
    assert sorted(wait > 0 for wait in waits) == [False] * 5 + [True] * 5


async def test_a_message_that_one_limit_holds_back_spends_nothing_of_the_other(
    redis: Redis,
) -> None:
    budget = RedisBudget(redis)
    granted = [await budget.spend([ACCOUNT, CHAT]) for _ in range(4)]
    assert [wait == 0 for wait in granted] == [True, True, False, False]
    other = [await budget.spend([ACCOUNT, Limit("bot:chat:2", 10, 60)]) for _ in range(4)]
    assert [wait == 0 for wait in other] == [True, True, True, False]


async def test_the_wait_is_as_long_as_the_window(redis: Redis) -> None:
    budget = RedisBudget(redis)
    limit, short = Limit("long", 1, 60), Limit("short", 1, 0.2)
    assert await budget.spend([limit]) == 0
    assert 0 < await budget.spend([limit]) <= 60
    assert await budget.spend([short]) == 0
    async with asyncio.timeout(60):
        while await budget.spend([short]) > 0:
            await asyncio.sleep(0.01)


async def test_a_pause_holds_everything_under_its_name(redis: Redis) -> None:
    budget = RedisBudget(redis)
    await budget.pause(ACCOUNT.name, 30)
    assert 0 < await budget.spend([ACCOUNT, CHAT]) <= 30
    assert await budget.spend([CHAT]) == 0


async def test_without_redis_the_process_counts_for_itself() -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=1, retry=None)
    budget = RedisBudget(nowhere)
    waits = [await budget.spend([CHAT]) for _ in range(3)]
    await nowhere.aclose()
    assert [wait == 0 for wait in waits] == [True, True, False]


async def test_a_wiped_redis_grants_nothing_twice(redis: Redis) -> None:
    budget = RedisBudget(redis)
    assert [await budget.spend([CHAT]) for _ in range(2)] == [0, 0]
    await budget.pause("bot:chat:2", 30)
    await redis.flushall()
    assert await budget.spend([CHAT]) > 0
    assert await budget.spend([Limit("bot:chat:2", 5, 60)]) > 0


async def test_what_another_process_spent_costs_this_one_nothing(
    redis: Redis, redis_url: str
) -> None:
    other_client = Redis.from_url(redis_url)
    mine, other = RedisBudget(redis), RedisBudget(other_client)
    full = Limit("full", 2, 60)
    assert [await other.spend([full]) for _ in range(2)] == [0, 0]
    assert await mine.spend([full, CHAT]) > 0
    assert [await mine.spend([CHAT]) for _ in range(2)] == [0, 0]
    await other_client.aclose()


async def test_a_redis_that_is_away_does_not_hold_up() -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1")
    budget = RedisBudget(nowhere)
    async with asyncio.timeout(60):
        for number in range(200):
            assert await budget.spend([Limit(f"chat:{number}", 1, 60)]) == 0
            assert await budget.spend([Limit(f"chat:{number}", 1, 60)]) > 0
    await nowhere.aclose()


async def test_what_is_given_back_is_free_for_every_process(redis: Redis, redis_url: str) -> None:
    other_client = Redis.from_url(redis_url)
    mine, other = RedisBudget(redis), RedisBudget(other_client)
    assert await mine.spend([ACCOUNT, CHAT], "a") == 0
    assert await other.spend([ACCOUNT, CHAT], "b") == 0
    assert await other.spend([CHAT]) > 0
    await mine.give_back([ACCOUNT, CHAT], "a")
    assert await other.spend([ACCOUNT, CHAT], "c") == 0
    assert await mine.spend([CHAT]) > 0
    # Twice is the same as once, and what is not ours stays.
    await mine.give_back([CHAT], "a")
    await mine.give_back([CHAT], "nobody's")
    assert await mine.spend([CHAT]) > 0
    await other_client.aclose()


async def test_what_is_given_back_is_that_very_one(redis: Redis) -> None:
    """The other one was taken later and counts for as long as it would have."""
    budget = RedisBudget(redis)
    two, one, loop = Limit("chat", 2, 60), Limit("chat", 1, 60), asyncio.get_running_loop()
    assert await budget.spend([two], "a") == 0
    async with asyncio.timeout(60):
        while await budget.spend([one]) > 59.5:
            await asyncio.sleep(0.01)
    before = loop.time()
    assert await budget.spend([two], "b") == 0
    await budget.give_back([two], "a")
    wait = await budget.spend([one])
    # However long that took: Redis counts whole milliseconds by a clock of its own.
    assert wait > 60 - (loop.time() - before) - 0.01


async def test_without_redis_it_is_given_back_to_the_process_itself() -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=1, retry=None)
    budget = RedisBudget(nowhere)
    assert [await budget.spend([CHAT], mark) == 0 for mark in "abc"] == [True, True, False]
    await budget.give_back([CHAT], "b")
    assert await budget.spend([CHAT], "d") == 0
    assert await budget.spend([CHAT], "e") > 0
    await nowhere.aclose()


async def test_who_stops_waiting_for_the_answer_keeps_nothing(redis: Redis) -> None:
    budget = RedisBudget(redis)
    asking = asyncio.create_task(budget.spend([CHAT], "a"))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await redis.flushall()
    assert [await budget.spend([CHAT]) for _ in range(2)] == [0, 0]
