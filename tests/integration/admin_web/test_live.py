"""The stream that open pages listen to."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import ClientResponse

from admin_web import live
from admin_web.live import WAITING, Fanout, loud
from hub.domain.staff import SYSTEM, Actor
from hub.ports.live import LiveEvent
from hub.services.people import StaffChange
from tests.support.desk import Radio, browsing, furnished, hire
from tests.support.world import World

PATIENCE = 60


async def _event(stream: ClientResponse) -> tuple[str, dict]:  # type: ignore[type-arg]
    """The next event of the stream."""
    name = ""
    while True:
        async with asyncio.timeout(PATIENCE):
            line = (await stream.content.readline()).decode().strip()
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))


async def test_a_change_reaches_the_page_with_ids_alone() -> None:
    world = World()
    services, pages, _ = furnished(world)
    emma = Actor.of(await hire(services, "emma"))
    await world.say("Тайна переписки")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        stream = await browser.client.get("/desk/live")
        assert stream.content_type == "text/event-stream"
        await stream.content.readline()
        await services.casework.take(1, emma)
        name, data = await _event(stream)
        assert (name, data["case"]) == ("case", 1)
        assert set(data) == {"case", "what", "loud"}
        stream.close()


async def test_after_a_break_of_the_hubs_own_connection_pages_look_anew() -> None:
    world = World()
    services, pages, radio = furnished(world)
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        stream = await browser.client.get("/desk/live")
        await stream.content.readline()
        radio.lose()
        assert (await _event(stream))[0] == "missed"
        stream.close()


async def test_an_executor_hears_of_own_cases_alone() -> None:
    world = World()
    services, pages, radio = furnished(world)
    await hire(services, "ivan", "executor")
    async with browsing(pages) as browser:
        await browser.come_in("ivan")
        stream = await browser.client.get("/desk/live")
        await stream.content.readline()
        await radio.publish(LiveEvent(case=1, version=1, what=["comment"], people=["olga"]))
        await radio.publish(LiveEvent(case=2, version=1, what=["comment"], people=["ivan"]))
        assert (await _event(stream))[1]["case"] == 2
        stream.close()


async def test_a_stream_ends_with_the_server() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        stream = await browser.client.get("/desk/live")
        await stream.content.readline()
        await pages.fanout.close(None)  # type: ignore[arg-type]
        async with asyncio.timeout(PATIENCE):
            await stream.content.read()


async def test_a_slow_page_is_told_to_look_anew_instead_of_filling_memory() -> None:
    fanout = Fanout(Radio())
    async with fanout.page() as queue:
        for number in range(WAITING + 5):
            fanout._hand(queue, LiveEvent(case=number, version=1, what=["status"]))
        assert queue.qsize() <= WAITING
        assert queue.get_nowait() is None


async def test_after_midnight_pages_look_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        stream = await browser.client.get("/desk/live")
        assert await stream.content.readline() == b"retry: 1000\n"
        assert await stream.content.readline() == b"\n"
        assert await stream.content.readline() == b": here\n"
        world.clock.forward(days=1)
        assert (await _event(stream))[0] == "missed"
        stream.close()


async def test_an_open_stream_ends_when_its_person_is_deactivated_however_much_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    world = World()
    services, pages, radio = furnished(world)
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        stream = await browser.client.get("/desk/live")
        await stream.content.readline()
        await services.people.change("emma", StaffChange(active=False), SYSTEM)

        async def much() -> None:
            while True:
                await radio.publish(LiveEvent(case=1, version=1, what=["status"]))
                await asyncio.sleep(0.005)

        happening = asyncio.create_task(much())
        async with asyncio.timeout(PATIENCE):
            await stream.content.read()
        happening.cancel()


async def test_who_is_deactivated_opens_no_stream() -> None:
    world = World()
    services, pages, _ = furnished(world)
    await hire(services, "emma")
    async with browsing(pages) as browser:
        await browser.come_in("emma")
        await services.people.change("emma", StaffChange(active=False), SYSTEM)
        answer = await browser.get("/desk/live")
        assert answer.status == 204


def test_what_is_loud_is_what_one_must_act_on() -> None:
    emma = Actor(kind="staff", login="emma", groups=frozenset({"north"}))

    def event(**facts: object) -> LiveEvent:
        return LiveEvent(**({"case": 1, "version": 1, "what": ["message"]} | facts))  # type: ignore[arg-type]

    assert loud(emma, event(operator="emma"))
    assert loud(emma, event(group="north", what=["opened"]))
    assert not loud(emma, event(operator="olga"))
    assert not loud(emma, event(group="south"))
    assert not loud(emma, event(operator="emma", by="emma"))
    assert not loud(emma, event(operator="emma", what=["delivery"]))
