"""Lists, one case, its thread, new cases."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from hub.domain.staff import SYSTEM
from tests.support.api import Program
from tests.support.world import START, World


async def numbers(api: Program, **query: Any) -> list[int]:
    return [case["number"] for case in (await api.get("/cases", params=query))["items"]]


async def three(world: World) -> None:
    for who, text in (("anna", "Нет воды"), ("boris", "Лифт стоит"), ("vera", "Темно в подъезде")):
        await world.say(text, who)
        world.clock.forward(minutes=1)


async def test_newest_change_stands_first(api: Program, world: World) -> None:
    await three(world)
    assert await numbers(api) == [3, 2, 1]
    await api.post("/cases/1/take")
    assert await numbers(api) == [1, 3, 2]


async def test_pages_hold_each_case_once(api: Program, world: World) -> None:
    await three(world)
    first = await api.get("/cases", params={"limit": 2})
    assert [case["number"] for case in first["items"]] == [3, 2]
    second = await api.get("/cases", params={"limit": 2, "cursor": first["next"]})
    assert ([case["number"] for case in second["items"]], second["next"]) == ([1], None)


async def test_filters_narrow_the_list(api: Program, world: World) -> None:
    await three(world)
    await api.post("/cases/1/assign", {"operator": "emma"})
    await api.post("/cases/2/wait")
    assert await numbers(api, operator="emma") == [1]
    assert await numbers(api, status="assigned,waiting") == [2, 1]
    assert await numbers(api, status="new") == [3]
    assert await numbers(api, channel="test") == [2, 1, 3]
    assert await numbers(api, channel="sms") == []
    assert await numbers(api, account="other") == []
    assert sorted(await numbers(api, group="north")) == [1, 2, 3]
    assert await numbers(api, q="лифт") == [2]
    later = (START + timedelta(minutes=2)).isoformat()
    assert sorted(await numbers(api, updated_since=later)) == [1, 2, 3]
    assert await numbers(api, updated_since="2026-11-24T00:00:00+03:00") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"stauts": "new"}, "stauts"),
        ({"status": "new,odd"}, "status"),
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"updated_since": "2026-11-23T00:00:00"}, "updated_since"),
        ({"updated_since": "0001-01-01T00:00:00+14:00"}, "updated_since"),
        ({"cursor": "abc"}, "cursor"),
    ],
)
async def test_wrong_filters_are_named_not_ignored(
    api: Program, query: dict[str, str], field: str
) -> None:
    response = await api.call("GET", "/cases", params=query)
    problem = await response.json()
    assert (response.status, problem["key"]) == (422, "invalid")
    assert problem["errors"][0]["field"] == field


async def test_filter_given_twice_is_refused(api: Program) -> None:
    response = await api.call("GET", "/cases?status=new&status=closed")
    assert (await response.json())["params"] == {"field": "status", "reason": "repeated"}


async def test_case_is_shown_as_promised(api: Program, world: World) -> None:
    await world.say("Нет горячей воды", subject="Вода")
    await api.post("/cases/1/assign", {"operator": "emma"})
    case = await api.get("/cases/1")
    promised = {
        "number",
        "id",
        "version",
        "status",
        "type",
        "direction",
        "channel",
        "account",
        "subject",
        "text",
        "contact",
        "premises",
        "group",
        "operator",
        "responsible",
        "executors",
        "deadline",
        "overdue",
        "result",
        "created_at",
        "updated_at",
        "unread",
        "thread",
        "history",
        "calls",
        "work_orders",
        "merged_into",
    }
    assert promised <= set(case)
    assert set(case["contact"]) == {"id", "name", "phone", "vip"}
    assert (case["number"], case["status"], case["operator"]) == (1, "assigned", "emma")
    assert case["names"] == {"emma": "Аксакова Э. Ю."}
    assert (case["group"], case["subject"], case["unread"]) == ("north", "Вода", 1)
    (entry,) = case["thread"]
    promised = {
        "id",
        "kind",
        "direction",
        "text",
        "files",
        "at",
        "author",
        "channel",
        "delivery",
        "edits",
    }
    assert promised <= set(entry)
    assert (entry["kind"], entry["direction"], entry["author"]) == ("message", "in", "Anna")
    assert entry["delivery"] is None
    assert {line["action"] for line in case["history"]} == {"assigned", "status"}


async def test_version_is_the_etag(api: Program, world: World) -> None:
    await world.say("Нет воды")
    response = await api.call("GET", "/cases/1")
    assert response.headers["ETag"] == f'"{(await response.json())["version"]}"'


@pytest.mark.parametrize("number", ["7", "0", "999999999", "9999999999999999999999", "-1", "one"])
async def test_case_that_is_not_there(api: Program, number: str) -> None:
    response = await api.call("GET", f"/cases/{number}")
    problem = await response.json()
    assert (response.status, problem["key"], problem["status"]) == (404, "not_found", 404)


async def test_long_thread_comes_in_parts(api: Program, world: World) -> None:
    for count in range(1, 8):
        await world.say(f"раз {count}")
    newest = await api.get("/cases/1/thread", params={"limit": 3})
    assert [line["text"] for line in newest["items"]] == ["раз 5", "раз 6", "раз 7"]
    older = await api.get("/cases/1/thread", params={"limit": 3, "before": newest["next"]})
    assert [line["text"] for line in older["items"]] == ["раз 2", "раз 3", "раз 4"]
    first = await api.get("/cases/1/thread", params={"limit": 3, "before": older["next"]})
    assert ([line["text"] for line in first["items"]], first["next"]) == (["раз 1"], None)


async def test_case_shows_its_newest_hundred_entries(api: Program, world: World) -> None:
    await world.say("начало")
    for count in range(120):
        await api.post("/cases/1/comment", {"text": f"заметка {count}"})
    case = await api.get("/cases/1")
    assert len(case["thread"]) == 100
    assert case["thread"][-1]["text"] == "заметка 119"
    assert case["more"]
    older = await api.get("/cases/1/thread", params={"before": case["thread"][0]["id"]})
    assert older["items"][0]["text"] == "начало"


NEW = {
    "text": "Течёт кран",
    "contact": {"phone": "8 916 123-45-67", "name": "Анна"},
    "key": "crm-1",
    "type": "complaint",
    "subject": "Кран",
    "premises": "ул. Лесная, 5, кв. 12",
}


async def test_new_case_is_opened(api: Program) -> None:
    response = await api.call("POST", "/cases", NEW)
    case = await response.json()
    assert response.status == 201
    assert response.headers["Location"] == f"/api/v1/cases/{case['number']}"
    assert response.headers["ETag"] == f'"{case["version"]}"'
    assert (case["text"], case["type"], case["subject"]) == ("Течёт кран", "complaint", "Кран")
    assert (case["contact"]["phone"], case["contact"]["name"]) == ("+79161234567", "Анна")
    assert case["premises"] == "ул. Лесная, 5, кв. 12"
    assert await api.get(f"/cases/{case['number']}") == case


async def test_repeated_key_opens_no_second_case(api: Program) -> None:
    first = await api.post("/cases", NEW, 201)
    second = await api.post("/cases", NEW | {"text": "иначе"}, 201)
    assert second == first
    assert await numbers(api) == [first["number"]]


async def test_key_of_another_program_is_another_key(api: Program, world: World) -> None:
    other = await world.services.people.add_token("other", ["cases:write"], SYSTEM)
    first = await api.post("/cases", NEW, 201)
    second = await api.post("/cases", NEW, 201, token=other)
    assert second["number"] != first["number"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": None}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"key": ""}, "key"),
        ({"contact": {"phone": "не знаю"}}, "contact.phone"),
        ({"contact": {"email": "at home"}}, "contact.email"),
        ({"contact": {"fax": "1"}}, "contact.fax"),
        ({"contact": "Анна"}, "contact"),
        ({"type": "no such"}, "type"),
        ({"channel": "$where"}, "channel"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_wrong_field_of_a_new_case_is_named(
    api: Program, change: dict[str, Any], field: str
) -> None:
    problem = await api.post("/cases", NEW | change, 422)
    assert problem["key"] == "invalid"
    assert problem["errors"][0]["field"] == field
    assert await numbers(api) == []


@pytest.mark.parametrize("field", ["text", "contact", "key"])
async def test_missing_field_of_a_new_case_is_named(api: Program, field: str) -> None:
    body = {name: value for name, value in NEW.items() if name != field}
    problem = await api.post("/cases", body, 422)
    assert problem["params"] == {"field": field, "reason": "required"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": ""}, {"field": "text", "reason": "required"}),
        ({"text": 5}, {"field": "text", "reason": "wrong"}),
        ({"channel": "x" * 99}, {"field": "channel", "reason": "too_long", "limit": 50}),
        ({"colour": "red"}, {"field": "colour", "reason": "extra"}),
    ],
)
async def test_what_is_wrong_with_a_field_is_told(
    api: Program, change: dict[str, Any], why: dict[str, Any]
) -> None:
    assert (await api.post("/cases", NEW | change, 422))["params"] == why


async def test_a_time_without_its_zone_is_asked_for_it(api: Program, world: World) -> None:
    await world.say("Нет воды")
    problem = await api.post("/cases/1/deadline", {"at": "2026-12-01T10:00:00"}, 422)
    assert problem["params"] == {"field": "at", "reason": "timezone"}


async def test_body_that_is_no_json(api: Program) -> None:
    headers = {"Content-Type": "application/json"}
    for data in (b"{", b"\xff\xfe", b'{"text": "\\ud800"}'):
        response = await api.call("POST", "/cases", data=data, headers=headers)
        assert (response.status, (await response.json())["key"]) == (400, "malformed")
    response = await api.call("POST", "/cases", data=b"text=1")
    assert (response.status, (await response.json())["key"]) == (415, "unsupported")


async def test_body_over_the_limit(api: Program) -> None:
    headers = {"Content-Type": "application/json"}
    said = BytesIO(b" " * (1024 * 1024 + 1))
    response = await api.call("POST", "/cases", data=said, headers=headers)
    assert (response.status, (await response.json())["key"]) == (413, "too_large")


async def test_body_over_the_limit_that_does_not_say_its_size(api: Program) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    headers = {"Content-Type": "application/json"}
    response = await api.call("POST", "/cases", data=endless(), headers=headers)
    assert (response.status, (await response.json())["key"]) == (413, "too_large")


async def test_body_that_swells_when_unpacked(api: Program) -> None:
    packed = gzip.compress(b'{"text": "' + b"a" * 3 * 1024 * 1024 + b'"}')
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    response = await api.call("POST", "/cases", data=packed, headers=headers)
    assert (response.status, (await response.json())["key"]) == (413, "too_large")


async def test_body_that_is_not_packed_as_it_says(api: Program) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    response = await api.call("POST", "/cases", data=b"no gzip at all", headers=headers)
    assert response.status == 400
