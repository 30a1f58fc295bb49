"""/failures: programs see what did not arrive and send it again."""

from __future__ import annotations

from hub.domain.message import Rejected
from tests.support.api import furnish, serving
from tests.support.world import World


async def refused(world: World) -> None:
    await furnish(world)
    emma = await world.staff("olga")
    for number, who in enumerate(("anna", "boris"), 1):
        await world.say("Вода?", who)
        await world.services.casework.take(number, emma)
        world.channel.outcomes = [Rejected("blocked")]
        await world.services.replies.send(number, emma, f"Ответ {who}")
        await world.settle()
        world.clock.forward(minutes=1)


async def test_failures_are_listed_by_key_and_worked_off() -> None:
    world = World()
    await refused(world)
    async with serving(world.services) as program:
        first = await program.get("/failures?limit=1")
        (one,) = first["items"]
        assert (one["id"], one["case"], one["message"], one["reason"]) == ("2-2", 2, "2", "blocked")
        assert (one["name"], one["tries"], one["operator"]) == ("Boris", 1, "olga")
        rest = await program.get(f"/failures?cursor={first['next']}")
        assert [row["id"] for row in rest["items"]] == ["1-2"]
        assert (await program.get("/failures?channel=email"))["items"] == []
        case = await program.post("/failures/2-2/retry")
        assert case["thread"][-1]["delivery"]["state"] == "queued"
        assert await program.post("/failures/1-2/dismiss") == {"dismissed": True}
        assert await program.post("/failures/1-2/dismiss") == {"dismissed": False}
        await program.post("/failures/9-9/retry", status=404)
        await world.settle()
        assert (await program.get("/failures"))["items"] == []


async def test_another_scope_may_not() -> None:
    world = World()
    await refused(world)
    async with serving(world.services, "cases:read") as program:
        assert (await program.call("GET", "/failures")).status == 403
        assert (await program.call("POST", "/failures/2-2/retry")).status == 403
