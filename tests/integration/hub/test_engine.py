"""Wake-ups over a real Valkey: batches, a wiped Redis, a restart, an orderly stop."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence

import pytest
from redis.asyncio import Redis

from hub.engine import TOGETHER, RedisEngine
from tests.support.stores import Valkey


class Work:
    """Remembers what it was told to do; may be held up."""

    def __init__(self) -> None:
        self.done: list[tuple[str, list[str | int]]] = []
        self.changed = asyncio.Condition()
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()

    async def _do(self, name: str, ids: Sequence[str | int]) -> None:
        self.begun.set()
        await self.gate.wait()
        async with self.changed:
            self.done.append((name, list(ids)))
            self.changed.notify_all()

    async def take(self, ids: Sequence[str]) -> None:
        await self._do("take", ids)

    async def drain(self, ids: Sequence[int]) -> None:
        await self._do("drain", ids)

    async def post(self, ids: Sequence[str]) -> None:
        await self._do("post", ids)

    def heard(self, name: str) -> list[str | int]:
        return [one for work, ids in self.done if work == name for one in ids]

    async def until(self, name: str, wanted: set[str | int]) -> None:
        async with asyncio.timeout(60), self.changed:
            await self.changed.wait_for(lambda: wanted <= set(self.heard(name)))


@pytest.fixture
async def pair(redis: Redis, redis_url: str) -> AsyncIterator[tuple[RedisEngine, Work]]:
    engine, work = RedisEngine(redis_url, stream=f"work:{uuid.uuid4().hex}"), Work()
    engine.register(take=work.take, drain=work.drain, post=work.post)
    await engine.start_worker()
    yield engine, work
    await engine.close()


async def test_each_kind_of_work_reaches_its_handler(pair: tuple[RedisEngine, Work]) -> None:
    engine, work = pair
    await engine.take(["a", "b"])
    await engine.drain([7])
    await engine.post(["c"])
    await work.until("take", {"a", "b"})
    await work.until("drain", {7})
    await work.until("post", {"c"})


async def test_many_ids_travel_together(pair: tuple[RedisEngine, Work]) -> None:
    engine, work = pair
    lanes = [f"lane{at}" for at in range(TOGETHER * 2 + 3)]
    await engine.take(lanes)
    await work.until("take", set(lanes))
    assert [len(ids) for _, ids in work.done].count(TOGETHER) == 2


async def test_goes_on_by_itself_after_redis_lost_everything(
    pair: tuple[RedisEngine, Work], redis: Redis
) -> None:
    engine, work = pair
    await engine.take(["before"])
    await work.until("take", {"before"})
    await redis.flushall()
    await engine.take(["after"])
    await work.until("take", {"after"})


async def test_a_kick_without_redis_does_not_raise_and_work_goes_on_after_its_restart(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    server = Valkey(tmp_path_factory.mktemp("own"))
    server.start()
    engine, work = RedisEngine(server.url), Work()
    engine.register(take=work.take, drain=work.drain, post=work.post)
    await engine.start_worker()
    try:
        await engine.take(["one"])
        await work.until("take", {"one"})
        server.kill()
        await engine.take(["lost"])
        await asyncio.to_thread(server.start)
        async with asyncio.timeout(60):
            while "two" not in work.heard("take"):
                await engine.take(["two"])
                await asyncio.sleep(0.05)
    finally:
        await engine.close()
        server.kill()


async def test_work_that_fails_does_not_stop_the_worker(pair: tuple[RedisEngine, Work]) -> None:
    engine, work = pair

    async def broken(ids: Sequence[int]) -> None:
        raise RuntimeError

    engine.register(take=work.take, drain=broken, post=work.post)
    await engine.drain([1])
    await engine.take(["still"])
    await work.until("take", {"still"})


async def test_a_stop_finishes_what_was_begun(pair: tuple[RedisEngine, Work]) -> None:
    engine, work = pair
    work.gate.clear()
    await engine.take(["begun"])
    async with asyncio.timeout(60):
        await work.begun.wait()
    stopping = asyncio.create_task(engine.stop())
    await asyncio.sleep(0)
    work.gate.set()
    await stopping
    assert work.heard("take") == ["begun"]


async def test_a_lane_is_not_kicked_again_while_its_kick_is_fresh(
    redis: Redis, redis_url: str
) -> None:
    stream, work = f"work:{uuid.uuid4().hex}", Work()
    client = RedisEngine(redis_url, stream=stream)
    for _ in range(5):
        await client.take(["a", "b"])
        await asyncio.sleep(0)
    await client.take(["c"])
    await client.close()
    sent = await redis.xrange(f"{stream}:take")
    worker = RedisEngine(redis_url, stream=stream)
    worker.register(take=work.take, drain=work.drain, post=work.post)
    await worker.start_worker()
    await work.until("take", {"a", "b", "c"})
    await worker.close()
    assert len(sent) <= 2
    assert sorted(map(str, work.heard("take"))) == ["a", "b", "c"]


async def test_a_kick_during_the_work_is_not_lost(pair: tuple[RedisEngine, Work]) -> None:
    engine, work = pair
    work.gate.clear()
    await engine.take(["a"])
    async with asyncio.timeout(60):
        await work.begun.wait()
    work.begun.clear()
    await engine.take(["a"])
    async with asyncio.timeout(60):
        await work.begun.wait()
    work.gate.set()
    async with asyncio.timeout(60), work.changed:
        await work.changed.wait_for(lambda: work.heard("take") == ["a", "a"])


async def test_sending_that_hangs_does_not_hold_up_what_comes_in(
    pair: tuple[RedisEngine, Work],
) -> None:
    engine, work = pair
    hanging = asyncio.Event()

    async def hang(ids: Sequence[int]) -> None:
        await hanging.wait()

    engine.register(take=work.take, drain=hang, post=work.post)
    for number in range(100):
        await engine.drain([number])
        await asyncio.sleep(0)
    await engine.take(["in time"])
    await work.until("take", {"in time"})
    hanging.set()


async def test_kicks_do_not_wait_for_a_redis_that_is_away() -> None:
    engine = RedisEngine("redis://127.0.0.1:1/0")
    async with asyncio.timeout(60):
        for number in range(1000):
            await engine.drain([number])
        await engine.close()


async def test_what_a_stopped_worker_had_read_goes_to_another_at_once(
    pair: tuple[RedisEngine, Work], redis_url: str
) -> None:
    """It reads ahead of what it does: the rest is kicked again, not forgotten with it."""
    engine, work = pair
    work.gate.clear()
    lanes = {f"lane{at}" for at in range(TOGETHER * 12)}
    await engine.take(sorted(lanes))
    async with asyncio.timeout(60):
        await work.begun.wait()
    stopping = asyncio.create_task(engine.close())
    await asyncio.sleep(0)
    work.gate.set()
    await stopping
    other = RedisEngine(redis_url, stream=engine.stream)
    other.register(take=work.take, drain=work.drain, post=work.post)
    await other.start_worker()
    await work.until("take", set(lanes))
    await other.close()
