"""What must never be seen: other residents' cases and files, comments, anything of the staff's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import web

from hub.domain.message import Rejected
from hub.domain.staff import SYSTEM, Actor
from hub.http.app import ROUTES
from hub.services.contacts import ContactBook
from hub.services.newcases import NewCase, NewContact
from tests.support.residentapp import AppWorld, Client, Line, Phone

CARD = {
    *("number", "state", "status_text", "title", "premises", "answer_by", "can", "rating"),
    *("unread", "last", "continues", "joined", "created_at", "updated_at", "position"),
}
MESSAGE = {
    *("id", "mine", "text", "files", "at", "author", "read", "edited", "deleted", "automatic"),
    *("key", "reply_to"),
}
FILE = {"id", "name", "mime", "size", "kind", "state", "duration"}
SECRET = "УПОМИНАНИЕ-ТОЛЬКО-ДЛЯ-СВОИХ"


async def emma(world: AppWorld) -> Actor:
    return Actor.of(await world.services.people.get("emma"))


async def staff_file(world: AppWorld, by: Actor, name: str) -> str:
    async def data() -> Any:
        yield f"%PDF {name}".encode()

    return (await world.services.uploads.put(name, data(), by)).id


async def busy(world: AppWorld, anna: Phone) -> tuple[str, str]:
    """A case with everything that staff may do; returns ids of a comment's and of an answer's
    file."""
    await anna.begin("Нет воды", "k1")
    await world.settle()
    by, work, replies = await emma(world), world.services.casework, world.services.replies
    await work.take(1, by)
    inner = await staff_file(world, by, f"{SECRET}.pdf")
    await replies.comment(1, by, SECRET, files=[inner])
    await work.executors(1, by, add=["ivan"])
    await work.responsible(1, "oleg", by)
    outer = await staff_file(world, by, "акт.pdf")
    await replies.send(1, by, "Мастер будет завтра", files=[outer])
    await world.services.casework.transfer(1, by, note=SECRET, operator="oleg")
    await replies.comment(1, by, SECRET)
    # What is written to a result is told to the resident; that is no secret.
    await work.resolve(1, "done", by)
    await world.settle()
    return inner, outer


def keys(shown: dict[str, Any]) -> set[str]:
    return set(shown)


async def everything(phone: Phone, line: Line) -> list[str]:
    """Whatever the app can be told, as text."""
    paths = ("/me", "/cases", "/cases/1", "/cases/1/messages", "/sent/k1")
    texts = [json.dumps(await phone.get(path), ensure_ascii=False) for path in paths]
    texts += [json.dumps(one, ensure_ascii=False) for one in await line.until("synced")]
    return texts


async def test_no_comment_and_nothing_of_staff_leaves(world: AppWorld, anna: Phone) -> None:
    inner, _ = await busy(world, anna)
    told = await everything(anna, await anna.listen())
    hidden = [SECRET, inner, "emma", "oleg", "ivan", "north", "Аксакова"]
    for text in told:
        for word in hidden:
            assert word not in text, (word, text)


async def test_fields_are_those_of_the_list_and_no_others(world: AppWorld, anna: Phone) -> None:
    await busy(world, anna)
    shown = await anna.get("/cases/1")
    (card,) = (await anna.get("/cases"))["items"]
    assert keys(card) == keys(shown["case"]) == CARD
    for message in [card["last"], *shown["messages"]["items"]]:
        assert keys(message) == MESSAGE
        for file in message["files"]:
            assert keys(file) == FILE
    line = await anna.listen()
    for frame in await line.until("synced"):
        if frame["type"] == "message":
            assert keys(frame["message"]) == MESSAGE
        if frame["type"] == "case":
            assert keys(frame["card"]) == CARD


async def test_files_of_comments_cannot_be_had_even_by_their_ids(
    world: AppWorld, anna: Phone
) -> None:
    inner, outer = await busy(world, anna)
    assert (await anna.call("GET", f"/files/{outer}")).status == 200
    missing = await anna.get("/files/missing", 404)
    refused = await anna.get(f"/files/{inner}", 404)
    assert {**refused, "params": {}, "detail": ""} == {**missing, "params": {}, "detail": ""}


async def test_anothers_case_and_files_are_as_good_as_none(
    world: AppWorld, anna: Phone, boris: Phone
) -> None:
    _, outer = await busy(world, anna)
    own = await anna.upload("фото.txt", b"photo", "f1")
    for method, path, body in [
        ("GET", "/cases/{n}", None),
        ("GET", "/cases/{n}/messages", None),
        ("POST", "/cases/{n}/messages", {"key": "x", "text": "чужое"}),
        ("PATCH", "/cases/{n}/messages/1-1", {"key": "x", "text": "чужое"}),
        ("DELETE", "/cases/{n}/messages/1-1?key=x", None),
        ("POST", "/cases/{n}/read", {"upto": "1-5"}),
        ("POST", "/cases/{n}/got", {"upto": "1-5"}),
        ("POST", "/cases/{n}/typing", {}),
        ("POST", "/cases/{n}/cancel", {"key": "x"}),
        ("POST", "/cases/{n}/reopen", {"key": "x"}),
        ("POST", "/cases/{n}/rate", {"key": "x", "value": 1}),
    ]:
        answers = []
        for number in (1, 777):
            response = await boris.call(method, path.replace("{n}", str(number)), body)
            said = await response.json()
            answers.append((response.status, said["key"], said["title"]))
        assert answers[0] == answers[1] == (404, "not_found", "Not Found"), (path, answers)
    for file in (outer, own["id"]):
        await boris.get(f"/files/{file}", 404)
        await boris.post("/cases", {"key": "k9", "text": "", "files": [file]}, 404)
    await boris.get("/sent/k1", 404)
    assert (await boris.get("/cases"))["items"] == []
    line = await boris.listen({"1": "1:0/."})
    assert [one["type"] for one in await line.until("synced")] == ["welcome", "synced"]
    await line.say(type="read", case=1, upto="1-5")
    assert (await line.hear())["key"] == "not_found"
    await world.settle()
    case = await world.services.book.load(1)
    assert case.rating == 0
    assert all(entry.text != "чужое" for entry in case.thread)


async def test_a_file_of_another_that_is_named_past_the_app_is_not_there(
    world: AppWorld, anna: Phone, boris: Phone
) -> None:
    """The bare door takes a message with any ids: whoever did not bring a file does not get it."""
    own = await anna.upload("фото.txt", b"photo", "f1")
    who = await world.door.resident(boris.token, world.clock.now())
    body = json.dumps({"type": "message", "id": "m1", "text": "", "files": [own["id"]]}).encode()
    await world.ingress.accept(world.door.request(who, body, world.clock.now()))
    await world.settle()
    (card,) = (await boris.get("/cases"))["items"]
    (file,) = card["last"]["files"]
    assert file["state"] == "failed"
    await boris.get(f"/files/{own['id']}", 404)
    assert (await anna.call("GET", f"/files/{own['id']}")).status == 200


async def test_a_case_joined_to_a_neighbours_shows_nothing_of_the_neighbour(
    world: AppWorld, anna: Phone, boris: Phone
) -> None:
    await anna.begin("Нет света, звоните Анне", "a1")
    await boris.begin("И у меня нет света", "b1")
    await world.settle()
    by = await emma(world)
    await world.services.casework.take(1, by)
    await world.services.replies.send(1, by, "Анна, мастер выехал")
    await world.services.casework.merge(2, 1, by)
    await world.settle()
    await boris.write(2, "Ну что там?", "b2")
    await world.settle()
    await world.services.replies.send(1, by, "Борис, скоро починим")
    await world.settle()
    theirs = (await boris.get("/cases/2"))["messages"]["items"]
    assert [one["text"] for one in theirs] == [
        "И у меня нет света",
        "Ну что там?",
        "Борис, скоро починим",
    ]
    ours = (await anna.get("/cases/1"))["messages"]["items"]
    assert [one["text"] for one in ours] == ["Нет света, звоните Анне", "Анна, мастер выехал"]
    await boris.get("/cases/1", 404)
    line = await boris.listen()
    said = [one for one in await line.until("synced") if one["type"] == "message"]
    assert [one["message"]["text"] for one in said] == [one["text"] for one in theirs]
    assert await boris.post("/cases/2/read", {"upto": theirs[-1]["id"]}) == {"messages": 1}
    assert await anna.post("/cases/1/read", {"upto": ours[-1]["id"]}) == {"messages": 1}


async def test_of_spam_a_resident_sees_nothing(world: AppWorld, anna: Phone) -> None:
    await anna.begin("Куплю гараж", "k1")
    await world.settle()
    before = (await anna.get("/cases"))["items"]
    await world.services.casework.take(1, await emma(world))
    taken = (await anna.get("/cases"))["items"]
    await world.services.casework.spam(1, await emma(world))
    after = (await anna.get("/cases"))["items"]
    assert [one["state"] for one in (*before, *taken, *after)] == ["accepted", "working", "working"]
    await anna.write(1, "Ау!", "k2")
    await world.settle()
    assert (await anna.get("/cases"))["items"][0]["last"]["text"] == "Ау!"


async def test_what_staff_wrote_down_of_a_call_is_not_shown(world: AppWorld, anna: Phone) -> None:
    await anna.begin("Нет воды", "k1")
    await world.settle()
    contact = (await world.services.book.load(1)).contact.id
    made = await world.services.new_cases.open(
        NewCase(text=SECRET, key="c1", contact=NewContact(id=contact)), await emma(world)
    )
    shown = await anna.get(f"/cases/{made.number}")
    assert shown["messages"]["items"] == []
    assert SECRET not in json.dumps(shown, ensure_ascii=False)


async def test_who_was_merged_sees_all_that_is_theirs_and_no_longer_after_a_split(
    world: AppWorld, anna: Phone
) -> None:
    await world.say("Пишу с сайта", "anna-site")
    await anna.begin("Пишу из приложения", "k1")
    await world.settle()
    site, app = [(await world.services.book.load(one)).contact.id for one in (1, 2)]
    book: ContactBook = world.services.contacts
    await book.merge(app, site, SYSTEM)
    assert [one["number"] for one in (await anna.get("/cases"))["items"]] == [2, 1]
    await anna.write(1, "И из приложения туда же", "k2")
    await world.settle()
    case = await world.services.book.load(1)
    assert [entry.text for entry in case.thread] == ["Пишу с сайта", "И из приложения туда же"]
    assert case.address is not None
    assert case.address.account == "app"
    await book.split(app, SYSTEM)
    assert [one["number"] for one in (await anna.get("/cases"))["items"]] == [2]
    await anna.get("/cases/1", 404)


async def test_an_answer_that_failed_says_no_reason(world: AppWorld, anna: Phone) -> None:
    await world.say("Пишу с сайта", "anna-site")
    await anna.begin("Пишу из приложения", "k1")
    await world.settle()
    site, app = [(await world.services.book.load(one)).contact.id for one in (1, 2)]
    await world.services.contacts.merge(app, site, SYSTEM)
    world.channel.outcomes.append(Rejected("blocked", SECRET))
    await world.services.replies.send(1, await emma(world), "Ответ на сайт")
    await world.settle()
    shown = await anna.get("/cases/1")
    assert [one["text"] for one in shown["messages"]["items"]] == ["Пишу с сайта", "Ответ на сайт"]
    assert "blocked" not in json.dumps(shown)
    assert SECRET not in json.dumps(shown, ensure_ascii=False)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_without_a_token_nothing_is_told(client: Client, route: Any) -> None:
    path = route.plain_path.replace("{number}", "1").replace("{id}", "1-1")
    for header in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic x"}):
        response = await client.request(route.method, f"/app/v1{path}", headers=header)
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        said = await response.json()
        assert response.content_type == "application/problem+json"
        assert said["key"] == "app_token"
        nonsense = header.get("Authorization") == "Bearer nonsense"
        assert said["params"]["reason"] == ("unreadable" if nonsense else "missing")


async def test_odd_bodies_never_break_it(client: Client, anna: Phone) -> None:
    for body in (b"", b"[]", b"null", b"\xff", b"[" * 9999, b'{"key":"a/b","text":"x"}'):
        response = await client.post(
            "/app/v1/cases",
            data=body,
            headers={
                "Authorization": f"Bearer {anna.token}",
                "Content-Type": "application/json",
            },
        )
        assert 400 <= response.status < 500
        assert response.content_type == "application/problem+json"
    assert isinstance(client.app, web.Application)
