"""How much everybody has to do."""

from __future__ import annotations

from hub.domain.message import Address
from hub.domain.staff import Actor
from hub.services.addresses import next_address
from hub.services.load import Load
from tests.support.world import World


async def test_cases_and_tasks_are_counted_apart(world: World, emma: Actor, ivan: Actor) -> None:
    await world.say("Нет воды")
    await world.say("Нет света", "boris")
    for number in (1, 2):
        await world.services.casework.take(number, emma)
        await world.services.casework.executors(number, emma, add=["ivan"])
    await world.services.tasks.advance(1, "done", ivan)
    load = await world.services.queries.load(["emma", "ivan", "", "ivan", "nobody"])
    assert load == {"emma": Load(open=2), "ivan": Load(tasks=1), "nobody": Load()}
    assert [case.number for case in await world.services.queries.tasks(ivan)] == [2]
    await world.services.casework.close(2, emma)
    assert await world.services.queries.tasks(ivan) == []


async def test_the_next_way_is_another_one_that_can_be_sent_by(world: World, emma: Actor) -> None:
    await world.say("Нет воды")
    case = await world.services.book.load(1)
    assert case.address is not None
    assert await next_address(world.deps, case, case.address) is None
    other = Address("site", "test", "anna2", "external:site:anna2", "site:anna2")
    off = Address("gone", "test", "anna3", "external:gone:anna3", "gone:anna3")
    assert await next_address(world.deps, case, other) == case.address
    case.address = off
    assert await next_address(world.deps, case, other) is not None
    assert (await next_address(world.deps, case, other)) != off
