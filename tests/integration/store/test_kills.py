"""The database is killed amid writes: nothing confirmed is lost, nothing comes twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.domain.errors import StoreDown
from hub.domain.staff import Actor
from hub.ports.saving import Conflict, Duplicate
from hub.store.store import Store
from tests.contract.store.samples import at, case, contact, key, message, raw
from tests.support.stores import Mongo

KILLS = 3
ANN = Actor(kind="staff", login="ann", name="Анна")


@pytest.fixture
def mongo(tmp_path: Path) -> Mongo:
    return Mongo(tmp_path)


@asynccontextmanager
async def opened(mongo: Mongo) -> AsyncIterator[Store]:
    await asyncio.to_thread(mongo.start)
    store = Store.open(mongo.url, "kills")
    try:
        await store.prepare()
        yield store
    finally:
        await store.close()
        mongo.kill()


async def kill_while(
    mongo: Mongo, write: Callable[[int], Awaitable[None]], confirmed: Callable[[], int]
) -> None:
    """Run writers; whenever enough more was confirmed, kill the database and start it again."""
    stop = asyncio.Event()

    async def writer(n: int) -> None:
        while not stop.is_set():
            await write(n)

    writers = [asyncio.create_task(writer(n)) for n in range(12)]
    try:
        async with asyncio.timeout(90):
            for _ in range(KILLS):
                enough = confirmed() + 60
                while confirmed() < enough:
                    await asyncio.sleep(0.01)
                    assert not any(one.done() and one.exception() for one in writers)
                mongo.kill()
                await asyncio.to_thread(mongo.start)
            enough = confirmed() + 30
            while confirmed() < enough:
                await asyncio.sleep(0.01)
    finally:
        stop.set()
        await asyncio.gather(*writers)


async def until_confirmed(call: Callable[[], Awaitable[object]]) -> None:
    """As a provider does: ask again until it is confirmed."""
    while True:
        try:
            await call()
        except StoreDown:
            continue
        return


async def test_every_confirmed_message_is_kept_once(mongo: Mongo) -> None:
    confirmed: list[str] = []
    numbers = iter(range(10**9))
    async with opened(mongo) as store:

        async def write(n: int) -> None:
            name = str(next(numbers))
            body = f"{name}:{n}".encode()
            await until_confirmed(
                lambda: store.inbox.keep(raw(body), key(name, f"lane{n}", strict=True))
            )
            confirmed.append(name)

        await kill_while(mongo, write, lambda: len(confirmed))
        rows = await store.inbox.waiting([f"lane{n}" for n in range(12)], 10**6, at(9))
        kept = [row.external_id for row in rows]
        assert len(kept) == len(set(kept))
        assert set(confirmed) <= set(kept)


async def test_every_confirmed_save_is_in_its_case_once(mongo: Mongo) -> None:
    confirmed: list[tuple[int, str]] = []
    numbers = iter(range(10**9))
    async with opened(mongo) as store:
        for number in await store.cases.numbers(4):
            await store.cases.open(case(number, message(f"first{number}")), f"open{number}")

        async def write(n: int) -> None:
            name = f"note:{next(numbers)}"
            number, op = 1 + n % 4, f"op:{name}"

            async def save() -> None:
                while True:
                    mine = await store.cases.get(number)
                    assert mine is not None
                    if op in mine.ops:
                        return
                    mine.comment(name, [], ANN, at(n), key=name)
                    try:
                        return await store.cases.save(mine, op)
                    except Conflict:
                        continue

            await until_confirmed(save)
            confirmed.append((number, name))

        await kill_while(mongo, write, lambda: len(confirmed))
        for number in range(1, 5):
            thread = await store.cases.thread(number, None, 10**6)
            keys = [entry.key for entry in thread]
            assert len(keys) == len(set(keys))
            assert {name for where, name in confirmed if where == number} <= set(keys)
            found = await store.cases.get(number)
            assert found is not None
            assert found.seqs == len(thread)


async def test_new_cases_contacts_and_numbers_stay_single(mongo: Mongo) -> None:
    opened_numbers: list[int] = []
    met: list[str] = []
    rounds = iter(range(10**9))
    async with opened(mongo) as store:

        async def write(n: int) -> None:
            # Twelve writers, six people: two meet the same person at the same time.
            person = f"{n % 6}:{next(rounds) // 12}"
            await until_confirmed(
                lambda: store.contacts.add_many([contact(f"{person}:{n}", f"telegram:{person}")])
            )
            met.append(person)

            async def open_case() -> None:
                (number,) = await store.cases.numbers(1)
                fresh = case(number, message(f"m{number}"), conversation=person, current=True)
                try:
                    await store.cases.open(fresh, f"open:{number}")
                except Duplicate:
                    return
                opened_numbers.append(number)

            await until_confirmed(open_case)

        await kill_while(mongo, write, lambda: len(met))
        assert len(opened_numbers) == len(set(opened_numbers))
        found = await store.cases.many(opened_numbers)
        assert set(found) == set(opened_numbers)
        people = set(met)
        assert set(await store.cases.current(people)) == people
        holders = await store.contacts.by_identities(f"telegram:{one}" for one in people)
        assert len(holders) == len(people)
        counts: dict[str, int] = {}
        async for one in store.database["cases"].find({"current": True}, {"conversation": 1}):
            counts[one["conversation"]] = counts.get(one["conversation"], 0) + 1
        assert set(counts.values()) == {1}


async def test_a_store_that_stays_away_is_said_so(mongo: Mongo) -> None:
    async with opened(mongo) as store:
        await store.inbox.keep(raw(), key("1"))
        mongo.kill()
        with pytest.raises(StoreDown):
            await store.inbox.keep(raw(), key("2"))
        await asyncio.to_thread(mongo.start)
        assert (await store.inbox.keep(raw(), key("2"))).state == "new"
        assert (await store.inbox.keep(raw(), key("1"))).state == "repeat"
