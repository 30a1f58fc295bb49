"""The relay: what waits for a budget holds up nothing that may go now, and no stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from hub.domain import outbox
from hub.domain.case import Case
from hub.domain.message import Deferred, Outcome
from hub.domain.outbox import Row
from hub.domain.staff import Actor
from hub.ports.channel import Limit
from hub.ports.clock import SystemClock
from hub.ports.outlet import Skip
from hub.ports.saving import Conflict
from hub.services import relay
from tests.support.budget import WindowsBudget
from tests.support.world import World

BUSY = 300.0
"""Seconds for which the operator's chat has no budget: the relay waits for that itself. Nobody
here waits for their end, however slow the machine is."""


@pytest.fixture
async def waiting(world: World, emma: Actor, monkeypatch: pytest.MonkeyPatch) -> asyncio.Task[None]:
    """A drain of case 1 that waits for emma's chat."""
    monkeypatch.setattr(relay, "PATIENCE", BUSY * 2)

    def limits(case: object, row: object) -> Sequence[Limit]:
        return (Limit("chat:emma", 5, 5),)

    world.phone.limits = limits  # type: ignore[method-assign]
    world.budget.paused = {"chat:emma": BUSY}
    await world.keep(world.inbound("Нет воды"))
    lanes, world.kicks.lanes = world.kicks.lanes, []
    await world.intake.take(lanes)
    draining = asyncio.create_task(world.relay.drain([1]))
    while not world.relay._active or any(
        row.state == "waiting" and row.kind != "notice"
        for row in (await world.services.book.load(1)).outbox
    ):
        await asyncio.sleep(0)
    return draining


async def test_an_answer_does_not_wait_for_the_operators_busy_chat(
    world: World, emma: Actor, waiting: asyncio.Task[None]
) -> None:
    """The notice of the case waited for its chat, and the answer that came meanwhile with it:
    up to five seconds for a resident, because an operator's phone was busy."""
    await world.services.replies.send(1, emma, "Дадут к вечеру")
    await world.relay.drain([1])
    async with asyncio.timeout(BUSY):
        while not any(out.text == "Дадут к вечеру" for out in world.channel.sent):
            await asyncio.sleep(0)
    assert not waiting.done()
    world.relay.stop()
    await waiting


async def test_a_stop_waits_for_no_budget_and_leaves_the_row_due(
    world: World, waiting: asyncio.Task[None]
) -> None:
    world.relay.stop()
    async with asyncio.timeout(BUSY / 2):
        await waiting
    case = await world.services.book.load(1)
    assert [row.state for row in case.outbox if row.kind == "notice"] == ["waiting"]


async def test_a_server_that_hangs_for_one_person_holds_up_nobody_else(
    world: World, emma: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call hung for eight seconds, and every card of that case was as old as that."""
    monkeypatch.setattr(relay, "BRIEF", 0.05)
    hangs = asyncio.Event()
    send = world.phone.send

    async def slow(case: object, row: Row) -> Outcome | Skip:
        if row.data["login"] == "emma":
            await hangs.wait()
        return await send(case, row)

    world.phone.send = slow  # type: ignore[method-assign,assignment]
    await world.staff("vera")
    await world.keep(world.inbound("Нет воды"))
    await world.intake.take(["site:anna"])
    draining = asyncio.create_task(world.relay.drain([1]))
    await _until(lambda: ("vera", "new", 1) in world.phone.rows)
    await world.services.replies.comment(1, emma, "Звонили из третьей")
    await world.keep(world.inbound("И холодной тоже"))
    await world.intake.take(["site:anna"])
    await world.relay.drain([1])
    await _until(lambda: ("vera", "card", 0) in world.phone.rows)
    assert not [login for login, _, _ in world.phone.rows if login == "emma"]
    hangs.set()
    await draining
    case = await world.services.book.load(1)
    assert not case.outbox
    assert next(what for login, what, _ in world.phone.rows if login == "emma") == "new"


async def test_what_was_put_off_for_a_moment_goes_without_the_sweeper(
    world: World, emma: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Telegram said «in one second», and the answer waited for the next sweep after that."""
    monkeypatch.setattr(outbox, "PAUSES", (0.05,))
    system = SystemClock()
    world.clock.now = system.now  # type: ignore[method-assign]
    await world.keep(world.inbound("Нет воды"))
    await world.intake.take(["site:anna"])
    world.channel.outcomes = [Deferred("server", 0.05)]
    await world.services.replies.send(1, emma, "Дадут к вечеру")
    await world.relay.drain([1])
    assert [out.text for out in world.channel.sent] == ["Дадут к вечеру"] * 2


async def test_why_an_answer_waits_is_said_where_it_stands(world: World, emma: Actor) -> None:
    """The provider's account was empty, and the answer was «sending» for a day without a word."""
    await world.say("Нет воды")
    world.channel.outcomes = [Deferred("no_money", 600)]
    await world.services.replies.send(1, emma, "Дадут к вечеру")
    await world.relay.drain([1])
    shown = await world.services.queries.case(1, emma)
    delivery = shown.thread[-1].delivery
    assert delivery is not None
    assert (delivery.state, delivery.reason) == ("sending", "no_money")
    world.clock.forward(minutes=11)
    await world.relay.drain([1])
    shown = await world.services.queries.case(1, emma)
    delivery = shown.thread[-1].delivery
    assert delivery is not None
    assert (delivery.state, delivery.reason) == ("sent", "")


CHAT = Limit("chat:emma", 1, 60)


def once_a_minute(world: World) -> WindowsBudget:
    """Emma's chat bears one message a minute, counted by a clock that stands."""
    budget = WindowsBudget(lambda: 0.0)
    for name in ("spend", "give_back", "pause"):
        setattr(world.budget, name, getattr(budget, name))
    world.phone.limits = lambda case, row: (CHAT,)  # type: ignore[method-assign]
    return budget


async def test_a_lease_that_lost_its_race_gives_its_turn_back(world: World, emma: Actor) -> None:
    """The one message a minute that the chat bears was taken by a drain that then found the case
    changed; the notice waited a minute for nothing."""
    once_a_minute(world)
    await world.keep(world.inbound("Нет воды"))
    await world.intake.take(["site:anna"])
    save, races = world.store.cases.save, [True]

    async def raced(case: Case, operation: str) -> object:
        leasing = any(row.kind == "notice" and row.state == "sending" for row in case.outbox)
        if leasing and races:
            races.pop()
            raise Conflict
        return await save(case, operation)

    world.store.cases.save = raced
    await world.relay.drain([1])
    assert not races
    assert world.phone.rows == [("emma", "new", 1)]


async def test_where_nothing_was_left_to_say_nothing_is_used_up(world: World, emma: Actor) -> None:
    budget = once_a_minute(world)
    await world.keep(world.inbound("Нет воды"))
    await world.intake.take(["site:anna"])

    async def moot(case: object, row: Row) -> Outcome | Skip:
        assert await budget.spend([CHAT]) > 0
        return Skip()

    world.phone.send = moot  # type: ignore[method-assign]
    await world.relay.drain([1])
    assert await budget.spend([CHAT]) == 0


async def test_what_the_provider_refused_is_used_up(world: World, emma: Actor) -> None:
    budget = once_a_minute(world)
    await world.keep(world.inbound("Нет воды"))
    await world.intake.take(["site:anna"])

    async def refused(case: object, row: Row) -> Outcome | Skip:
        return Skip(tried=True)

    world.phone.send = refused  # type: ignore[method-assign]
    await world.relay.drain([1])
    assert await budget.spend([CHAT]) > 0


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(BUSY):
        while not true():
            await asyncio.sleep(0)
