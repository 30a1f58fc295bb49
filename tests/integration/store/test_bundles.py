"""What waits is told from what only seems to: the store may die between a bundle and its rows."""

from __future__ import annotations

import asyncio
from typing import Any

from hub.store.bundles import MOST, bundled
from hub.store.inboxrows import row_document
from hub.store.store import Store
from tests.contract.store.samples import at, key, raw


def made(name: str, mark: bytes = b"other-00001") -> dict[str, Any]:
    return row_document(raw(), key(name), mark)


async def waits(store: Store, seconds: int = 9) -> list[str]:
    return [row.external_id for row in await store.inbox.waiting(["lane"], 10, at(seconds))]


async def test_an_entry_whose_row_never_came_is_void_after_a_while(store: Store) -> None:
    await store.database["inbox"].insert_many(bundled([made("lost")]))
    assert await waits(store) == []
    # It may still come: the entry stays at first.
    assert await store.database["inbox"].count_documents({"waiting.lane": "lane"}) == 1
    assert await waits(store, seconds=120) == []
    assert await store.database["inbox"].count_documents({"waiting.lane": "lane"}) == 0


async def test_the_provider_repeats_what_was_cut_off_and_it_is_taken_once(store: Store) -> None:
    await store.database["inbox"].insert_many(bundled([made("1")]))
    kept = await store.inbox.keep(raw(), key("1"))
    assert kept.state == "new"
    assert await waits(store) == ["1"]
    await store.inbox.done([kept.id], at(1))
    assert await waits(store) == []
    assert await store.inbox.stale_lanes(at(9), 5) == []


async def test_a_row_kept_before_makes_no_entry_of_another_attempt_wait(store: Store) -> None:
    kept = await store.inbox.keep(raw(), key("1"))
    await store.inbox.done([kept.id], at(1))
    # As if the process died before it took back what it found was a repeat.
    await store.database["inbox"].insert_many(bundled([made("1")]))
    assert await store.inbox.stale_lanes(at(9), 5) == ["lane"]
    assert await waits(store) == []
    assert await store.inbox.stale_lanes(at(9), 5) == []


async def test_a_bundle_is_written_ahead_of_its_rows(store: Store) -> None:
    await asyncio.gather(*(store.inbox.keep(raw(), key(str(n))) for n in range(MOST + 40)))
    # As the store has them: in the order written.
    written = await store.database["inbox"].find().to_list()
    rows = [at for at, one in enumerate(written) if "mark" in one]
    bundles = {one["_id"]: at for at, one in enumerate(written) if "waiting" in one}
    assert len(rows) == MOST + 40
    assert all(bundles[written[at]["bundle"]] < at for at in rows)


async def test_repeats_amid_a_group_keep_nobody_out(store: Store) -> None:
    for name in ("3", "4", "60"):
        await store.inbox.done([(await store.inbox.keep(raw(), key(name))).id], at(1))
    names = [str(number) for number in range(MOST + 40)]
    kept = await asyncio.gather(*(store.inbox.keep(raw(), key(name)) for name in names))
    assert [n for n, one in zip(names, kept, strict=True) if one.state == "repeat"] == [
        "3",
        "4",
        "60",
    ]
    assert [one.state for one in kept].count("new") == len(names) - 3
    found = await store.inbox.waiting(["lane"], 2 * MOST, at(9))
    assert sorted(row.external_id for row in found) == sorted(set(names) - {"3", "4", "60"})


async def test_a_group_whose_answer_was_lost_is_written_to_its_end(store: Store) -> None:
    """The store was cut off after some of it: the bundle stands, not all of the rows."""
    rows = [made(str(number), b"other-%05d" % number) for number in range(5)]
    bundles = bundled(rows)
    await store.database["inbox"].insert_many([*bundles, *rows[:2]])
    assert await store.inbox._writers._written(bundles, rows) == [0, 1]
    assert await waits(store) == ["0", "1", "2", "3", "4"]


async def test_a_large_group_stands_in_several_bundles(store: Store) -> None:
    rows = [made(str(number)) for number in range(2 * MOST + 1)]
    assert [len(bundle["waiting"]) for bundle in bundled(rows)] == [MOST, MOST, 1]
    assert all("bundle" in row for row in rows)


async def test_bundles_go_with_their_last_row(store: Store) -> None:
    kept = [await store.inbox.keep(raw(), key(str(number))) for number in range(3)]
    await store.inbox.done([one.id for one in kept[:2]], at(1))
    await store.inbox.quarantine(kept[2].id, "odd", at(1))
    assert await store.inbox.expire(at(5), 100) == 2
    left = await store.database["inbox"].find({"waiting": {"$exists": True}}).to_list()
    assert [entry["id"] for one in left for entry in one["waiting"]] == [kept[2].id]
    assert await store.database["inbox"].count_documents({"mark": {"$exists": True}}) == 1
