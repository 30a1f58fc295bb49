"""Calls and callbacks: one open entry of a number, lists in order, nothing overwritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.domain.call import Call, call_id
from hub.domain.callback import Callback
from hub.domain.callevent import CallDirection, CallEvent, CallResult, Party, Recording
from hub.ports.calls import CallbackFilter, CallFilter
from hub.ports.saving import Conflict, Duplicate

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ANNA, OLEG = "+79160000001", "+79160000002"


def made(
    name: str,
    minutes: float = 0,
    *,
    number: str = ANNA,
    direction: CallDirection = "in",
    result: CallResult | None = "missed",
) -> Call:
    at = NOW + timedelta(minutes=minutes)
    caller, callee = (Party(number), Party()) if direction == "in" else (Party(), Party(number))
    call = Call.of(
        CallEvent(
            key=f"acct:{name}",
            account="acct",
            channel="cti",
            call=name,
            kind="ringing",
            at=at,
            direction=direction,
            caller=caller,
            callee=callee,
        ),
        at,
    )
    if result is not None:
        call.hear(
            CallEvent(
                key=f"acct:{name}:end",
                account="acct",
                channel="cti",
                call=name,
                kind="ended",
                at=at + timedelta(seconds=20),
                result=result,
                direction=direction,
            ),
            at,
        )
    return call


async def test_a_call_is_added_once_and_saved_by_its_revision(ports: Any) -> None:
    call = made("a")
    await ports.calls.add(call)
    other = made("a")
    other.name = "another"
    with pytest.raises(Duplicate):
        await ports.calls.add(other)
    mine, theirs = await ports.calls.get(call.id), await ports.calls.get(call.id)
    assert mine == call
    mine.name = "Анна"
    await ports.calls.save(mine)
    theirs.name = "Олег"
    with pytest.raises(Conflict):
        await ports.calls.save(theirs)
    assert (await ports.calls.get(call.id)).name == "Анна"
    assert await ports.calls.get("none") is None
    assert set(await ports.calls.many([call.id, "none"])) == {call.id}
    assert await ports.calls.many([]) == {}


async def test_lists_show_what_was_asked_for_the_newest_first(ports: Any) -> None:
    calls = [
        made("a", 0),
        made("b", 1, number=OLEG, result="answered"),
        made("c", 2, direction="out", result="answered"),
        made("d", 3, result=None),
    ]
    calls[1].staff, calls[2].staff, calls[0].rung = ["emma"], ["emma"], ["pavel"]
    calls[0].contact, calls[2].contact = "x", "y"
    calls[3].cases = [7]
    for call in calls:
        await ports.calls.add(call)

    async def names(**asked: object) -> list[str]:
        page = await ports.calls.page(CallFilter(**asked), None, 10)
        assert await ports.calls.count(CallFilter(**asked), 10) == len(page.items)
        return [one.call for one in page.items]

    assert await names() == ["d", "c", "b", "a"]
    assert await names(kind="in") == ["d", "b", "a"]
    assert await names(kind="out") == ["c"]
    assert await names(kind="missed") == ["a"]
    assert await names(staff="emma") == ["c", "b"]
    assert await names(staff="pavel", kind="missed") == ["a"]
    assert await names(staff="emma", kind="missed") == []
    assert await names(number=ANNA, kind="in") == ["d", "a"]
    assert await names(contacts=("x",)) == ["a"]
    assert await names(contacts=("x", "y")) == ["c", "a"]
    assert await names(case=7) == ["d"]
    assert await names(account="other") == []
    assert await names(since=NOW + timedelta(minutes=2)) == ["d", "c"]
    live = await ports.calls.under_way(NOW - timedelta(hours=1), 10)
    assert [one.call for one in live] == ["d"]
    assert await ports.calls.under_way(NOW + timedelta(hours=1), 10) == []


async def test_a_long_list_comes_in_pages_without_gap_or_repeat(ports: Any) -> None:
    for index in range(25):
        await ports.calls.add(made(f"c{index}", index // 3 * 400))
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await ports.calls.page(CallFilter(), cursor, 7)
        seen += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 25
    assert await ports.calls.count(CallFilter(), 10) == 10


async def test_recordings_that_are_due_are_found(ports: Any) -> None:
    call = made("a")
    record = CallEvent(
        key="acct:r",
        account="acct",
        channel="cti",
        call="a",
        kind="recording",
        at=NOW,
        recording=Recording(id="r", ref="r", ready=NOW + timedelta(seconds=40)),
    )
    call.hear(record, NOW)
    call.want_recordings(NOW)
    await ports.calls.add(call)
    assert await ports.calls.to_fetch(NOW, 10) == []
    assert await ports.calls.to_fetch(NOW + timedelta(seconds=41), 10) == [call.id]
    call.fetched("r", 10, NOW)
    await ports.calls.save(call)
    assert await ports.calls.to_fetch(NOW + timedelta(days=1), 10) == []
    assert (await ports.calls.get(call.id)).recordings[0].state == "ready"


async def test_a_number_has_one_open_entry(ports: Any) -> None:
    store = ports.callbacks
    first, second = Callback.of(made("a"), NOW), Callback.of(made("b", 1), NOW)
    await store.add(first)
    with pytest.raises(Duplicate):
        await store.add(second)
    held = await store.open_for(ANNA)
    assert held == first
    assert (await store.holding(call_id("acct", "a"))).id == first.id
    assert await store.holding("none") is None
    assert held.done("emma", "", NOW)
    await store.save(held)
    assert await store.open_for(ANNA) is None
    await store.add(second)
    assert (await store.holding(call_id("acct", "a"))).id == first.id
    first.taken_by = "pavel"
    with pytest.raises(Conflict):
        await store.save(first)
    assert await store.get("none") is None


async def test_who_waits_longest_stands_first(ports: Any) -> None:
    store = ports.callbacks
    for index in range(5):
        entry = Callback.of(made(f"c{index}", index, number=f"+7916000001{index}"), NOW)
        await store.add(entry)
    page = await store.page(CallbackFilter(), None, 3)
    rest = await store.page(CallbackFilter(), page.next, 3)
    assert [one.number[-1] for one in [*page.items, *rest.items]] == ["0", "1", "2", "3", "4"]
    assert rest.next is None
    assert await store.waiting(99) == 5
    assert await store.waiting(3) == 3
    for entry in page.items:
        entry.done("emma", "", NOW)
        await store.save(entry)
    done = await store.page(CallbackFilter(state="done"), None, 2)
    assert [one.number[-1] for one in done.items] == ["2", "1"]
    again = await store.page(CallbackFilter(state="done"), done.next, 2)
    assert [one.number[-1] for one in again.items] == ["0"]
    one = await store.page(CallbackFilter(number="+79160000013"), None, 9)
    assert len(one.items) == 1
    assert (await store.page(CallbackFilter(contact="x"), None, 9)).items == []


async def test_late_ones_are_found_until_somebody_was_told(ports: Any) -> None:
    store = ports.callbacks
    entry = Callback.of(made("a"), NOW)
    await store.add(entry)
    assert await store.late(entry.due - timedelta(seconds=1), 9) == []
    later = entry.due + timedelta(seconds=1)
    assert await store.late(later, 9) == [entry.id]
    assert entry.alert(later)
    assert not entry.alert(later)
    await store.save(entry)
    assert await store.late(later, 9) == []
