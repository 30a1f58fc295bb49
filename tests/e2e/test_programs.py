"""The main job by programs alone: an account of kind http comes in, the API works, the answer
goes out to `reply_url`."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from hub.domain.staff import SYSTEM
from tests.e2e.house import SITE_SECRET, House
from tests.support.samples import png
from tests.support.site import signature, signed

pytestmark = pytest.mark.asyncio(loop_scope="package")


def message(ident: str, text: str, **more: Any) -> dict[str, Any]:
    """A body for /in/site, of a sender of its own."""
    return {
        "id": ident,
        "from": {"name": "Калерия Житель", "external_id": f"кв-{ident}", "phone": "+79225550011"},
        "text": text,
        "sent_at": "2026-11-21T10:00:00+03:00",
        **more,
    }


async def test_main_job_by_api_alone(house: House) -> None:
    status, said = await house.post(message("job-1", "Скамейка у подъезда сломана"))
    assert status == 202
    row = await house.api.get(f"/inbox/{said['inbox_id']}")
    assert (row["account"], row["external_id"]) == ("site", "job-1")
    case = await house.api.find("Скамейка у подъезда")
    number = case["number"]
    assert (case["status"], case["channel"], case["account"]) == ("new", "http", "site")
    listed = (await house.api.get("/cases?account=site&status=new&limit=200"))["items"]
    assert number in [one["number"] for one in listed]

    taken = await house.api.post(f"/cases/{number}/take")
    assert taken["status"] == "in_progress"
    body = {"text": "Починим в четверг", "key": "answer-1"}
    first = await house.api.post(f"/cases/{number}/reply", body)
    again = await house.api.post(f"/cases/{number}/reply", body)
    assert first["entry"]["id"] == again["entry"]["id"]

    answer = await house.site.heard("Починим в четверг")
    assert answer["case"] == number
    assert answer["to"]["external_id"] == "кв-job-1"
    assert answer["in_reply_to"] == "job-1"
    assert house.site.forged == 0
    case = await house.api.until(number, lambda case: _states(case) == ["delivered"])
    assert len({one["id"] for one in house.site.answers if one["case"] == number}) == 1

    await house.api.post(f"/cases/{number}/resolve", {"result": "done"})
    told = await house.site.heard(f"№{number} выполнены")
    assert told["id"] != answer["id"]
    house.said += ["Починим в четверг", "Калерия"]


async def test_a_repeat_is_the_same_and_another_body_a_conflict(house: House) -> None:
    first = await house.post(message("twice", "Одно и то же дважды"))
    assert await house.post(message("twice", "Одно и то же дважды")) == first
    status, _ = await house.post(message("twice", "Совсем другое под тем же номером"))
    assert status == 409
    case = await house.api.find("Одно и то же дважды")
    assert [entry["text"] for entry in case["thread"]] == ["Одно и то же дважды"]


async def test_who_does_not_prove_himself_stays_outside(house: House) -> None:
    body = message("forged", "Это не должно войти")
    raw = json.dumps(body).encode()
    stale = str(int(time.time()) - 600)
    refusals = {
        "nothing": ({}, 401),
        "another's secret": (signed(raw, "не тот"), 403),
        "stale": (
            {"X-Hub-Timestamp": stale, "X-Hub-Signature": signature(SITE_SECRET, stale, raw)},
            403,
        ),
    }
    for name, (headers, expected) in refusals.items():
        status, _ = await house.site.post(f"{house.url}/in/site", body, headers)
        assert status == expected, name
    rows = (await house.api.get("/inbox?account=site"))["items"]
    assert "forged" not in [row["external_id"] for row in rows]


async def test_a_token_opens_what_its_scopes_say(house: House) -> None:
    status, _ = await house.api.call("GET", "/cases", token="")
    assert status == 401
    status, _ = await house.api.call("GET", "/cases", token="hub_invented")
    assert status == 401
    async with house.office() as office:
        token = await office.services.people.add_token("reader", ["cases:read"], SYSTEM)
    reader = await house.program(token)
    assert (await reader.call("GET", "/cases"))[0] == 200
    status, problem = await reader.call("POST", "/cases/1/take", {})
    assert status == 403
    assert problem["status"] == 403
    assert (await reader.call("GET", "/inbox"))[0] == 403


async def test_a_stale_version_changes_nothing(house: House) -> None:
    await house.post(message("stale", "Номер версии устарел"))
    case = await house.api.find("Номер версии устарел")
    number, seen = case["number"], case["version"]
    await house.api.post(f"/cases/{number}/take")
    status, problem = await house.api.call(
        "POST", f"/cases/{number}/resolve", {"result": "done"}, headers={"If-Match": f'"{seen}"'}
    )
    assert status == 412, problem
    assert (await house.api.get(f"/cases/{number}"))["status"] == "in_progress"


async def test_files_both_ways(house: House) -> None:
    picture = png(40, 30)
    attached = {
        "name": "двор.png",
        "mime": "image/png",
        "data": base64.b64encode(picture).decode(),
    }
    await house.post(message("files", "Снимок двора приложен", files=[attached]))
    case = await house.api.find("Снимок двора приложен")
    file = case["thread"][0]["files"][0]
    assert (file["name"], file["mime"], file["size"]) == ("двор.png", "image/png", len(picture))
    path = file["url"].removeprefix("/api/v1")
    assert await house.api.call("GET", path) == (200, picture)
    ranged = await house.api.call("GET", path, headers={"Range": "bytes=8-19"})
    assert ranged == (206, picture[8:20])
    assert (await house.api.call("GET", path, headers={"Range": f"bytes={10**6}-"}))[0] == 416

    uploaded = await house.api.upload("акт.txt", "Акт осмотра двора".encode())
    body = {"text": "Акт во вложении", "files": [uploaded]}
    await house.api.post(f"/cases/{case['number']}/reply", body)
    answer = await house.site.heard("Акт во вложении")
    (sent,) = answer["files"]
    assert sent["name"] == "акт.txt"
    assert await house.site.fetch(sent["url"]) == "Акт осмотра двора".encode()
    house.said += ["Акт осмотра двора", "Акт во вложении"]


def _states(case: dict[str, Any]) -> list[str]:
    return [one["delivery"]["state"] for one in case["thread"] if one["direction"] == "out"]
