"""Upgrades of what is stored: in order, once, and safe when cut off."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from hub.store.client import Mongo, connect
from hub.store.upgrades import STEPS, Ahead, Step, stored, upgrade

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
async def mongo(mongo_url: str, database: str) -> AsyncIterator[Mongo]:
    client, opened = connect(mongo_url, database)
    yield opened
    await client.close()


async def rename(database: Mongo) -> None:
    await database["cases"].update_many({"old": {"$exists": True}}, {"$rename": {"old": "new"}})


async def fails(database: Mongo) -> None:
    await rename(database)
    raise OSError("cut off")


async def test_an_empty_database_is_brought_to_this_version_once(mongo: Mongo) -> None:
    assert await stored(mongo) == 0
    assert [step.number for step in await upgrade(mongo, NOW)] == [one.number for one in STEPS]
    assert await upgrade(mongo, NOW) == []
    assert await stored(mongo) == STEPS[-1].number


async def test_only_what_is_not_done_yet_runs(mongo: Mongo) -> None:
    await upgrade(mongo, NOW)
    await mongo["cases"].insert_one({"_id": 1, "old": "a"})
    done = await upgrade(mongo, NOW, [*STEPS, Step(2, "rename", rename)])
    assert [step.name for step in done] == ["rename"]
    assert await mongo["cases"].find_one({"_id": 1}) == {"_id": 1, "new": "a"}
    assert await stored(mongo) == 2


async def test_a_step_that_was_cut_off_is_done_again(mongo: Mongo) -> None:
    await mongo["cases"].insert_one({"_id": 1, "old": "a"})
    with pytest.raises(OSError, match="cut off"):
        await upgrade(mongo, NOW, [*STEPS, Step(2, "rename", fails)])
    assert await stored(mongo) == 1
    await upgrade(mongo, NOW, [*STEPS, Step(2, "rename", rename)])
    assert await stored(mongo) == 2


async def test_an_older_program_refuses_what_a_newer_one_wrote(mongo: Mongo) -> None:
    await upgrade(mongo, NOW, [*STEPS, Step(2, "rename", rename)])
    with pytest.raises(Ahead) as caught:
        await upgrade(mongo, NOW)
    assert (caught.value.stored, caught.value.known) == (2, 1)
