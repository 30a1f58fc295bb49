"""Notices held back, and intervals of shifts."""

from __future__ import annotations

from typing import Any

from hub.domain.notices import NoticeSettings, Quiet
from hub.domain.shift import Shift, ShiftSpan
from hub.domain.staff import Group, Staff
from hub.ports.notices import Held
from tests.contract.store.samples import at


def held(login: str, case: int, seconds: float = 0, **fields: Any) -> Held:
    return Held(id=f"{login}:{case}", login=login, what="new", case=case, at=at(seconds), **fields)


async def test_a_notice_is_held_once_and_handed_out_in_order(ports: Any) -> None:
    for one in (held("ann", 2, 5), held("ann", 1, 3), held("bob", 1, 4), held("ann", 2, 9)):
        await ports.held.add(one)
    assert [one.case for one in await ports.held.of("ann")] == [1, 2]
    assert (await ports.held.of("ann"))[1].at == at(5)
    assert await ports.held.oldest() == {"ann": at(3), "bob": at(4)}
    assert await ports.held.of("nobody") == []


async def test_what_came_after_a_digest_began_is_not_in_it(ports: Any) -> None:
    await ports.held.add(held("ann", 1))
    await ports.held.gather("ann", "first")
    await ports.held.add(held("ann", 2, 1))
    await ports.held.add(held("bob", 3))
    batches = {one.case: one.batch for one in await ports.held.of("ann")}
    assert batches == {1: "first", 2: ""}
    await ports.held.gather("ann", "second")
    assert [one.batch for one in await ports.held.of("ann")] == ["first", "second"]
    assert (await ports.held.of("bob"))[0].batch == ""
    await ports.held.drop(["ann:1"])
    await ports.held.drop([])
    assert [one.case for one in await ports.held.of("ann")] == [2]


async def test_an_interval_written_again_is_one(ports: Any) -> None:
    def span(login: str, since: float, until: float) -> ShiftSpan:
        return ShiftSpan(
            id=f"{login}:{since}", login=login, state="on", since=at(since), until=at(until)
        )

    for one in (span("ann", 10, 20), span("ann", 0, 5), span("bob", 4, 30), span("ann", 10, 25)):
        await ports.shifts.put(one)
    assert await ports.shifts.since(at(5), "ann") == [span("ann", 10, 25)]
    assert await ports.shifts.since(at(0), "ann") == [span("ann", 0, 5), span("ann", 10, 25)]
    assert [one.login for one in await ports.shifts.since(at(20))] == ["bob", "ann"]


async def test_what_people_and_groups_have_chosen_comes_back(ports: Any) -> None:
    chosen = NoticeSettings(scope="mine", quiet=Quiet(1320, 420), digest="at", hours=(9, 17))
    ann = Staff(
        login="ann",
        name="Анна",
        shift=Shift("break", at(3)),
        notices=chosen,
        created_at=at(),
        updated_at=at(),
    )
    await ports.staff.add(ann)
    group = Group(id="g", name="Север", escalate_minutes=10, next_group="h", remind_minutes=0)
    await ports.staff.put_group(group)
    directory = await ports.staff.directory()
    assert directory.staff["ann"].shift == Shift("break", at(3))
    assert directory.staff["ann"].notices == chosen
    assert directory.groups["g"] == group
    assert directory.zone == "Europe/Moscow"
