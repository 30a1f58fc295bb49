"""/contacts: one person by programs: edited, joined, taken apart, everything by time."""

from __future__ import annotations

from hub.domain.message import Identity
from hub.domain.message import Sender as From
from tests.support.api import furnish, serving
from tests.support.world import World

PHONE = Identity("phone", "+79161234567")


async def two(world: World) -> tuple[str, str]:
    await furnish(world)
    for who in ("anna", "boris"):
        sender = From(identity=Identity("external", who, "site"), name=who, claims=(PHONE,))
        await world.say(f"Вода {who}", who, sender=sender)
        world.clock.forward(minutes=1)
    ids = [(await world.services.book.load(number)).contact.id for number in (1, 2)]
    return ids[0], ids[1]


async def test_a_program_joins_and_takes_apart() -> None:
    world = World()
    anna, boris = await two(world)
    async with serving(world.services) as program:
        (match,) = (await program.get(f"/contacts/{anna}/matches"))["items"]
        assert match["contact"]["id"] == boris
        assert match["signs"] == [{"why": "claimed", "key": PHONE.key}]
        joined = await program.post(f"/contacts/{boris}/merge", {"into": anna})
        assert (joined["id"], joined["merged"]) == (anna, [boris])
        shown = await program.get(f"/contacts/{boris}")
        assert shown["id"] == anna
        assert {one["contact"] for one in shown["identities"]} == {anna, boris}
        assert [one["text"] for one in shown["timeline"] if one["kind"] == "message"] == [
            "Вода boris",
            "Вода anna",
        ]
        circle = await program.call("POST", f"/contacts/{anna}/merge", {"into": boris})
        assert circle.status == 409
        apart = await program.post(f"/contacts/{boris}/split")
        assert (apart["id"], apart["merged"]) == (boris, [])
        gone = await program.post(f"/contacts/{anna}/detach", {"identity": PHONE.key})
        assert gone == {"contact": None}
        changes = await program.get(f"/contacts/{anna}/timeline?kind=change")
        assert [one["change"]["action"] for one in changes["items"]] == [
            "let_go",
            "parted",
            "took_in",
        ]


async def test_a_timeline_is_paged_by_key() -> None:
    world = World()
    anna, _ = await two(world)
    for number in range(30):
        await world.say(f"Ещё {number}", "anna", conversation=f"site:anna:{number % 4}")
        world.clock.forward(minutes=1)
    async with serving(world.services) as program:
        seen, cursor = [], ""
        while True:
            part = await program.get(f"/contacts/{anna}/timeline?limit=7{cursor}")
            seen += [one["id"] for one in part["items"]]
            if part["next"] is None:
                break
            cursor = f"&cursor={part['next']}"
        assert len(seen) == len(set(seen)) == 31 + 5
        shown = await program.get(f"/contacts/{anna}")
        assert [one["id"] for one in shown["timeline"]] == seen[:50]
        assert shown["timeline_next"] is None
        bad = await program.call("GET", f"/contacts/{anna}/timeline?kind=other")
        assert bad.status == 422
        assert (await program.call("GET", f"/contacts/{anna}/timeline?cursor=x")).status == 422


async def test_what_a_program_writes_stays() -> None:
    world = World()
    anna, _ = await two(world)
    async with serving(world.services) as program:
        body = {"name": "Анна Иванова", "phone": "8 (916) 000-11-22", "vip": True}
        response = await program.call("PATCH", f"/contacts/{anna}", body)
        assert response.status == 200
        written = await response.json()
        assert (written["name"], written["phone"], written["vip"]) == (
            "Анна Иванова",
            "+79160001122",
            True,
        )
        assert sorted(written["edited"]) == ["name", "phone", "vip"]
        wrong = await program.call("PATCH", f"/contacts/{anna}", {"phone": "12"})
        assert wrong.status == 422
        assert (await program.call("PATCH", f"/contacts/{anna}", {"id": "x"})).status == 422
        no_way = await program.call("POST", f"/contacts/{anna}/code", {"identity": PHONE.key})
        assert no_way.status == 422


async def test_scopes_on_contacts() -> None:
    world = World()
    anna, boris = await two(world)
    async with serving(world.services, "cases:read") as program:
        for method, path, body in (
            ("GET", f"/contacts/{anna}/timeline", None),
            ("PATCH", f"/contacts/{anna}", {"name": "x"}),
            ("POST", f"/contacts/{anna}/merge", {"into": boris}),
            ("POST", f"/contacts/{anna}/code", {"identity": PHONE.key}),
        ):
            assert (await program.call(method, path, body)).status == 403
