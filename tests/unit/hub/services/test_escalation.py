"""Nobody takes a case: who hears of it, step by step; and deadlines that come near."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.domain.shift import Shift, ShiftState
from hub.domain.staff import Actor, Group
from hub.services.notices import anybody_on_shift
from hub.services.timers import Timers
from tests.support.world import World


@pytest.fixture
async def world() -> World:
    """The north first, then the south, then the east; a supervisor in the north and one for all."""
    world = World()
    for group, wait, following in (("north", 10, "south"), ("south", 5, "east"), ("east", 5, "")):
        await world.store.staff.put_group(
            Group(
                id=group,
                name=group,
                default=group == "north",
                escalate_minutes=wait,
                next_group=following,
            )
        )
        await hire(world, f"{group}-anna", "operator", group)
    await hire(world, "lena", "supervisor", "north")
    return world


async def hire(world: World, login: str, role: str, group: str = "") -> Actor:
    actor = await world.staff(login, role)  # type: ignore[arg-type]
    person = await world.store.staff.get(login)
    person.groups = [group] if group else []
    await world.store.staff.save(person)
    return actor


async def at_work(world: World, login: str, state: ShiftState) -> None:
    person = await world.store.staff.get(login)
    person.shift = Shift(state, world.clock.now())
    await world.store.staff.save(person)


async def sweep(world: World, **after: float) -> list[tuple[str, str]]:
    """Let time pass, sweep twice as two schedulers would; returns who heard what."""
    world.clock.forward(**after)
    world.phone.rows.clear()
    for _ in range(2):
        # A scheduler that has just started knows nothing but the store.
        await Timers(world.deps, world.services.book).deadlines()
    await world.kicks.drain(await world.store.cases.due(world.clock.now(), 99))
    await world.settle()
    return sorted((login, what) for login, what, _ in world.phone.rows if what != "card")


async def test_each_step_calls_the_next_ones_once(world: World) -> None:
    await world.say("Нет воды")
    assert await sweep(world, minutes=9) == []
    assert await sweep(world, minutes=1) == [("lena", "escalated"), ("south-anna", "escalated")]
    assert await sweep(world, minutes=4) == []
    assert await sweep(world, minutes=1) == [("east-anna", "escalated"), ("lena", "escalated")]
    # The last group has nobody to pass it to: those who lead hear of it, and that is all.
    assert await sweep(world, minutes=5) == [("lena", "escalated")]
    assert await sweep(world, hours=9) == []
    case = await world.services.book.load(1)
    told = [line.data.get("group", "") for line in case.history if line.action == "escalated"]
    assert told == ["south", "east", ""]


async def test_a_case_that_was_taken_bothers_nobody(world: World) -> None:
    await world.say("Нет воды")
    anna = Actor.of(await world.services.people.get("south-anna"))
    world.clock.forward(minutes=9)
    await world.services.casework.take(1, anna)
    assert await sweep(world, minutes=60) == []


async def test_who_was_called_sees_that_it_was_taken(world: World) -> None:
    """A card in the chat of the next group would offer [Взять] for ever."""
    await world.say("Нет воды")
    await sweep(world, minutes=10)
    world.phone.rows.clear()
    await world.services.casework.take(1, Actor.of(await world.services.people.get("north-anna")))
    await world.settle()
    drawn = {login for login, what, _ in world.phone.rows if what == "card"}
    assert {"south-anna", "lena", "north-anna"} <= drawn


async def test_a_circle_of_groups_ends(world: World) -> None:
    await world.store.staff.put_group(
        Group(id="south", name="south", escalate_minutes=5, next_group="north")
    )
    await world.say("Нет воды")
    await sweep(world, minutes=10)
    assert await sweep(world, minutes=5) == [("lena", "escalated")]
    assert await sweep(world, minutes=500) == []


async def test_nobody_on_shift_wakes_those_who_lead(world: World) -> None:
    directory = await world.store.staff.directory()
    assert anybody_on_shift(directory, "north")
    await at_work(world, "north-anna", "break")
    assert anybody_on_shift(await world.store.staff.directory(), "north")
    await at_work(world, "north-anna", "off")
    assert not anybody_on_shift(await world.store.staff.directory(), "north")
    await world.say("Нет воды")
    heard = {(login, what) for login, what, _ in world.phone.rows if what != "card"}
    assert heard == {("lena", "unstaffed")}
    (held,) = await world.store.held.of("north-anna")
    assert (held.what, held.case) == ("new", 1)


async def test_without_a_supervisor_of_its_own_the_group_has_all_of_them(world: World) -> None:
    await at_work(world, "north-anna", "off")
    lena = await world.store.staff.get("lena")
    lena.groups = ["south"]
    await world.store.staff.save(lena)
    await world.say("Нет воды")
    assert ("lena", "unstaffed", 1) in world.phone.rows


async def test_the_executor_and_who_answers_are_reminded_before_the_deadline(world: World) -> None:
    anna = Actor.of(await world.services.people.get("north-anna"))
    await hire(world, "ivan", "executor")
    await world.say("Нет воды")
    await world.services.casework.take(1, anna)
    work = world.services.casework
    await work.executors(1, anna, add=["ivan"])
    await work.responsible(1, "lena", anna)
    await work.deadline(1, world.clock.now() + timedelta(hours=3), anna)
    heard = await sweep(world, minutes=119)
    assert heard == [("ivan", "deadline"), ("ivan", "task"), ("lena", "responsible")]
    assert await sweep(world, minutes=1) == [("ivan", "soon"), ("lena", "soon")]
    assert await sweep(world, minutes=59) == []
    late = await sweep(world, minutes=2)
    assert {what for _, what in late} == {"overdue"}


async def test_a_group_says_how_long_before(world: World) -> None:
    group = (await world.store.staff.directory()).groups["north"]
    group.remind_minutes = 15
    await world.store.staff.put_group(group)
    await world.say("Нет воды")
    anna = Actor.of(await world.services.people.get("north-anna"))
    await world.services.casework.take(1, anna)
    await world.services.casework.responsible(1, "lena", anna)
    await world.services.casework.deadline(1, world.clock.now() + timedelta(hours=1), anna)
    case = await world.services.book.load(1)
    assert case.remind_at == world.clock.now() + timedelta(minutes=45)
