"""[Повторить] on an answer that has moved to an older page: it goes out once, in its turn."""

from __future__ import annotations

import asyncio

import pytest

from hub.domain.contact import KnownIdentity
from hub.domain.errors import NotFound, WrongState
from hub.domain.message import Accepted, Address, Deferred, DeliveryReport, Identity, Rejected
from hub.domain.staff import Actor
from hub.ports.failures import FailureFilter
from hub.services.entryviews import EntryView
from hub.services.receipts import Receipts
from hub.services.settling import MAX_TRIES
from hub.store.paging import MAX_ENTRIES
from tests.support.world import World

OLD = 2
"""The answer that its provider took, and much later reported as failed."""


async def house(**channel: bool) -> tuple[World, Actor]:
    """A long case; its first answer stands on a page and did not arrive."""
    world = World(**channel)
    emma = await world.staff("emma")
    await world.say("раз")
    await world.services.casework.take(1, emma)
    await world.services.replies.send(1, emma, "старый ответ")
    await world.settle()
    for number in range(MAX_ENTRIES + 20):
        await world.keep(world.inbound(f"сообщение {number}"))
    await world.settle()
    assert (await world.services.book.load(1)).by_seq(OLD) is None
    report = DeliveryReport(
        key="r1",
        account="site",
        out=f"1-{OLD}",
        state="failed",
        reason="expired",
        at=world.clock.now(),
    )
    await Receipts(world.deps, world.services.book).report(report)
    await world.settle()
    assert await failures(world) == [f"1-{OLD}"]
    assert [out.text for out in world.channel.sent] == ["старый ответ"]
    return world, emma


async def line(world: World, seq: int = OLD) -> EntryView:
    emma = Actor.of((await world.services.people.directory()).staff["emma"])
    lines = await world.services.queries.thread(1, emma, limit=10_000)
    return next(one for one in lines if one.seq == seq)


async def state(world: World) -> str:
    delivery = (await line(world)).delivery
    assert delivery is not None
    return delivery.state


async def failures(world: World) -> list[str]:
    page = await world.store.failures.page(FailureFilter(), None, 10)
    return [one.id for one in page.items]


async def test_it_goes_out_again_and_stands_where_it_stood() -> None:
    world, emma = await house()
    case = await world.services.replies.retry(1, OLD, emma)
    assert case.history[-1].action == "retried"
    assert await state(world) == "queued"
    await world.settle()
    assert await state(world) == "sent"
    assert [out.text for out in world.channel.sent] == ["старый ответ"] * 2
    assert world.channel.sent[1].id == world.channel.sent[0].id
    assert await failures(world) == []
    lines = await world.services.queries.thread(1, emma, limit=10_000)
    assert [one.seq for one in lines] == list(range(1, len(lines) + 1))
    assert ("emma", "mark", OLD) in world.phone.rows


async def test_whoever_presses_next_is_told_that_it_is_on_its_way_or_there() -> None:
    world, emma = await house()
    oleg = await world.staff("oleg", "supervisor")
    both = await asyncio.gather(
        world.services.replies.retry(1, OLD, emma),
        world.services.replies.retry(1, OLD, oleg),
        return_exceptions=True,
    )
    assert sum(isinstance(one, WrongState) for one in both) == 1
    with pytest.raises(WrongState):
        await world.services.replies.retry(1, OLD, emma)
    await world.settle()
    with pytest.raises(WrongState):
        await world.services.replies.retry(1, OLD, emma)
    assert len(world.channel.sent) == 2


