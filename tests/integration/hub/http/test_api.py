"""The API over the real store, with the real words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.domain.callevent import CallEvent, Party
from hub.services.services import Services
from hub.store.store import Store
from hub.texts import TemplateTexts
from tests.support.api import Program, furnish, serving
from tests.support.hostile import CURSORS, Call, calls, decided
from tests.support.samples import png
from tests.support.world import World


@pytest.fixture
async def world(mongo_url: str, database: str) -> AsyncIterator[World]:
    store = Store.open(mongo_url, database)
    await store.prepare()
    world = World(store)
    await furnish(world)
    yield world
    await store.close()


@pytest.fixture
async def api(world: World) -> AsyncIterator[Program]:
    texts = TemplateTexts(world.clock, ZoneInfo("Europe/Moscow"))
    async with serving(Services.of(replace(world.deps, texts=texts))) as program:
        yield program


async def test_main_job_by_api(api: Program, world: World) -> None:
    await world.say("Нет горячей воды")
    (case,) = (await api.get("/cases", params={"status": "new"}))["items"]
    address = f"/cases/{case['number']}"
    response = await api.call("POST", f"{address}/take", {})
    version = response.headers["ETag"]
    await api.post(f"{address}/executors", {"add": ["ivan"]}, headers={"If-Match": version})
    await api.post(f"{address}/close", status=412, headers={"If-Match": version})
    photo = await api.upload("стояк.png", png())
    body = {"text": "Мастер будет в 15:00", "files": [photo], "key": "crm-1"}
    for _ in range(2):
        await api.post(f"{address}/reply", body)
    await api.post(f"{address}/comment", {"text": "код домофона 12К"})
    await world.settle()
    (out,) = world.channel.sent
    assert (out.text, [file.id for file in out.files]) == ("Мастер будет в 15:00", [photo])
    resolved = await api.post(f"{address}/resolve", {"result": "done", "comment": "дали"})
    assert (resolved["status"], resolved["result"]) == ("resolved", "done")
    shown = await api.get(address)
    kinds = [(line["kind"], line["direction"]) for line in shown["thread"]]
    assert kinds == [("message", "in"), ("message", "out"), ("comment", None), ("message", "out")]
    assert shown["thread"][1]["delivery"]["state"] == "sent"
    down = await api.call("GET", f"/files/{photo}", headers={"Range": "bytes=1-3"})
    assert (down.status, await down.read()) == (206, b"PNG")
    (row,) = (await api.get("/inbox", params={"state": "done"}))["items"]
    assert row["case"] == case["number"]
    contact = await api.get(f"/contacts/{shown['contact']['id']}")
    lines = contact["timeline"]
    assert {one["number"] for one in lines} == {case["number"]}
    assert [one["kind"] for one in lines] == ["message", "message", "message", "case"]


async def test_lists_page_and_filter(api: Program, world: World) -> None:
    for who in ("anna", "boris", "vera", "gleb", "dina"):
        await world.say(f"Пишет {who}", who)
        world.clock.forward(minutes=30)
    seen: list[int] = []
    cursor = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        part = await api.get("/cases", params=query)
        seen += [case["number"] for case in part["items"]]
        cursor = part["next"]
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5
    (found,) = (await api.get("/cases", params={"q": "vera"}))["items"]
    await api.post(f"/cases/{found['number']}/assign", {"operator": "emma"})
    for query in ({"operator": "emma"}, {"status": "assigned,closed"}):
        assert [one["number"] for one in (await api.get("/cases", params=query))["items"]] == [
            found["number"]
        ]


async def test_key_is_known_whatever_is_said_with_it(api: Program) -> None:
    body = {"text": "Течёт", "key": "k", "contact": {"phone": "8 916 123-45-67"}}
    first = await api.post("/cases", body, 201)
    again = await api.post("/cases", body | {"text": "иначе"}, 201)
    assert again["number"] == first["number"]
    (contact,) = (await api.get("/contacts", params={"phone": "+79161234567"}))["items"]
    assert contact["id"] == first["contact"]["id"]


async def test_calls_that_stand_in_cases_are_listed(api: Program, world: World) -> None:
    assert await api.get("/calls") == {"items": [], "next": None}
    for who in ("anna", "boris"):
        await world.say("Нет воды", who)
    number = (await api.get("/cases", params={"q": "воды"}))["items"][-1]["number"]
    event = CallEvent(
        key="pbx:1",
        account="pbx",
        channel="cti",
        call="1",
        kind="summary",
        at=world.clock.now(),
        direction="in",
        caller=Party(number="+79161234567"),
        talk=10,
        result="answered",
    )
    await world.services.call_intake.take(event)
    (call,) = (await api.get("/calls"))["items"]
    assert call["cases"] == []
    await world.services.calls.attach(call["id"], number, await world.staff("olga", "supervisor"))
    (call,) = (await api.get("/calls", params={"case": str(number)}))["items"]
    assert call["cases"] == [number]


async def test_quick_replies_live(api: Program) -> None:
    made = await api.post("/quick-replies", {"title": "Вода", "text": "Дали"}, 201)
    response = await api.call("PATCH", f"/quick-replies/{made['id']}", {"folder": "Дом"})
    assert (await response.json())["folder"] == "Дом"
    assert (await api.call("DELETE", f"/quick-replies/{made['id']}")).status == 204
    assert (await api.get("/quick-replies"))["items"] == []


async def test_refusals_are_in_words(api: Program, world: World) -> None:
    await world.say("Нет воды")
    for path, body, status, words in (
        ("/cases/999/take", {}, 404, "Обращение №999 не найдено."),
        ("/cases/1/reply", {"text": ""}, 422, "Текст: нужно заполнить."),
        ("/cases/1/assign", {}, 422, "operator: нужно заполнить."),
        ("/cases/1/unspam", {}, 409, "новое"),
        ("/cases/1/transfer", {"note": "x", "operator": "nobody"}, 404, "Сотрудник не найден."),
    ):
        problem = await api.post(path, body, status)
        assert words in problem["detail"], problem
        assert problem["status"] == status
    stale = await api.post("/cases/1/take", status=412, headers={"If-Match": '"99"'})
    assert stale["detail"] != stale["key"]


@pytest.mark.parametrize("cursor", CURSORS)
@pytest.mark.parametrize("path", ["/cases", "/inbox", "/contacts", "/calls"])
async def test_made_up_cursor_is_refused_or_empty(
    api: Program, world: World, path: str, cursor: str
) -> None:
    await world.say("Нет воды")
    response = await api.call("GET", path, params={"cursor": cursor})
    assert response.status in {200, 422}, await response.text()


@settings(
    max_examples=40,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(calls(), min_size=1, max_size=8))
async def test_no_input_is_a_failure(api: Program, world: World, several: list[Call]) -> None:
    if await world.store.cases.get(1) is None:
        await world.say("Нет воды")
        await world.say("Лифт стоит", "boris")
    for call in several:
        await decided(api, call)
