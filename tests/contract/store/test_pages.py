"""Long threads move to pages, and nothing of them is lost or comes twice."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from hub.domain.case import progress
from hub.domain.message import Address
from hub.domain.staff import Actor
from hub.ports.saving import Conflict
from hub.store.paging import KEEP_LINES, MAX_LINES
from tests.contract.store.samples import at, case, message

ANN = Actor(kind="staff", login="ann", name="Анна")
THERE = Address("site", "http", "u1", "external:site:u1", "site:u1")


async def long_case(ports: Any, count: int, text: str = "вода") -> Any:
    mine = case(1, message("1", text, seconds=1))
    await ports.cases.open(mine, "op")
    for n in range(2, count + 1, 10):
        for m in range(n, min(n + 10, count + 1)):
            mine.receive(message(str(m), text, seconds=m), at(m))
        mine.comment(f"{n}", [], ANN, at(n), key=f"c{n}") if n % 50 == 2 else None
        await ports.cases.save(mine, f"op{n}")
    return mine


async def test_a_long_thread_is_read_as_one(ports: Any) -> None:
    mine = await long_case(ports, 420)
    found = await ports.cases.get(1)
    assert found.pages >= 4
    assert 100 <= len(found.thread) <= 160
    assert found.thread == mine.thread
    seen: list[int] = []
    before = None
    while part := await ports.cases.thread(1, before, 37):
        seen = [entry.seq for entry in part] + seen
        before = part[0].seq
    assert seen == list(range(1, found.seqs + 1))
    newest = await ports.cases.thread(1, None, 100)
    assert [entry.seq for entry in newest] == seen[-100:]
    assert await ports.cases.thread(1, 1, 10) == []
    assert await ports.cases.thread(2, None, 10) == []


async def test_history_moves_too_and_the_newest_stays(ports: Any) -> None:
    mine = case(1)
    await ports.cases.open(mine, "op")
    for n in range(MAX_LINES + 50):
        mine.set_type(f"t{n}", ANN, at(n))
        if n % 10 == 9:
            await ports.cases.save(mine, f"op{n}")
    found = await ports.cases.get(1)
    assert KEEP_LINES <= len(found.history) <= MAX_LINES
    assert found.history[-1].data["new"] == f"t{MAX_LINES + 49}"
    assert found.history == mine.history
    older, page = await ports.cases.old_history(1, found.pages)
    assert [line.data["new"] for line in older + found.history] == [
        f"t{n}" for n in range(MAX_LINES + 50)
    ]
    assert await ports.cases.old_history(1, page) == ([], 0)


async def test_large_texts_move_by_their_bytes(ports: Any) -> None:
    mine = await long_case(ports, 60, "ж" * 4000)
    found = await ports.cases.get(1)
    assert found.pages >= 1
    assert sum(len(entry.text) * 2 for entry in found.thread) < 200_000
    assert len(found.thread) >= 10
    whole = await ports.cases.thread(1, None, 1000)
    assert [entry.seq for entry in whole] == list(range(1, mine.seqs + 1))


async def test_keys_and_provider_ids_are_found_in_pages(ports: Any) -> None:
    await long_case(ports, 200)
    assert (await ports.cases.get(1)).by_seq(5) is None
    assert await ports.cases.keys_held(["site:3", "site:200", "no"]) == {"site:3": 1, "site:200": 1}
    old = await ports.cases.paged_entry(1, 3)
    assert await ports.cases.by_external("site", old.external_ids[0]) == (1, 3)
    newest = (await ports.cases.get(1)).thread[-1]
    assert await ports.cases.by_external("site", newest.external_ids[0]) == (1, newest.seq)
    assert await ports.cases.by_external("app", newest.external_ids[0]) is None
    assert await ports.cases.by_external("site", "nothing") is None
    names = [
        ("site", old.external_ids[0]),
        ("site", newest.external_ids[0]),
        ("app", newest.external_ids[0]),
        ("site", "nothing"),
    ]
    assert await ports.cases.by_externals(names) == dict.fromkeys(names[:2], 1)
    assert await ports.cases.by_externals([]) == {}


async def test_provider_ids_of_many_cases_are_found_together(ports: Any) -> None:
    made = [case(n, message(f"m{n}"), conversation=f"site:{n}", current=True) for n in (1, 2, 3)]
    await ports.cases.open_many([(one, f"op{one.number}") for one in made])
    names = [("site", "m3"), ("site", "m1"), ("site", "m9"), ("app", "m2")]
    found = await ports.cases.by_externals(names)
    assert found == {("site", "m3"): 3, ("site", "m1"): 1}


async def test_an_entry_of_a_page_can_change(ports: Any) -> None:
    mine = case(1, message("0"))
    mine.reply("Здравствуйте", [], ANN, at(1), key="r1", to=THERE)
    await ports.cases.open(mine, "op")
    for n in range(160):
        mine.receive(message(f"m{n}", seconds=n), at(n))
        await ports.cases.save(mine, f"op{n}")
    held = (await ports.cases.get(1)).by_seq(2)
    assert held is not None, "an answer on its way stays where its outcome is written"
    lines = [entry.seq for entry in await ports.cases.thread(1, None, 1000)]
    assert sorted(lines) == list(range(1, 163))
    mine.delivery(2, "sent", at(200))
    for n in range(160, 320):
        mine.receive(message(f"m{n}", seconds=n), at(n))
        await ports.cases.save(mine, f"op{n}")
    assert (await ports.cases.get(1)).by_seq(2) is None
    entry = await ports.cases.paged_entry(1, 2)
    assert entry.delivery.state == "sent"
    assert progress(entry, "delivered", at(500), external_ids=("x9",))
    await ports.cases.save_paged(1, entry)
    again = await ports.cases.paged_entry(1, 2)
    assert (again.delivery.state, again.external_ids) == ("delivered", ["x9"])
    assert await ports.cases.by_external("site", "x9") == (1, 2)
    late = await ports.cases.paged_entry(1, 2)
    again.delivery.state, again.delivery.row = "queued", 7
    assert await ports.cases.save_paged(1, again)
    late.delivery.state = "read"
    assert not await ports.cases.save_paged(1, late), "it was sent again since"
    now = await ports.cases.paged_entry(1, 2)
    assert (now.delivery.state, now.delivery.row, now.turn) == ("queued", 7, again.turn)
    again.delivery.state = "delivered"
    assert await ports.cases.save_paged(1, again), "who wrote it last may go on"
    assert not await ports.cases.save_paged(1, msgspec.structs.replace(now, seq=999))
    assert await ports.cases.paged_entry(1, 999) is None
    assert await ports.cases.paged_entry(2, 1) is None
    shown = await ports.cases.thread(1, None, 1000)
    assert sorted(line.seq for line in shown) == list(range(1, 323))
    assert next(line for line in shown if line.seq == 2).delivery.state == "delivered"


async def test_a_turned_page_refuses_who_looked_before(ports: Any) -> None:
    mine = await long_case(ports, 146)
    stale = await ports.cases.get(1)
    mine.receive(message("a", seconds=900), at(900))
    for n in range(901, 905):
        mine.receive(message(f"b{n}", seconds=n), at(n))
    await ports.cases.save(mine, "cut")
    assert mine.pages > stale.pages
    stale.receive(message("c", seconds=902), at(902))
    with pytest.raises(Conflict):
        await ports.cases.save(stale, "late")
    whole = await ports.cases.thread(1, None, 1000)
    assert len(whole) == mine.seqs
