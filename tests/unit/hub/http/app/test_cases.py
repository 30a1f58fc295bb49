"""What a resident does in the app and sees of it."""

from __future__ import annotations

from hub.domain.staff import Actor
from tests.support.residentapp import AppWorld, Phone


async def emma(world: AppWorld) -> Actor:
    return Actor.of(await world.services.people.get("emma"))


async def test_a_case_begins_and_is_answered(world: AppWorld, anna: Phone) -> None:
    assert await anna.begin("Нет воды", "k1") == {"key": "k1", "state": "kept", "case": None}
    assert (await anna.get("/sent/k1", 404))["key"] == "not_found"
    await world.settle()
    assert await anna.get("/sent/k1") == {"key": "k1", "state": "filed", "case": 1}
    await world.services.casework.take(1, await emma(world))
    await world.services.replies.send(1, await emma(world), "Слесарь выехал")
    await world.settle()
    (card,) = (await anna.get("/cases"))["items"]
    assert (card["number"], card["state"], card["unread"]) == (1, "working", 1)
    shown = await anna.get("/cases/1")
    mine, answer = shown["messages"]["items"]
    assert (mine["text"], mine["mine"], mine["key"]) == ("Нет воды", True, "k1")
    assert (answer["text"], answer["mine"], answer["author"]) == (
        "Слесарь выехал",
        False,
        "УК Дом",
    )
    assert await anna.post("/cases/1/read", {"upto": answer["id"]}) == {"messages": 1}
    await world.settle()
    case = await world.services.book.load(1)
    assert case.thread[-1].delivery is not None
    assert case.thread[-1].delivery.state == "read"
    assert (await anna.get("/cases"))["items"][0]["unread"] == 0
