"""Real calls over SIP: Kamailio tells the hub's `cti` account, sipp plays both telephones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

import channels
from hub.domain.call import Call, call_id
from hub.domain.callback import Callback
from hub.domain.callevent import CallEvent
from hub.domain.message import Received
from hub.http.ingress import Ingress
from hub.http.server import build, serving
from hub.ports.channel import RawRequest
from hub.ports.channel_build import Account
from hub.ports.clock import SystemClock
from tests.contract.channels.samples import deps
from tests.peers.sip.exchange import LINE, MISSING, PATIENCE, RESIDENT, Exchange, running
from tests.support.callworld import CallWorld
from tests.support.kept import KeptRows

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not installed")

KEY = "word-of-kamailio"


class House:
    """The hub's side: a door for the exchange, and the services that take in what it tells."""

    def __init__(self, receiver: Any, inbox: KeptRows) -> None:
        self.receiver, self.inbox = receiver, inbox
        self.world = CallWorld()
        self._taken = 0

    async def heard(self, rows: int) -> Call:
        """Wait for so many events more, take them in as they were kept, and return the call."""
        self._taken += rows
        kept = await self.inbox.until(self._taken, PATIENCE)
        assert len(kept) == self._taken
        told = [event for raw in kept[-rows:] for event in self._parsed(raw)]
        for event in told:
            await self.world.services.call_intake.take(event)
        (named,) = {event.call for event in told}
        call = await self.world.store.calls.get(call_id("pbx", named))
        assert call is not None
        return call

    def _parsed(self, raw: RawRequest) -> list[CallEvent]:
        events: list[CallEvent] = []
        for received in self.receiver.parse(raw):
            taken: Received = received
            assert isinstance(taken, CallEvent)
            events.append(taken)
        return events

    async def owed(self) -> Callback | None:
        """The callback that is owed to the resident."""
        return await self.world.services.callbacks.open_for(f"+{RESIDENT}")


class Street:
    """Exchange and hub together."""

    def __init__(self, exchange: Exchange, house: House) -> None:
        self.exchange, self.house = exchange, house


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    async with AsyncExitStack() as stack:
        account = Account(id="pbx", kind="cti", options={"key": KEY})
        house = House(channels.build(account, deps()), KeptRows())
        ingress = Ingress({"pbx": house.receiver}, house.inbox, SystemClock())
        port = await stack.enter_async_context(serving(build(ingress.routes()), "127.0.0.1", 0))
        address = f"http://127.0.0.1:{port}/in/pbx?key={KEY}"
        exchange = await stack.enter_async_context(running(tmp_path, address))
        yield Street(exchange, house)


async def test_a_call_that_is_answered(street: Street) -> None:
    assert await street.exchange.call("calls_and_talks", "answers") == 0
    call = await street.house.heard(3)
    facts = call.facts
    assert (facts.direction, facts.number, facts.line) == ("in", f"+{RESIDENT}", f"+{LINE}")
    assert facts.result == "answered"
    assert [hand.extension for hand in facts.hands] == ["101"]
    assert facts.talk is not None
    assert 1 <= facts.talk < PATIENCE
    assert not facts.missed
    assert await street.house.owed() is None


@pytest.mark.parametrize(
    ("resident", "operator", "result"),
    [
        ("calls_and_talks", "is_busy", "busy"),
        ("calls_and_gives_up", "rings", "cancelled"),
        ("calls_and_talks", "rings", "no_answer"),
    ],
)
async def test_a_call_in_vain_is_owed_a_callback(
    street: Street, resident: str, operator: str, result: str
) -> None:
    assert await street.exchange.call(resident, operator) == 0
    call = await street.house.heard(2)
    assert call.facts.result == result
    assert call.facts.missed
    entry = await street.house.owed()
    assert entry is not None
    assert entry.calls == [call.id]


async def test_who_gets_through_later_is_owed_nothing_more(street: Street) -> None:
    await street.exchange.call("calls_and_gives_up", "rings")
    await street.house.heard(2)
    assert await street.house.owed() is not None
    await street.exchange.call("calls_and_talks", "answers")
    await street.house.heard(3)
    assert await street.house.owed() is None


async def test_the_key_of_the_address_is_in_nothing_that_is_kept(street: Street) -> None:
    await street.exchange.call("calls_and_gives_up", "rings")
    await street.house.heard(2)
    assert all(KEY.encode() not in row for row in street.house.inbox.written)


async def test_a_call_whose_beginning_was_lost(street: Street) -> None:
    """The hub was away while it rang: the answer of an unknown call begins it."""
    street.house.inbox.all_down = True
    called = asyncio.create_task(street.exchange.call("calls_and_talks", "answers"))
    await street.house.inbox.until_tried(1, PATIENCE)
    street.house.inbox.all_down = False
    assert await called == 0
    call = await street.house.heard(2)
    assert call.facts.result == "answered"
    assert call.facts.number == f"+{RESIDENT}"
