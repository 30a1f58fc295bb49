"""Calls and callbacks as programs read them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.domain.callevent import Recording
from tests.support.api import Program, furnish, serving
from tests.support.callworld import ANNA, LINE, OLEG, CallWorld


@pytest.fixture
async def world() -> CallWorld:
    world = CallWorld()
    await furnish(world)
    return world


@pytest.fixture
async def api(world: CallWorld) -> AsyncIterator[Program]:
    async with serving(world.services) as program:
        yield program


async def test_there_are_no_calls_until_there_are(api: Program, world: CallWorld) -> None:
    assert await api.get("/calls") == {"items": [], "next": None}
    assert await api.get("/callbacks") == {"items": [], "next": None}
    assert (await api.call("GET", "/calls/nothing")).status == 404


async def test_calls_say_who_spoke_with_whom_and_how_long(api: Program, world: CallWorld) -> None:
    emma = await world.at("mia", "510")
    call = await world.spoken("c1", extension="510")
    number = 1
    await world.say("Нет воды")
    await world.services.calls.attach(call.id, number, emma)
    (shown,) = (await api.get("/calls"))["items"]
    assert shown == await api.get(f"/calls/{call.id}")
    wanted = {
        "id": call.id,
        "account": "pbx",
        "direction": "in",
        "number": ANNA,
        "caller": ANNA,
        "callee": "mia",
        "line": LINE,
        "waiting": 5,
        "talk": 60,
        "result": "answered",
        "missed": False,
        "staff": ["mia"],
        "cases": [1],
        "recordings": [],
    }
    assert {name: shown[name] for name in wanted} == wanted
    (entry,) = (await api.get("/cases/1"))["calls"]
    assert (entry["kind"], entry["direction"], entry["call"]["id"]) == ("call", "in", call.id)
    assert entry["call"]["talk"] == 60


async def test_calls_are_filtered_and_paged(api: Program, world: CallWorld) -> None:
    await world.spoken("c1")
    await world.missed("c2", OLEG)
    await world.spoken("c3", direction="out")

    async def numbers(query: str) -> list[str]:
        return [one["number"] for one in (await api.get(f"/calls?{query}"))["items"]]

    assert await numbers("kind=missed") == [OLEG]
    assert await numbers("kind=in") == [OLEG, ANNA]
    assert await numbers("phone=8%20916%20000-00-02") == [OLEG]
    assert await numbers("since=2030-01-01T00:00:00Z") == []
    first = await api.get("/calls?limit=2")
    rest = await api.get(f"/calls?limit=2&cursor={first['next']}")
    assert len(first["items"]) == 2
    assert len(rest["items"]) == 1
    assert rest["next"] is None
    for wrong in ("kind=other", "phone=abc", "since=2030", "case=-1", "cursor=x"):
        assert (await api.call("GET", f"/calls?{wrong}")).status == 422


async def test_callbacks_are_listed(api: Program, world: CallWorld) -> None:
    await world.missed("c1")
    (owed,) = (await api.get("/callbacks"))["items"]
    assert (owed["number"], owed["why"], owed["overdue"], owed["state"]) == (
        ANNA,
        "missed",
        False,
        "open",
    )
    world.later(minutes=11)
    assert (await api.get("/callbacks"))["items"][0]["overdue"] is True
    await world.spoken("c2", direction="out")
    assert (await api.get("/callbacks"))["items"] == []
    (done,) = (await api.get("/callbacks?done=true"))["items"]
    assert done["how"] == "called_back"


async def test_a_recording_is_read_in_ranges(api: Program, world: CallWorld) -> None:
    world.pbx.sounds["r"] = [b"ID3" + b"\0" * 500]
    call = await world.hear("recording", recording=Recording(id="r", ref="r", duration=9))
    assert (await api.call("GET", f"/calls/{call.id}/recording")).status == 404
    await world.services.recordings.sweep()
    (sound,) = (await api.get(f"/calls/{call.id}"))["recordings"]
    assert (sound["state"], sound["size"], sound["duration"]) == ("ready", 503, 9)
    whole = await api.call("GET", f"/calls/{call.id}/recording")
    assert whole.status == 200
    part = await api.call("GET", f"/calls/{call.id}/recording", headers={"Range": "bytes=0-2"})
    assert (part.status, await part.read()) == (206, b"ID3")