async def test_who_looked_before_another_sent_it_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They read the page while it still said «failed»; when they wrote, it had gone out."""
    world, emma = await house()
    read = world.store.cases.paged_entry
    waited: list[bool] = []

    async def slow(number: int, seq: int) -> object:
        entry = await read(number, seq)
        if not waited:
            waited.append(True)
            await world.services.replies.retry(1, OLD, emma)
            await world.settle()
        return entry

    monkeypatch.setattr(world.store.cases, "paged_entry", slow)
    with pytest.raises(WrongState):
        await world.services.replies.retry(1, OLD, emma)
    await world.settle()
    assert len(world.channel.sent) == 2


async def test_it_fails_again_and_can_be_sent_again() -> None:
    world, emma = await house()
    told = len(world.phone.rows)
    world.channel.outcomes = [Rejected("blocked", "no such person")]
    await world.services.failures.retry(f"1-{OLD}", emma)
    await world.settle()
    assert await state(world) == "failed"
    assert await failures(world) == [f"1-{OLD}"]
    assert ("emma", "failed", OLD) in world.phone.rows[told:]
    await world.services.failures.retry(f"1-{OLD}", emma)
    await world.settle()
    assert await state(world) == "sent"
    assert await failures(world) == []


async def test_it_goes_by_another_way_and_says_so() -> None:
    world, emma = await house()
    other = Identity("external", "anna-at-work", "site")
    case = await world.services.book.load(1)
    contact = await world.store.contacts.get(case.contact.id)
    address = Address("site", "test", "anna-at-work", other.key, "site:work")
    contact.identities.append(
        KnownIdentity(key=other.key, verified=True, since=world.clock.now(), address=address)
    )
    await world.store.contacts.save(contact)
    offered = {one.identity for one in await world.services.replies.addresses(1)}
    assert other.key in offered
    await world.services.replies.retry(1, OLD, emma, to=other.key)
    await world.settle()
    assert world.channel.sent[-1].to == address
    delivery = (await line(world)).delivery
    assert delivery is not None
    assert (delivery.state, delivery.to) == ("sent", other.key)


async def test_it_waits_its_turn_behind_an_answer_that_waits() -> None:
    world, emma = await house()
    world.channel.outcomes = [Deferred("busy", 5)]
    await world.services.replies.send(1, emma, "новый ответ")
    await world.settle()
    await world.services.replies.retry(1, OLD, emma)
    await world.settle()
    world.clock.forward(seconds=60)
    await world.timers.wake()
    await world.settle()
    texts = [out.text for out in world.channel.sent[2:]]
    assert texts == ["новый ответ", "старый ответ"]


@pytest.mark.parametrize("idempotent", [False, True])
async def test_a_process_that_dies_while_sending_doubles_nothing(idempotent: bool) -> None:
    """It went out, and nobody wrote that down: said twice only where that is harmless."""
    world, emma = await house(idempotent=idempotent)
    send, world_died = world.channel.send, asyncio.CancelledError()

    async def die(out: object) -> object:
        await send(out)  # type: ignore[arg-type]
        raise world_died

    world.channel.send = die  # type: ignore[method-assign, assignment]
    await world.services.replies.retry(1, OLD, emma)
    with pytest.raises(asyncio.CancelledError):
        await world.settle()
    world.channel.send = send  # type: ignore[method-assign]
    assert await state(world) == "sending"
    with pytest.raises(WrongState):
        await world.services.replies.retry(1, OLD, emma)
    world.clock.forward(minutes=5)
    await world.timers.wake()
    await world.settle()
    assert await state(world) == ("sent" if idempotent else "uncertain")
    assert len(world.channel.sent) == (3 if idempotent else 2)
    assert await failures(world) == ([] if idempotent else [f"1-{OLD}"])


async def test_what_is_given_up_is_shown_as_failed() -> None:
    world, emma = await house()
    world.channel.outcomes = [Deferred("busy", 0)] * MAX_TRIES
    await world.services.replies.retry(1, OLD, emma)
    for _ in range(MAX_TRIES):
        await world.settle()
        world.clock.forward(hours=1)
        await world.timers.wake()
    assert await state(world) == "failed"
    assert await failures(world) == [f"1-{OLD}"]


async def test_a_report_that_comes_meanwhile_is_not_covered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The provider says «delivered» between what the relay read on the page and what it writes."""
    world, emma = await house()
    save = world.store.cases.save_paged
    came: list[bool] = []

    async def late(number: int, entry: object) -> bool:
        sent = entry.delivery.state == "sent"  # type: ignore[attr-defined]
        if sent and not came:
            came.append(True)
            await Receipts(world.deps, world.services.book).report(
                DeliveryReport(
                    key="r2",
                    account="site",
                    out=f"1-{OLD}",
                    state="delivered",
                    at=world.clock.now(),
                )
            )
        return bool(await save(number, entry))

    monkeypatch.setattr(world.store.cases, "save_paged", late)
    world.channel.outcomes = [Accepted(("x1",))]
    await world.services.replies.retry(1, OLD, emma)
    await world.settle()
    assert came
    assert await state(world) == "delivered"
    assert await world.store.cases.by_external("site", "x1") == (1, OLD)


async def test_nothing_stands_there() -> None:
    world, emma = await house()
    with pytest.raises(NotFound):
        await world.services.replies.retry(1, 9_999, emma)
    with pytest.raises(WrongState):
        await world.services.replies.retry(1, 1, emma)
