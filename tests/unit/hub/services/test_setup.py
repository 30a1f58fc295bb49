"""What admins set."""

from __future__ import annotations

import pytest

from hub.domain.catalog import CaseType, FirstDeadline, ResultCode
from hub.domain.errors import Forbidden, Invalid
from hub.domain.staff import Actor
from tests.support.world import World


async def test_result_codes_stand_in_their_order(world: World, admin: Actor) -> None:
    setup = world.services.setup
    for order, name, active in ((2, "Вторая", True), (1, "Первая", True), (0, "Старая", False)):
        await setup.put_result(ResultCode(id="", name=name, order=order, active=active), admin)
    assert [code.name for code in await setup.results()] == ["Первая", "Вторая"]
    assert len(await setup.results(active_only=False)) == 3
    with pytest.raises(Invalid):
        await setup.put_result(ResultCode(id="", name=" "), admin)


async def test_deadlines_are_between_a_minute_and_a_year(world: World, admin: Actor) -> None:
    setup = world.services.setup
    for minutes in (0, -5, 366 * 24 * 60 + 1):
        with pytest.raises(Invalid):
            await setup.put_deadline(FirstDeadline(id="", minutes=minutes), admin)
    rule = await setup.put_deadline(FirstDeadline(id="", minutes=1), admin)
    assert await setup.deadlines() == [rule]
    await setup.drop_deadline(rule.id, admin)
    assert await setup.deadlines() == []


async def test_only_admins_set_things(world: World, emma: Actor, lena: Actor) -> None:
    setup = world.services.setup
    for by in (emma, lena):
        for call in (
            setup.put_result(ResultCode(id="", name="x"), by),
            setup.put_type(CaseType(id="", name="x"), by),
            setup.put_deadline(FirstDeadline(id="", minutes=5), by),
            setup.drop_deadline("x", by),
        ):
            with pytest.raises(Forbidden):
                await call
