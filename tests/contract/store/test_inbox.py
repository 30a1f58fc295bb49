"""The durable inbox."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.contract.store.samples import at, key, raw


async def test_a_kept_row_is_read_back_as_it_came(ports: Any) -> None:
    kept = await ports.inbox.keep(raw(b'{"text": "ok"}'), key("1", "site:u1"))
    assert kept.state == "new"
    row = await ports.inbox.get(kept.id)
    assert row.raw.body == b'{"text": "ok"}'
    assert (row.account, row.external_id, row.lane, row.state) == ("site", "1", "site:u1", "new")
    assert row.at == at()
    # The id that logs carry from the webhook on.
    assert row.trace == row.id


async def test_headers_and_query_are_kept_whatever_their_names(ports: Any) -> None:
    sent = raw()
    sent.headers = {"x-a.b": "1", "$set": "2", "content-type": "text/plain"}
    sent.query, sent.path, sent.method = "a=1", "/in/site/extra", "GET"
    kept = await ports.inbox.keep(sent, key("1"))
    assert (await ports.inbox.get(kept.id)).raw == sent


async def test_repeats_are_told_from_conflicts(ports: Any) -> None:
    first = await ports.inbox.keep(raw(b"a"), key("1", strict=True))
    again = await ports.inbox.keep(raw(b"a"), key("1", strict=True))
    other = await ports.inbox.keep(raw(b"b"), key("1", strict=True))
    loose = await ports.inbox.keep(raw(b"b"), key("1"))
    elsewhere = await ports.inbox.keep(raw(b"b", account="app"), key("1"))
    states = [kept.state for kept in (first, again, other, loose, elsewhere)]
    assert states == ["new", "repeat", "conflict", "repeat", "new"]
    assert (await ports.inbox.get(first.id)).raw.body == b"a"


async def test_the_same_event_from_many_at_once_is_kept_once(ports: Any) -> None:
    kept = await asyncio.gather(*(ports.inbox.keep(raw(b"a"), key(f"{n % 5}")) for n in range(60)))
    assert sorted(one.state for one in kept) == ["new"] * 5 + ["repeat"] * 55
    rows = await ports.inbox.waiting(["lane"], 100, at(9))
    assert sorted(row.external_id for row in rows) == ["0", "1", "2", "3", "4"]


async def test_what_was_kept_is_told_by_lanes(ports: Any) -> None:
    told: list[str] = []
    heard = asyncio.Event()

    async def hook(lanes: list[str]) -> None:
        told.extend(lanes)
        if set(told) == {"a", "b"}:
            heard.set()

    ports.inbox.on_kept = hook
    await asyncio.gather(
        ports.inbox.keep(raw(), key("1", "a")),
        ports.inbox.keep(raw(), key("2", "a")),
        ports.inbox.keep(raw(), key("3", "b")),
    )
    async with asyncio.timeout(60):
        await heard.wait()


async def test_a_large_body_comes_back_whole(ports: Any) -> None:
    body = bytes(range(256)) * 4096
    kept = await ports.inbox.keep(raw(body), key("1"))
    again = await ports.inbox.keep(raw(body), key("1"))
    assert (kept.state, again.state) == ("new", "repeat")
    assert (await ports.inbox.get(kept.id)).raw.body == body
    (row,) = await ports.inbox.waiting(["lane"], 5, at(9))
    assert row.raw.body == body


@pytest.mark.parametrize("size", [400, 300_000])
async def test_heavy_rows_come_a_few_at_a_time(
    ports: Any, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in ("hub.store.inbox", "tests.support.memory.inbox"):
        monkeypatch.setattr(f"{where}.HEAVY", size * 2)
    kept = [await ports.inbox.keep(raw(bytes(size), seconds=n), key(str(n))) for n in range(5)]
    came = []
    while rows := await ports.inbox.waiting(["lane"], 10, at(9)):
        came.append([row.external_id for row in rows])
        await ports.inbox.done([row.id for row in rows], at(9))
    assert came == [["0", "1"], ["2", "3"], ["4"]]
    assert len({one.id for one in kept}) == 5


async def test_rows_wait_in_the_order_kept(ports: Any) -> None:
    for n in range(5):
        await ports.inbox.keep(raw(seconds=0 if n < 3 else 1), key(str(n)))
    await ports.inbox.keep(raw(), key("other", "elsewhere"))
    rows = await ports.inbox.waiting(["lane"], 10, at(9))
    assert [row.external_id for row in rows] == ["0", "1", "2", "3", "4"]
    assert len(await ports.inbox.waiting(["lane"], 2, at(9))) == 2


async def test_chosen_case_stands_on_the_row_and_done_rows_do_not_wait(ports: Any) -> None:
    kept = [await ports.inbox.keep(raw(), key(str(n))) for n in range(3)]
    await ports.inbox.choose((one.id, 7, 3, "c1") for one in kept[:2])
    row = await ports.inbox.get(kept[0].id)
    assert (row.case, row.linked, row.contact) == (7, 3, "c1")
    await ports.inbox.done([one.id for one in kept[:2]], at(5))
    rows = await ports.inbox.waiting(["lane"], 10, at(9))
    assert [row.id for row in rows] == [kept[2].id]
    row = await ports.inbox.get(kept[0].id)
    assert (row.state, row.done_at, row.case) == ("done", at(5), 7)


async def test_a_row_put_off_waits_for_its_time(ports: Any) -> None:
    kept = await ports.inbox.keep(raw(), key("1"))
    await ports.inbox.later(kept.id, at(10), "not yet")
    assert await ports.inbox.waiting(["lane"], 10, at(9)) == []
    (row,) = await ports.inbox.waiting(["lane"], 10, at(10))
    assert (row.tries, row.error, row.due) == (1, "not yet", at(10))
    assert await ports.inbox.stale_lanes(at(9), 10) == []
    assert await ports.inbox.stale_lanes(at(11), 10) == ["lane"]


async def test_quarantine_and_replay(ports: Any) -> None:
    kept = await ports.inbox.keep(raw(), key("1"))
    await ports.inbox.choose([(kept.id, 4, 0, "c1")])
    await ports.inbox.quarantine(kept.id, "bad json", at(1))
    assert await ports.inbox.waiting(["lane"], 10, at(9)) == []
    page = await ports.inbox.page(account="", state="quarantined", cursor=None, limit=10)
    assert [(row.id, row.error) for row in page.items] == [(kept.id, "bad json")]
    row = await ports.inbox.replay(kept.id)
    assert (row.state, row.case, row.error, row.tries) == ("new", 4, "", 0)
    assert len(await ports.inbox.waiting(["lane"], 10, at(9))) == 1
    assert await ports.inbox.replay("nothing") is None


async def test_pages_of_rows_newest_first(ports: Any) -> None:
    for n in range(7):
        account = "site" if n % 2 else "app"
        await ports.inbox.keep(raw(account=account, seconds=n * 40_000), key(str(n)))
    first = await ports.inbox.page(account="", state=None, cursor=None, limit=3)
    second = await ports.inbox.page(account="", state=None, cursor=first.next, limit=3)
    third = await ports.inbox.page(account="", state=None, cursor=second.next, limit=3)
    seen = [row.external_id for page in (first, second, third) for row in page.items]
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]
    assert third.next is None
    only = await ports.inbox.page(account="site", state="new", cursor=None, limit=2)
    assert [row.external_id for row in only.items] == ["5", "3"]
    rest = await ports.inbox.page(account="site", state="new", cursor=only.next, limit=2)
    assert [row.external_id for row in rest.items] == ["1"]


async def test_stale_lanes_expiry_and_figures(ports: Any) -> None:
    kept = [await ports.inbox.keep(raw(seconds=n), key(str(n), f"lane{n % 2}")) for n in range(6)]
    assert await ports.inbox.stale_lanes(at(0), 10) == []
    assert await ports.inbox.stale_lanes(at(1), 10) == ["lane0"]
    assert sorted(await ports.inbox.stale_lanes(at(9), 10)) == ["lane0", "lane1"]
    await ports.inbox.done([one.id for one in kept[:4]], at(7))
    await ports.inbox.quarantine(kept[4].id, "no", at(7))
    stats = await ports.inbox.stats(at(15))
    assert stats == {"new": 1.0, "quarantined": 1.0, "oldest": 10.0}
    assert await ports.inbox.expire(at(7), 10) == 0
    assert await ports.inbox.expire(at(8), 3) == 3
    assert await ports.inbox.expire(at(8), 3) == 1
    assert await ports.inbox.get(kept[0].id) is None
    assert await ports.inbox.get(kept[5].id) is not None


async def test_figures_of_an_empty_inbox(ports: Any) -> None:
    assert await ports.inbox.stats(at()) == {"new": 0.0, "quarantined": 0.0, "oldest": 0.0}


async def test_row_that_cannot_be_written_takes_no_other_with_it(ports: Any) -> None:
    """Half a character in a header failed the whole group: sixty others heard 503."""
    broken = raw()
    broken.headers = {"x-odd": "\udcff"}
    together = [ports.inbox.keep(raw(), key(str(number))) for number in range(5)]
    kept = await asyncio.gather(
        ports.inbox.keep(broken, key("broken")), *together, return_exceptions=True
    )
    assert isinstance(kept[0], Exception)
    assert [one.state for one in kept[1:]] == ["new"] * 5
    assert await ports.inbox.get(kept[5].id) is not None


async def test_a_repeat_waits_no_second_time(ports: Any) -> None:
    kept = await ports.inbox.keep(raw(), key("1"))
    await ports.inbox.done([kept.id], at(1))
    assert (await ports.inbox.keep(raw(), key("1"))).state == "repeat"
    assert await ports.inbox.waiting(["lane"], 10, at(9)) == []
    assert (await ports.inbox.stats(at(9)))["new"] == 0.0
    assert await ports.inbox.stale_lanes(at(9), 10) == []


async def test_a_row_in_quarantine_counts_its_tries_anew_when_replayed(ports: Any) -> None:
    kept = [await ports.inbox.keep(raw(), key(str(n))) for n in range(2)]
    await ports.inbox.later(kept[0].id, at(1), "not yet")
    await ports.inbox.quarantine(kept[0].id, "given up", at(2))
    row = await ports.inbox.get(kept[0].id)
    assert (row.state, row.error, row.lane) == ("quarantined", "given up", "lane")
    assert [one.id for one in await ports.inbox.waiting(["lane"], 10, at(9))] == [kept[1].id]
    await ports.inbox.done([kept[1].id], at(3))
    await ports.inbox.replay(kept[0].id)
    await ports.inbox.replay(kept[1].id)
    rows = await ports.inbox.waiting(["lane"], 10, at(9))
    assert [(one.id, one.tries) for one in rows] == [(kept[0].id, 0), (kept[1].id, 0)]
