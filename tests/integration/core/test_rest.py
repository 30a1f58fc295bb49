"""Rest and escalation over the real store, with processes that come and go."""

from __future__ import annotations

from hub.domain.staff import Group
from hub.services.digests import Digests
from hub.store.store import Store
from tests.support.world import World


def restarted(world: World, store: Store) -> World:
    """Another process over the same store, at the same time."""
    other = World(store)
    other.clock.time = world.clock.time
    other.deps.ids.count = 10_000  # type: ignore[attr-defined]
    return other


async def test_a_night_with_restarts(store: Store) -> None:
    """Nobody is on shift: the supervisor is woken, each step is taken once, and in the morning the
    operator hears of everything in one letter."""
    world = World(store)
    await store.staff.put_group(
        Group(id="north", name="Север", default=True, escalate_minutes=10, next_group="south")
    )
    await store.staff.put_group(Group(id="south", name="Юг"))
    emma = await world.staff("emma")
    await world.staff("lena", "supervisor")
    await world.services.shifts.change("off", emma)
    await world.say("Нет воды", "anna")
    await world.say("Нет света", "boris")
    heard = [row for row in world.phone.rows if row[1] != "card"]
    assert [(login, what) for login, what, _ in heard] == [("lena", "unstaffed")] * 2
    world.clock.forward(minutes=10)
    told: list[tuple[str, str, int]] = []
    for _ in range(3):
        world = restarted(world, store)
        await world.timers.deadlines()
        await world.kicks.drain(await store.cases.due(world.clock.now(), 9))
        await world.settle()
        told += [row for row in world.phone.rows if row[1] == "escalated"]
    assert [login for login, _, _ in told] == ["lena", "lena"]
    world.clock.forward(hours=8)
    world = restarted(world, store)
    await Digests(world.deps).sweep()
    assert await store.letters.due(world.clock.now(), 9) == []
    await world.services.shifts.change("on", emma)
    await Digests(world.deps).sweep()
    now = world.clock.now()
    assert await store.letters.due(now, 9) == ["staff:emma:staff"]
    letter = await store.letters.claim("staff:emma:staff", "me", now, 30)
    assert letter is not None
    assert letter.body["params"]["counts"] == {"new": 2, "escalated": 2}  # type: ignore[index]
    letter.state = "sent"
    await store.letters.settle(letter)
    assert await store.letters.due(now, 9) == []
    assert await store.held.oldest() == {}
