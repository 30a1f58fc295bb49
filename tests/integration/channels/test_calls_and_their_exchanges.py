"""Calls from the vendor's event to the file of their recording, and commands from who presses."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

import channels
from hub.domain.call import Call, call_id
from hub.domain.errors import NotDialled
from hub.http.server import serving
from hub.ports.channel_build import Account
from hub.services.services import Services
from tests.contract.channels.samples import ACCOUNT, deps
from tests.support import mangooffice, megafonvats, zadarmaapi
from tests.support.callworld import CallWorld
from tests.support.recordedcalls import BEGAN, CALLS, understood

RESIDENT = "+79161234567"


class Side:
    """A hub whose exchange is the vendor's channel, against a local server of the vendor's."""

    def __init__(self, exchange: Any, address: str = "") -> None:
        self.exchange, self.address = exchange, address
        self.world = CallWorld()
        self.world.deps = dataclasses.replace(self.world.deps, exchanges={ACCOUNT: exchange})
        self.world.services = Services.of(self.world.deps)
        self.world.clock.time = BEGAN

    async def hear(self, kind: str, name: str, seed: int = 0) -> Call:
        """The vendor tells a whole call, in some order."""
        events = understood(kind, CALLS[kind][name])
        random.Random(seed).shuffle(events)
        self.world.clock.time = max(event.at for event in events)
        for event in events:
            await self.world.services.call_intake.take(event)
        return await self.call(events[0].call)

    async def call(self, name: str) -> Call:
        call = await self.world.store.calls.get(call_id(ACCOUNT, name))
        assert call is not None
        return call

    async def file(self, call: Call) -> bytes:
        (kept,) = (await self.call(call.call)).recordings
        assert kept.state == "ready"
        return b"".join([part async for part in self.world.store.files.read(kept.file)])


@asynccontextmanager
async def side(
    kind: str, routes: Sequence[web.RouteDef], path: str, **options: object
) -> AsyncIterator[Side]:
    async with AsyncExitStack() as stack:
        app = web.Application()
        app.add_routes(routes)
        port = await stack.enter_async_context(serving(app, "127.0.0.1", 0))
        told = {"api": f"http://127.0.0.1:{port}{path}", **options}
        exchange: Any = channels.build(Account(id=ACCOUNT, kind=kind, options=told), deps())
        stack.push_async_callback(exchange.close)
        yield Side(exchange, f"http://127.0.0.1:{port}")


@pytest.fixture
async def office() -> mangooffice.Office:
    return mangooffice.Office()


@pytest.fixture
async def mango(office: mangooffice.Office) -> AsyncIterator[Side]:
    keys = {"api_key": mangooffice.KEY, "salt": mangooffice.SALT}
    async with side("mango", office.routes(), "/vpbx", **keys) as made:
        yield made


@pytest.mark.parametrize("seed", range(4))
async def test_the_recording_of_a_call_is_among_the_files(
    mango: Side, office: mangooffice.Office, seed: int
) -> None:
    office.asked_for = "rec-a"
    call = await mango.hear("mango", "talk through a menu", seed)
    assert (call.facts.result, call.facts.talk) == ("answered", 60)
    await mango.world.services.recordings.sweep()
    assert await mango.file(call) == mangooffice.SOUND
    assert await mango.world.services.callbacks.open_for(RESIDENT) is None


async def test_a_recording_that_comes_late_is_asked_for_until_it_is_there(
    mango: Side, office: mangooffice.Office
) -> None:
    office.asked_for, office.made = "rec-a", False
    call = await mango.hear("mango", "talk through a menu")
    for tries in (1, 2, 3):
        await mango.world.services.recordings.sweep()
        (kept,) = (await mango.call(call.call)).recordings
        assert (kept.state, kept.tries) == ("waiting", tries)
        mango.world.clock.forward(minutes=10)
    office.made = True
    await mango.world.services.recordings.sweep()
    assert await mango.file(call) == mangooffice.SOUND


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("mango", "missed, though its result is 1"),
        ("megafon", "missed"),
        ("zadarma", "missed"),
        ("uis", "lost"),
    ],
)
@pytest.mark.parametrize("seed", range(3))
async def test_a_missed_call_is_owed_whoever_told_of_it(kind: str, name: str, seed: int) -> None:
    world = Side(object())
    call = await world.hear(kind, name, seed)
    entry = await world.world.services.callbacks.open_for(RESIDENT)
    assert entry is not None
    assert entry.calls == [call.id]


async def test_of_a_group_that_rang_nobody_is_owed_when_one_answered() -> None:
    world = Side(object())
    for seed in range(5):
        await world.hear("megafon", "a group rings, one takes it", seed)
        assert await world.world.services.callbacks.open_for(RESIDENT) is None


async def test_buttons_of_a_live_call_reach_the_leg_where_staff_speak(
    mango: Side, office: mangooffice.Office
) -> None:
    boss = await mango.world.at("boss", "900", role="supervisor")
    events = understood("mango", CALLS["mango"]["passed on after a question"])
    # The one who took it talks; nothing later is told yet.
    for event in [one for one in events if one.leg == "a"][:2]:
        await mango.world.services.call_intake.take(event)
    call = await mango.call("entry")
    dialler = mango.world.services.dialler
    assert dialler.can(call) == {"hang_up", "transfer"}
    await dialler.transfer(call.id, "102", boss)
    await dialler.hang_up(call.id, boss)
    passed, ended = office.commands
    assert passed[0] == "commands/transfer"
    assert (passed[1]["call_id"], passed[1]["to_number"], passed[1]["initiator"]) == (
        "a",
        "102",
        "101",
    )
    assert (ended[0], ended[1]["call_id"]) == ("commands/call/hangup", "a")


async def test_a_click_rings_the_extension_of_who_pressed(
    mango: Side, office: mangooffice.Office
) -> None:
    anna = await mango.world.at("anna", "101")
    await mango.world.services.dialler.call(RESIDENT, anna, key="k1")
    ((name, told),) = office.commands
    assert (name, told["from"], told["to_number"]) == (
        "commands/callback",
        {"extension": "101"},
        "79161234567",
    )
    office.body = b'{"result": 3105}'
    with pytest.raises(NotDialled):
        await mango.world.services.dialler.call(RESIDENT, anna)


async def test_megafon_calls_and_cannot_hang_up() -> None:
    vats = megafonvats.Vats()
    options = {"token": "t", "api_key": megafonvats.OWN}
    async with side("megafon", vats.routes(), "/sys/crm_api.wcgp", **options) as made:
        anna = await made.world.at("anna", "510")
        assert (await made.world.services.dialler.call(RESIDENT, anna)).call == "43294397431"
        call = await made.hear("megafon", "missed")
        assert made.world.services.dialler.can(call) == set()
        with pytest.raises(NotDialled):
            await made.world.services.dialler.hang_up(call.id, anna)


async def test_zadarma_is_asked_once_the_recording_is_saved() -> None:
    api = zadarmaapi.Api()
    keys = {"api_key": zadarmaapi.KEY, "secret": zadarmaapi.SECRET}
    async with side("zadarma", api.routes(), "", **keys) as made:
        api.body = {"status": "success", "link": f"{made.address}/sound.mp3"}
        call = await made.hear("zadarma", "talk")
        await made.world.services.recordings.sweep()
        assert api.asked == []
        made.world.clock.forward(seconds=41)
        await made.world.services.recordings.sweep()
        assert await made.file(call) == zadarmaapi.SOUND
