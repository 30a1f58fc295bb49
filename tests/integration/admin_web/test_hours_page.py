"""Working hours as an admin sets them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.domain.staff import Group
from tests.support.desk import browsing, furnished, hire
from tests.support.world import World

WEEK = {f"day{number}": "08:00–20:00" for number in range(5)} | {"day5": "", "day6": ""}
OFFICE = WEEK | {"rev": "0", "holidays": "1"}


@pytest.fixture
async def desk() -> AsyncIterator[Any]:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "boss", "admin")
    await world.store.staff.put_group(Group(id="night", name="Аварийная"))
    async with browsing(pages) as browser:
        await browser.come_in("boss")
        yield world, services, browser


async def test_the_house_gets_hours_and_a_group_its_own(desk: Any) -> None:
    world, services, browser = desk
    assert "круглосуточно" in await (await browser.get("/admin/hours")).text()
    assert (await browser.post("/admin/hours/house", OFFICE)).status == 303
    page = await (await browser.get("/admin/hours")).text()
    # Monday noon.
    assert "сейчас открыто" in page
    assert "как у всей организации" in page
    world.clock.time = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    assert await services.hours.opens("night") == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    body = OFFICE | {f"day{number}": "20:00-08:00" for number in range(7)}
    await browser.post("/admin/hours/night", body)
    assert await services.hours.opens("night") is None
    assert await services.hours.opens("") == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    await browser.post("/admin/hours/night/delete")
    assert await services.hours.opens("night") is not None


async def test_special_days_are_kept_and_taken_away(desk: Any) -> None:
    world, _, browser = desk
    special = [("when", "2026-12-31"), ("hours", "9-15"), ("name", "короткий день")]
    rows = [*special, ("when", "2026-12-01"), ("hours", ""), ("name", "")]
    await browser.post("/admin/hours/house", [*OFFICE.items(), *rows])
    held = (await world.store.hours.all())["house"]
    assert [one.day.isoformat() for one in held.special] == ["2026-12-01", "2026-12-31"]
    page = await (await browser.get("/admin/hours/house")).text()
    assert "09:00–15:00" in page
    assert "короткий день" in page
    empty = [("when", ""), ("hours", "9-15"), ("name", "")]
    await browser.post("/admin/hours/house", [*OFFICE.items(), *empty])
    assert (await world.store.hours.all())["house"].special == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"day0": "с утра"}, "Часы недели: указано неверно"),
        ({"when": "2026-12-31", "hours": "8-99", "name": ""}, "Особые дни: указано неверно"),
    ],
)
async def test_what_is_no_hours_is_refused_in_place_and_stays_typed(
    desk: Any, body: dict[str, str], said: str
) -> None:
    world, _, browser = desk
    refused = await browser.post("/admin/hours/house", OFFICE | body)
    assert refused.status == 422
    page = await refused.text()
    assert said in page
    assert next(iter(body.values())) in page
    assert await world.store.hours.all() == {}


async def test_a_change_that_another_was_before_is_refused(desk: Any) -> None:
    _, _, browser = desk
    await browser.post("/admin/hours/house", OFFICE)
    assert (await browser.post("/admin/hours/house", OFFICE | {"day5": "9-12"})).status == 303
    assert (await browser.post("/admin/hours/house", OFFICE | {"day6": "9-12"})).status == 409


async def test_the_same_date_twice_is_refused(desk: Any) -> None:
    _, _, browser = desk
    twice = [("when", "2026-12-31"), ("hours", ""), ("name", "")] * 2
    refused = await browser.post("/admin/hours/house", [*OFFICE.items(), *twice])
    assert "одна дата указана дважды" in await refused.text()


async def test_an_unknown_group_has_no_hours(desk: Any) -> None:
    _, _, browser = desk
    assert (await browser.get("/admin/hours/nobody")).status == 404
    assert (await browser.post("/admin/hours/nobody", OFFICE)).status == 404
