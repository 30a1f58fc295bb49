"""Inbox, contacts, quick replies, calls."""

from __future__ import annotations

from typing import Any

import pytest

from hub.ports.channel import Key, RawRequest
from tests.support.api import Program
from tests.support.world import World


async def keep(world: World, name: str, body: bytes) -> str:
    raw = RawRequest(
        account="site",
        method="POST",
        path="/in/site",
        headers={"id": name, "lane": "x"},
        body=body,
        received_at=world.clock.now(),
    )
    kept = await world.store.inbox.keep(raw, Key(name, "x"))
    world.clock.forward(seconds=1)
    return kept.id


async def test_inbox_tells_what_was_kept_and_what_became_of_it(api: Program, world: World) -> None:
    await world.say("Нет воды")
    world.clock.forward(seconds=1)
    bad = await keep(world, "bad", b"no json")
    await world.intake.take(["x"])
    rows = (await api.get("/inbox"))["items"]
    assert [(row["state"], row["case"]) for row in rows] == [("quarantined", 0), ("done", 1)]
    assert [row["id"] for row in (await api.get("/inbox?state=quarantined"))["items"]] == [bad]
    assert (await api.get("/inbox?account=other"))["items"] == []
    one = await api.get(f"/inbox/{bad}")
    assert one["error"]
    assert one["raw"]["body"] == "no json"
    assert (one["raw"]["method"], one["raw"]["path"]) == ("POST", "/in/site")


async def test_inbox_comes_in_pages(api: Program, world: World) -> None:
    ids = [await keep(world, f"m{count}", b"[]") for count in range(5)]
    first = await api.get("/inbox", params={"limit": 3})
    second = await api.get("/inbox", params={"limit": 3, "cursor": first["next"]})
    assert [row["id"] for row in first["items"] + second["items"]] == ids[::-1]
    assert second["next"] is None


async def test_kept_bytes_that_are_no_text(api: Program, world: World) -> None:
    row = await keep(world, "odd", b"\xff\x00")
    assert (await api.get(f"/inbox/{row}"))["raw"] | {"headers": {}} == {
        "method": "POST",
        "path": "/in/site",
        "query": "",
        "headers": {},
        "body": "/wA=",
        "base64": True,
    }


async def test_replayed_row_is_taken_again(api: Program, world: World) -> None:
    bad = await keep(world, "bad", b"no json")
    await world.intake.take(["x"])
    assert (await api.post(f"/inbox/{bad}/replay"))["state"] == "new"
    assert world.kicks.lanes == ["x"]


async def test_inbox_row_that_is_not_there(api: Program) -> None:
    assert (await api.call("GET", "/inbox/nothing")).status == 404
    await api.post("/inbox/nothing/replay", status=404)


async def test_inbox_state_that_is_none(api: Program) -> None:
    response = await api.call("GET", "/inbox?state=odd")
    assert (response.status, (await response.json())["params"]["field"]) == (422, "state")


async def contact_of(api: Program, number: int = 1) -> str:
    found: str = (await api.get(f"/cases/{number}"))["contact"]["id"]
    return found


async def test_contact_has_its_timeline(api: Program, world: World) -> None:
    await world.say("Нет воды")
    await api.post("/cases/1/close")
    contact = await api.get(f"/contacts/{await contact_of(api)}")
    assert contact["name"] == "Anna"
    assert [one["key"] for one in contact["identities"]] == ["external:site:anna"]
    assert contact["identities"][0]["verified"]
    assert [(one["kind"], one["number"], one["status"]) for one in contact["timeline"]] == [
        ("message", 1, "closed"),
        ("case", 1, "closed"),
    ]


async def test_contacts_are_found_by_phone_and_name(api: Program) -> None:
    body = {"text": "Кран", "key": "k", "contact": {"phone": "+79161234567", "name": "Анна"}}
    await api.post("/cases", body, 201)
    for query in ({"phone": "8 (916) 123-45-67"}, {"q": "анна"}):
        (found,) = (await api.get("/contacts", params=query))["items"]
        assert (found["phone"], found["name"]) == ("+79161234567", "Анна")
        assert "timeline" not in found
    assert (await api.get("/contacts", params={"phone": "+79160000000"}))["items"] == []
    response = await api.call("GET", "/contacts", params={"phone": "none"})
    assert response.status == 422


async def test_contact_that_is_not_there(api: Program) -> None:
    assert (await api.call("GET", "/contacts/nobody")).status == 404


NEW: dict[str, Any] = {"title": "Вода", "text": "{имя}, воду дадут", "folder": "Вода"}


async def test_quick_reply_lives(api: Program) -> None:
    made = await api.post("/quick-replies", NEW, 201)
    assert (made["title"], made["folder"], made["used"]) == ("Вода", "Вода", 0)
    address = f"/quick-replies/{made['id']}"
    assert await api.get(address) == made
    response = await api.call("PATCH", address, {"text": "Воду дали"})
    changed = await response.json()
    assert (changed["text"], changed["title"]) == ("Воду дали", "Вода")
    assert (await api.get("/quick-replies"))["items"] == [changed]
    gone = await api.call("DELETE", address)
    assert (gone.status, await gone.read()) == (204, b"")
    assert (await api.get("/quick-replies"))["items"] == []
    assert (await api.call("GET", address)).status == 404


async def test_quick_replies_are_filtered(api: Program) -> None:
    await api.post("/quick-replies", NEW, 201)
    await api.post("/quick-replies", NEW | {"title": "Лифт", "folder": "Дом"}, 201)
    await api.post("/quick-replies", NEW | {"title": "Смс", "channels": ["sms"]}, 201)
    for query, titles in (
        ({"folder": "Дом"}, ["Лифт"]),
        ({"q": "лифт"}, ["Лифт"]),
        ({"channel": "telegram"}, ["Вода", "Лифт"]),
    ):
        items = (await api.get("/quick-replies", params=query))["items"]
        assert [one["title"] for one in items] == titles


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"text": " "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"language": "RUSSIAN"}, "language"),
        ({"channels": "sms"}, "channels"),
        ({"owner": "emma"}, "owner"),
    ],
)
async def test_wrong_field_of_a_quick_reply_is_named(
    api: Program, change: dict[str, Any], field: str
) -> None:
    problem = await api.post("/quick-replies", NEW | change, 422)
    assert problem["errors"][0]["field"] == field
    made = await api.post("/quick-replies", NEW, 201)
    response = await api.call("PATCH", f"/quick-replies/{made['id']}", change)
    assert response.status == 422


async def test_quick_reply_that_is_not_there(api: Program) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        response = await api.call(method, "/quick-replies/nothing", {})
        assert response.status == 404
