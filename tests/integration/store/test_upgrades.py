"""Upgrades of what is stored: in order, once, and safe when cut off."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from msgspec.structs import replace

from hub.domain.case import Case, ContactRef
from hub.domain.contact import Contact
from hub.domain.message import Address
from hub.domain.thread import Delivery, Entry
from hub.ports.failures import FailureFilter
from hub.store.client import Mongo, connect
from hub.store.search import Search
from hub.store.store import Store
from hub.store.upgrades import STEPS, Ahead, Step, stored, upgrade
from hub.store.words import stem

NEXT = STEPS[-1].number + 1
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
    done = await upgrade(mongo, NOW, [*STEPS, Step(NEXT, "rename", rename)])
    assert [step.name for step in done] == ["rename"]
    assert await mongo["cases"].find_one({"_id": 1}) == {"_id": 1, "new": "a"}
    assert await stored(mongo) == NEXT


async def test_a_step_that_was_cut_off_is_done_again(mongo: Mongo) -> None:
    await mongo["cases"].insert_one({"_id": 1, "old": "a"})
    with pytest.raises(OSError, match="cut off"):
        await upgrade(mongo, NOW, [*STEPS, Step(NEXT, "rename", fails)])
    assert await stored(mongo) == NEXT - 1
    await upgrade(mongo, NOW, [*STEPS, Step(NEXT, "rename", rename)])
    assert await stored(mongo) == NEXT


async def test_an_older_program_refuses_what_a_newer_one_wrote(mongo: Mongo) -> None:
    await upgrade(mongo, NOW, [*STEPS, Step(NEXT, "rename", rename)])
    with pytest.raises(Ahead) as caught:
        await upgrade(mongo, NOW)
    assert (caught.value.stored, caught.value.known) == (NEXT, NEXT - 1)


def old_row(name: str, **facts: Any) -> dict[str, Any]:
    """An inbox row as the first version kept it."""
    base = {"account": "site", "external_id": name, "digest": b"d", "at": NOW, "body": b"{}"}
    return {"_id": name, **base, "mark": b"mark" + name.encode().rjust(5), **facts}


async def test_rows_of_the_first_version_wait_and_are_done_as_before(
    mongo_url: str, database: str, mongo: Mongo
) -> None:
    later = NOW + timedelta(minutes=5)
    await mongo["inbox"].insert_many(
        [
            old_row("new", waits="lane"),
            old_row("off", waits="lane", due=later, error="not_yet", tries=2),
            old_row("bad", waits=1, lane="lane", state="quarantined", error="odd", done_at=NOW),
            old_row("done", lane="lane", state="done", done_at=NOW),
        ]
    )
    await mongo["plans"].insert_one(
        {"_id": ObjectId(), "rows": [{"row": "new", "case": 7, "linked": 0, "contact": "c"}]}
    )
    await upgrade(mongo, NOW, STEPS[:1])
    await upgrade(mongo, NOW)
    # Cut off before it was written down, it is done again.
    await STEPS[1].run(mongo)
    store = Store.open(mongo_url, database)
    await store.prepare()
    inbox = store.inbox
    (row,) = await inbox.waiting(["lane"], 10, NOW)
    assert (row.id, row.state, row.case, row.lane) == ("new", "new", 7, "lane")
    assert [one.id for one in await inbox.waiting(["lane"], 10, later)] == ["new", "off"]
    states = [await inbox.get(name) for name in ("off", "bad", "done")]
    assert [(one.state, one.tries, one.error) for one in states if one] == [
        ("new", 2, "not_yet"),
        ("quarantined", 0, "odd"),
        ("done", 0, ""),
    ]
    assert await inbox.replay("bad") is not None
    await inbox.done(["new", "bad"], later)
    assert [one.id for one in await inbox.waiting(["lane"], 10, later)] == ["off"]
    await store.close()


async def test_bundles_of_the_version_before_stand_among_their_rows(
    mongo_url: str, database: str, mongo: Mongo
) -> None:
    await upgrade(mongo, NOW, STEPS[:6])
    bundle, done = ObjectId(), ObjectId()
    await mongo["inbox"].insert_many(
        [old_row(name, lane="lane", bundle=bundle) for name in ("one", "two")]
        + [old_row("old", lane="lane", bundle=done)]
    )
    entries = [
        {"id": name, "mark": old_row(name)["mark"], "lane": "lane", "at": NOW}
        for name in ("one", "two")
    ]
    early = NOW - timedelta(days=40)
    await mongo["bundles"].insert_many(
        [
            {"_id": bundle, "at": NOW, "waiting": entries},
            {"_id": done, "at": early, "waiting": [], "done": [{"at": early, "ids": ["old"]}]},
        ]
    )
    await upgrade(mongo, NOW)
    # Cut off before it was written down, it is done again.
    await STEPS[6].run(mongo)
    assert "bundles" not in await mongo.list_collection_names()
    store = Store.open(mongo_url, database)
    await store.prepare()
    inbox = store.inbox
    assert [one.id for one in await inbox.waiting(["lane"], 10, NOW)] == ["one", "two"]
    await inbox.done(["one"], NOW)
    assert [one.id for one in await inbox.waiting(["lane"], 10, NOW)] == ["two"]
    assert await inbox.expire(NOW - timedelta(days=30), 10) == 1
    page = await inbox.page(account="site", state=None, cursor=None, limit=10)
    assert sorted((one.id, one.state) for one in page.items) == [("one", "done"), ("two", "new")]
    await store.close()


async def test_cases_of_the_first_version_are_found_by_what_they_hold(
    mongo_url: str, database: str, mongo: Mongo
) -> None:
    base = {"rev": 3, "contact": {"id": "c"}, "created_at": NOW, "updated_at": NOW, "tags": ["+"]}
    talk = {"conversation": "site:u1", "current": True}
    entry = {"seq": 1, "key": "m1", "kind": "message", "at": NOW, "kept_at": NOW, "text": "t"}
    await mongo["cases"].insert_many(
        [
            {"_id": 1, **base, **talk, "thread": [entry], "outbox_due": NOW, "alarm_at": NOW},
            {"_id": 2, **base, "status": "resolved", "alarm_at": NOW, "tags": ["+", "=resolved"]},
            {"_id": 3, **base},
        ]
    )
    await upgrade(mongo, NOW)
    store = Store.open(mongo_url, database)
    await store.prepare()
    assert [one.number for one in (await store.cases.current(["site:u1"])).values()] == [1]
    assert await store.cases.keys_held(["m1"]) == {"m1": 1}
    assert await store.cases.due(NOW, 10) == [1]
    assert await store.cases.resolved_before(NOW + timedelta(days=1), 10) == [2]
    wakes = mongo["cases"].find({"wake_at": {"$exists": True}}, {"_id": 1})
    assert [one["_id"] async for one in wakes] == [1]
    await store.close()


async def test_words_of_the_first_version_find_their_cases(
    mongo_url: str, database: str, mongo: Mongo
) -> None:
    await mongo["words"].insert_many(
        [
            {"_id": "5", "number": 5, "words": [stem("трубы"), "=site=7"], "entries": [1]},
            {"_id": "5:2", "number": 5, "words": [stem("подвале")]},
        ]
    )
    await upgrade(mongo, NOW)
    store = Store.open(mongo_url, database)
    await store.prepare()
    await store.database["counters"].update_one({"_id": "case"}, {"$set": {"value": 5}})
    search = Search(store.database)
    assert await search.numbers("трубы") == [5]
    assert await search.numbers("труба в подвале") == [5]
    assert await search.entries("site", "7") == [(5, 1)]
    await store.close()


async def test_people_and_failures_of_the_version_before_are_known(
    mongo_url: str, database: str, mongo: Mongo
) -> None:
    """A merge did not say whom it made stand for others; failures stood in cases alone."""
    store = Store.open(mongo_url, database)
    await upgrade(mongo, NOW, STEPS[:4])
    to = Address("site", "http", "anna", "external:site:anna", "site:anna")
    thread = [
        Entry(
            key=f"k{seq}",
            seq=seq,
            kind="message",
            direction="out",
            text="Едем",
            at=NOW,
            kept_at=NOW,
            delivery=Delivery(to=to, at=NOW, state=state, reason="blocked", attempts=1),
        )
        for seq, state in ((1, "failed"), (2, "sent"))
    ]
    for number, status in ((1, "in_progress"), (2, "closed")):
        case = Case(
            number=number,
            contact=ContactRef(id="a", name="Анна"),
            status=status,
            thread=[replace(entry, key=f"{number}:{entry.key}") for entry in thread],
            seqs=2,
            created_at=NOW,
            updated_at=NOW,
        )
        await store.cases.open(case, f"op{number}")
    for name, into in (("a", ""), ("b", "a")):
        contact = Contact(id=name, merged_into=into, created_at=NOW, updated_at=NOW)
        assert await store.contacts.add_many([contact]) == []
    await store.prepare()
    await store.prepare()
    standing = await store.contacts.get("a")
    assert standing is not None
    assert standing.joined
    page = await store.failures.page(FailureFilter(), None, 10)
    assert [(one.id, one.name, one.reason) for one in page.items] == [("1-1", "Анна", "blocked")]
    await store.close()
