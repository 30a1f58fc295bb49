"""What a resident does in the app and sees of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import FormData

from hub.domain.case import Case
from hub.domain.errors import StoreDown
from hub.domain.staff import SYSTEM, Actor
from tests.support.residentapp import AppWorld, Client, Phone, serving


async def emma(world: AppWorld) -> Actor:
    return Actor.of(await world.services.people.get("emma"))


async def begun(world: AppWorld, phone: Phone, text: str = "Нет воды", key: str = "k1") -> Case:
    """A case with its first message."""
    await phone.begin(text, key)
    await world.settle()
    number = (await phone.get(f"/sent/{key}"))["case"]
    return await world.services.book.load(number)


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
    assert await anna.post("/cases/1/got", {"upto": answer["id"]}) == {"messages": 1}
    await world.settle()
    assert await delivered(world, 1) == "delivered"
    assert await anna.post("/cases/1/read", {"upto": answer["id"]}) == {"messages": 1}
    assert await anna.post("/cases/1/read", {"upto": answer["id"]}) == {"messages": 1}
    await world.settle()
    assert await delivered(world, 1) == "read"
    assert await anna.post("/cases/1/read", {"upto": answer["id"]}) == {"messages": 0}
    assert (await anna.get("/cases"))["items"][0]["unread"] == 0


async def delivered(world: AppWorld, number: int) -> str:
    """How the last answer fares."""
    delivery = (await world.services.book.load(number)).thread[-1].delivery
    assert delivery is not None
    return delivery.state


async def test_staff_who_looked_are_a_read_mark(world: AppWorld, anna: Phone) -> None:
    await begun(world, anna)
    by = await emma(world)
    await world.services.casework.take(1, by)
    assert (await anna.get("/cases/1"))["messages"]["items"][0]["read"] is False
    await world.services.casework.seen(1, by)
    assert (await anna.get("/cases/1"))["messages"]["items"][0]["read"] is True
    await anna.write(1, "Уже третий час", "k2")
    await world.settle()
    marks = [one["read"] for one in (await anna.get("/cases/1"))["messages"]["items"]]
    assert marks == [True, False]


async def test_each_case_is_a_conversation_of_its_own(world: AppWorld, anna: Phone) -> None:
    await begun(world, anna, "Нет воды", "k1")
    await begun(world, anna, "Нет света", "k2")
    await anna.write(1, "И горячей тоже", "k3")
    await anna.write(2, "Во всём подъезде", "k4")
    await world.settle()
    for number, texts in (
        (1, ["Нет воды", "И горячей тоже"]),
        (2, ["Нет света", "Во всём подъезде"]),
    ):
        case = await world.services.book.load(number)
        assert [entry.text for entry in case.thread] == texts


async def test_the_same_key_is_the_same_wish(world: AppWorld, anna: Phone) -> None:
    await begun(world, anna)
    assert await anna.begin("Нет воды", "k1") == {"key": "k1", "state": "filed", "case": 1}
    assert (await anna.post("/cases", {"key": "k1", "text": "Иное"}, 409))["key"] == "conflict"
    await anna.write(1, "Ещё", "k2")
    await anna.write(1, "Ещё", "k2")
    await world.settle()
    assert len((await world.services.book.load(1)).thread) == 2
    by = await emma(world)
    await world.services.casework.resolve(1, "quiet", by)
    first = await anna.post("/cases/1/reopen", {"key": "r1"})
    assert first["state"] == "working"
    await world.services.casework.resolve(1, "quiet", by)
    again = await anna.post("/cases/1/reopen", {"key": "r1"})
    assert again["state"] == "done"
    cancelled = await anna.post("/cases/1/cancel", {"key": "c1"})
    assert await anna.post("/cases/1/cancel", {"key": "c1"}) == cancelled
    assert (await anna.post("/cases/1/cancel", {"key": "c2"}, 409))["key"] == "case_closed"


async def test_an_answer_is_rated_and_told_not_to_help(world: AppWorld, anna: Phone) -> None:
    await begun(world, anna)
    by = await emma(world)
    assert (await anna.post("/cases/1/rate", {"key": "r0", "value": 1}, 409))[
        "key"
    ] == "wrong_state"
    await world.services.casework.resolve(1, "done", by)
    card = (await anna.get("/cases/1"))["case"]
    assert (card["state"], card["can"]) == ("done", ["write", "rate", "reopen"])
    rated = await anna.post("/cases/1/rate", {"key": "r1", "value": -1, "text": "Капает"})
    assert (rated["rating"], rated["state"]) == (-1, "done")
    await anna.post("/cases/1/rate", {"key": "r1", "value": -1, "text": "Капает"})
    case = await world.services.book.load(1)
    assert [entry.text for entry in case.thread if entry.event == "remark"] == ["Капает"]
    # What they write next is a message, not a reason once more.
    await anna.write(1, "Пришлите кого-нибудь", "k2")
    await world.settle()
    assert (await anna.get("/cases/1"))["case"]["state"] == "working"
    assert (await anna.post("/cases/1/rate", {"key": "r2", "value": 5}, 422))["key"] == "invalid"


async def test_a_rejection_is_a_message_that_was_not_read_yet(world: AppWorld, anna: Phone) -> None:
    await begun(world, anna)
    await world.services.casework.reject(1, "Дом не наш", await emma(world))
    await world.settle()
    shown = await anna.get("/cases/1")
    assert (shown["case"]["state"], shown["case"]["unread"]) == ("rejected", 1)
    told = shown["messages"]["items"][-1]
    assert (told["mine"], told["automatic"], "Дом не наш" in told["text"]) == (False, True, True)
    assert (await anna.post("/cases/1/reopen", {"key": "r1"}))["state"] == "accepted"


async def test_a_message_is_changed_and_taken_back(world: AppWorld, anna: Phone) -> None:
    await begun(world, anna, "Нет вады")
    sent = await anna.post(
        "/cases/1/messages/1-1", {"key": "e1", "text": "Нет воды"}, 202, method="PATCH"
    )
    assert sent["state"] == "kept"
    await world.settle()
    (line,) = (await anna.get("/cases/1"))["messages"]["items"]
    assert (line["text"], line["edited"]) == ("Нет воды", True)
    response = await anna.call("DELETE", "/cases/1/messages/1-1?key=e2")
    assert response.status == 202
    await world.settle()
    (line,) = (await anna.get("/cases/1"))["messages"]["items"]
    assert (line["text"], line["deleted"]) == ("", True)
    (entry,) = (await world.services.book.load(1)).thread
    assert [one.text for one in entry.edits] == ["Нет вады", "Нет воды"]
    await world.services.replies.send(1, await emma(world), "Что случилось?")
    body = {"key": "e3", "text": "чужое"}
    assert await anna.post("/cases/1/messages/1-2", body, 404, method="PATCH")


async def test_an_answer_to_a_message_names_it(world: AppWorld, anna: Phone) -> None:
    await begun(world, anna)
    await world.services.replies.send(1, await emma(world), "Какой подъезд?")
    await world.settle()
    await anna.write(1, "Второй", "k2", reply_to="1-2")
    await world.settle()
    assert (await anna.get("/cases/1"))["messages"]["items"][-1]["reply_to"] == "1-2"
    await anna.post("/cases/1/messages", {"key": "k3", "text": "x", "reply_to": "1-9"}, 404)


async def test_files_go_up_once_and_come_down(world: AppWorld, anna: Phone) -> None:
    photo = b"\x89PNG\r\n\x1a\n" + bytes(2000)
    up = await anna.upload("течь.png", photo, "f1")
    assert (up["name"], up["mime"], up["size"]) == ("течь.png", "image/png", len(photo))
    assert await anna.upload("другое.png", b"other", "f1") == up
    await anna.post("/cases", {"key": "k1", "files": [up["id"]]}, 202)
    await world.settle()
    (file,) = (await anna.get("/cases/1"))["messages"]["items"][0]["files"]
    assert (file["name"], file["state"], file["kind"]) == ("течь.png", "ready", "photo")
    down = await anna.call("GET", f"/files/{file['id']}")
    assert await down.read() == photo
    assert down.headers["X-Content-Type-Options"] == "nosniff"
    assert down.headers["Content-Disposition"].startswith("attachment")
    part = await anna.call("GET", f"/files/{file['id']}", headers={"Range": "bytes=0-3"})
    assert (part.status, await part.read()) == (206, photo[:4])
    # Staff read it with the case's rights.
    info = await world.services.uploads.info(file["id"], await emma(world))
    assert info.case == 1


async def test_a_file_too_large_is_refused_while_it_streams(
    client: Client, world: AppWorld
) -> None:
    object.__setattr__(world.deps, "policy", replace(world.deps.policy, max_file=1000))
    anna = Phone(client, world.token())
    assert (await anna.upload("a.bin", bytes(1001), "f1", 413))["key"] == "too_large"
    assert (await anna.upload("a.bin", bytes(1000), "f2"))["size"] == 1000
    form = FormData()
    form.add_field("words", "no file", content_type="text/plain")
    response = await anna.call("POST", "/files?key=f3", data=form)
    assert response.status in {400, 415, 422}
    assert (await anna.post("/files?key=f4", {}, 415))["key"] == "unsupported"


async def test_lists_and_dialogues_come_in_parts(world: AppWorld, anna: Phone) -> None:
    for number in range(5):
        await begun(world, anna, f"Дело {number}", f"k{number}")
    first = await anna.get("/cases?limit=3")
    assert [one["number"] for one in first["items"]] == [5, 4, 3]
    rest = await anna.get(f"/cases?limit=3&before={first['next']}")
    assert ([one["number"] for one in rest["items"]], rest["next"]) == ([2, 1], None)
    for at in range(7):
        await world.services.replies.comment(1, await emma(world), "тайна")
        await anna.write(1, f"Слово {at}", f"w{at}")
        await world.settle()
    seen: list[str] = []
    before = ""
    while True:
        page = await anna.get(f"/cases/1/messages?limit=3{before}")
        seen = [one["text"] for one in page["items"]] + seen
        if page["next"] is None:
            break
        before = f"&before={page['next']}"
    assert seen == ["Дело 0", *(f"Слово {at}" for at in range(7))]


async def test_a_case_that_ended_long_ago_is_continued_by_another(
    world: AppWorld, anna: Phone
) -> None:
    await begun(world, anna)
    await world.services.casework.close(1, await emma(world))
    world.clock.time += timedelta(days=15)
    anna.token = world.token("anna")
    await anna.write(1, "Опять нет воды", "k2")
    await world.settle()
    assert (await anna.get("/sent/k2"))["case"] == 2
    card = (await anna.get("/cases/2"))["case"]
    assert (card["continues"], card["state"]) == (1, "accepted")
    await anna.write(2, "И сегодня", "k3")
    await world.settle()
    assert (await anna.get("/sent/k3"))["case"] == 2


async def test_the_address_in_the_token_is_the_cases_address(
    world: AppWorld, client: Client
) -> None:
    garden = "ул. Садовая, д. 3, кв. 12"
    anna = Phone(client, world.token(premises=garden, phone="+79161234567"))
    case = await begun(world, anna)
    assert case.premises == garden
    contact = await world.store.contacts.get(case.contact.id)
    assert contact is not None
    assert contact.premises == garden
    assert contact.verified == ["external:app:anna"]
    assert [one.key for one in contact.identities if not one.verified] == ["phone:+79161234567"]
    # What staff wrote stands; a case of another flat says where it is all the same.
    await world.services.contacts.edit(contact.id, {"premises": "кв. 13"}, SYSTEM)
    dacha = Phone(client, world.token(premises="пос. Лесной, д. 1"))
    assert (await begun(world, dacha, "Забор", "k2")).premises == "пос. Лесной, д. 1"
    contact = await world.store.contacts.get(case.contact.id)
    assert contact is not None
    assert contact.premises == "кв. 13"


@pytest.mark.parametrize("believed", [True, False])
async def test_a_phone_is_proven_only_where_the_backend_is_believed(believed: bool) -> None:
    world = AppWorld(phone_verified="true" if believed else "false")
    async with serving(world) as client:
        token = world.token(phone="+79161234567", phone_number_verified=True)
        me = await Phone(client, token).get("/me")
        assert me["phone_proven"] is believed
        held = await world.store.contacts.by_identities(["phone:+79161234567"])
        assert bool(held) is believed


async def test_me_says_what_there_is_to_know(world: AppWorld, anna: Phone) -> None:
    me = await anna.get("/me")
    assert (me["id"], me["name"], me["organisation"]) == ("anna", "Anna", "УК Дом")
    assert me["max_file"] == world.deps.policy.max_file


async def test_who_asks_too_often_waits(world: AppWorld, anna: Phone, boris: Phone) -> None:
    world.budget.paused["app:write:app:anna"] = 7.0
    response = await anna.call("POST", "/cases", {"key": "k1", "text": "Нет воды"})
    assert (response.status, response.headers["Retry-After"]) == (429, "7")
    assert (await response.json())["key"] == "too_many_tries"
    await boris.begin("Нет воды", "k1")


async def test_a_store_that_is_down_promises_nothing(
    world: AppWorld, anna: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: Any) -> None:
        raise StoreDown

    monkeypatch.setattr(world.store.inbox, "keep", down)
    assert (await anna.post("/cases", {"key": "k1", "text": "Нет воды"}, 503))[
        "key"
    ] == "store_down"


async def test_what_was_asked_in_another_chat_is_not_answered_here(
    world: AppWorld, anna: Phone
) -> None:
    """A rating in Telegram asks why; what they write in the app of their own accord is a case."""
    case = await begun(world, anna)
    await world.services.casework.resolve(1, "done", await emma(world))
    contact = await world.store.contacts.get(case.contact.id)
    assert contact is not None
    await world.services.asking.ask_why(contact, 1)
    await anna.begin("Нет света", "k2")
    contact = await world.store.contacts.get(case.contact.id)
    assert contact is not None
    assert contact.asked is None
