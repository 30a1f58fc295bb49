"""Houses and working hours."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.domain.hours import Schedule, Span, SpecialDay
from hub.domain.premises import House
from hub.ports.saving import Conflict, Duplicate
from tests.contract.store.samples import at


def house(code: str, address: str, **fields: Any) -> House:
    return House(code=code, address=address, created_at=at(), updated_at=at(), **fields)


async def test_houses_stand_by_address(ports: Any) -> None:
    for one in (house("b", "Мира, 2"), house("c", "Ленина, 5", entrance="2")):
        await ports.houses.put(one, new=True)
    await ports.houses.put(house("a", "Ленина, 5", entrance="1"), new=True)
    assert [one.code for one in await ports.houses.all()] == ["a", "c", "b"]
    assert await ports.houses.get("c") == house("c", "Ленина, 5", entrance="2")
    assert await ports.houses.get("d") is None


async def test_a_code_is_given_once(ports: Any) -> None:
    await ports.houses.put(house("a", "Ленина, 5", active=False), new=True)
    with pytest.raises(Duplicate):
        await ports.houses.put(house("a", "Мира, 2"), new=True)


async def test_a_house_is_changed_by_one_at_a_time(ports: Any) -> None:
    await ports.houses.put(house("a", "Ленина, 5"), new=True)
    mine, stale = await ports.houses.get("a"), await ports.houses.get("a")
    mine.active = False
    await ports.houses.put(mine)
    stale.address = "Мира, 2"
    with pytest.raises(Conflict):
        await ports.houses.put(stale)
    found = await ports.houses.get("a")
    assert (found.address, found.active, found.rev) == ("Ленина, 5", False, 1)


async def test_hours_come_back_as_they_were(ports: Any) -> None:
    week = [[Span(480, 720), Span(780, 1200)]] * 5 + [[], [Span(1200, 1920)]]
    special = [
        SpecialDay(date(2026, 12, 31), (Span(540, 900),), "короткий"),
        SpecialDay(at().date()),
    ]
    await ports.hours.put(Schedule(id="house", week=week, special=special), new=True)
    await ports.hours.put(Schedule(id="night", holidays=False), new=True)
    with pytest.raises(Duplicate):
        await ports.hours.put(Schedule(id="night", holidays=True), new=True)
    found = await ports.hours.all()
    assert set(found) == {"house", "night"}
    assert found["house"] == Schedule(id="house", week=week, special=special)
    assert found["night"].week == [[] for _ in range(7)]
    stale = (await ports.hours.all())["night"]
    await ports.hours.put(found["night"])
    stale.week[0] = [Span(0, 60)]
    with pytest.raises(Conflict):
        await ports.hours.put(stale)
    await ports.hours.drop("night")
    assert set(await ports.hours.all()) == {"house"}
