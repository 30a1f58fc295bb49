"""Rows of the inbox: order within a lane, what waits, what is given up, what comes too early."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from hub.domain.errors import StoreDown
from hub.domain.message import Action, DeliveryReport, Edit, Received
from hub.domain.staff import Actor
from hub.ports.channel import Unreadable
from hub.ports.inbox import InboxRow, InboxState
from hub.services.intake import Intake
from hub.services.understanding import PAUSES
from tests.support.world import START, World


async def rows(world: World, state: InboxState) -> list[InboxRow]:
    page = await world.store.inbox.page(account="", state=state, cursor=None, limit=100)
    return page.items[::-1]


async def texts(world: World, number: int = 1) -> list[str]:
    return [entry.text for entry in (await world.services.book.load(number)).thread]


def says(world: World, *received: Received) -> None:
    """From now on the channel understands every row like this."""

    def parse(raw: object) -> Sequence[Received]:
        return received

    world.channel.parse = parse  # type: ignore[method-assign,assignment]


def edit(text: str, external_id: str = "m1") -> Edit:
    return Edit(
        key="e",
        account="site",
        conversation="site:anna",
        external_id=external_id,
        at=World().clock.now(),
        text=text,
    )


async def test_many_lanes_are_taken_at_once(world: World) -> None:
    for who in ("anna", "boris", "vera"):
        for text in ("раз", "два"):
            await world.keep(world.inbound(text, who))
    await world.settle()
    assert [await texts(world, number) for number in (1, 2, 3)] == [["раз", "два"]] * 3
    assert len(await rows(world, "done")) == 6


async def test_several_messages_of_one_row_go_into_one_case(world: World) -> None:
    await world.keep(world.inbound("раз"), world.inbound("два"))
    await world.settle()
    assert await texts(world) == ["раз", "два"]


async def test_row_that_says_nothing_is_understood(world: World) -> None:
    says(world)
    await world.keep(world.inbound("служебное"))
    await world.settle()
    assert len(await rows(world, "done")) == 1
    assert await world.store.cases.get(1) is None


async def test_rows_too_heavy_to_be_held_together_are_all_understood(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for where in ("hub.services.intake", "tests.support.memory.inbox"):
        monkeypatch.setattr(f"{where}.HEAVY", 1)
    messages = [world.inbound(str(count)) for count in range(5)]
    for message in messages:
        await world.keep(message)
    await world.intake.take([messages[0].conversation])
    assert await texts(world) == [str(count) for count in range(5)]


async def test_two_takers_of_one_lane_file_each_message_once(world: World) -> None:
    messages = [world.inbound(str(count)) for count in range(10)]
    for message in messages:
        await world.keep(message)
    lane = messages[0].conversation
    await asyncio.gather(*(world.intake.take([lane]) for _ in range(3)))
    assert await texts(world) == [str(count) for count in range(10)]


async def test_lane_of_a_taker_that_died_is_free_after_a_while(world: World) -> None:
    message = world.inbound("раз")
    await world.keep(message)
    now = world.clock.now()
    await world.lanes.lease([message.conversation], "dead", now, 15)
    await world.intake.take([message.conversation])
    assert await world.store.cases.get(1) is None
    world.clock.forward(seconds=16)
    await world.timers.wake()
    await world.settle()
    assert await texts(world) == ["раз"]


async def test_poisonous_row_is_tried_again_then_put_aside(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With growing pauses; what still fails then waits for a person."""

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    poison = world.inbound("яд")
    monkeypatch.setattr(world.intake._lone, "file", broken)
    monkeypatch.setattr(world.intake._filing, "together", broken)
    await world.keep(poison)
    for pause in PAUSES:
        await world.settle()
        (row,) = await rows(world, "new")
        assert row.error == "ZeroDivisionError"
        world.clock.forward(seconds=pause + 4)
        await world.timers.wake()
    await world.settle()
    (row,) = await rows(world, "quarantined")
    assert row.tries == len(PAUSES)


async def test_quarantined_row_is_filed_when_it_is_taken_again(
    world: World, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(raw: object) -> Sequence[Received]:
        raise Unreadable("no json")

    with monkeypatch.context() as patched:
        patched.setattr(world.channel, "parse", unreadable)
        await world.say("раз")
    (row,) = await rows(world, "quarantined")
    await world.services.queries.replay(row.id, admin)
    await world.settle()
    assert await texts(world) == ["раз"]
    await world.services.queries.replay(row.id, admin)
    await world.settle()
    assert await texts(world) == ["раз"]


async def test_bug_of_a_channel_stops_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(raw: object) -> Sequence[Received]:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(world.channel, "parse", broken)
        await world.say("раз")
    await world.say("два")
    (row,) = await rows(world, "quarantined")
    assert row.error == "ZeroDivisionError"
    assert await texts(world) == ["два"]


async def test_row_of_an_account_that_is_gone_waits_for_a_person(world: World) -> None:
    intake = Intake(world.deps, world.services.book, world.services.contacts, {})
    message = world.inbound("раз")
    await world.keep(message)
    await intake.take([message.conversation])
    (row,) = await rows(world, "quarantined")
    assert row.error == "unknown_account"


async def test_store_that_is_down_puts_nothing_aside(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outage is nobody's fault: rows stay as they are and are taken when it is over."""

    async def down(*_: object) -> None:
        raise StoreDown

    message = world.inbound("раз")
    await world.keep(message)
    with monkeypatch.context() as patched:
        patched.setattr(world.store.cases, "open_many", down)
        with pytest.raises(StoreDown):
            await world.intake.take([message.conversation])
    (row,) = await rows(world, "new")
    assert row.tries == 0
    await world.intake.take([message.conversation])
    assert await texts(world) == ["раз"]


# ── what refers to something ─────────────────────────────────────────────────────────────────


async def test_edit_that_comes_too_early_waits_for_its_message(world: World) -> None:
    parse = world.channel.parse
    says(world, edit("воды нет и света", "m2"))
    await world.keep(world.inbound("правка"))
    await world.settle()
    (row,) = await rows(world, "new")
    assert row.error == "message_missing"
    world.channel.parse = parse  # type: ignore[method-assign]
    await world.say("воды нет")
    assert await texts(world) == ["воды нет"]
    says(world, edit("воды нет и света", "m2"))
    world.clock.forward(seconds=2)
    await world.timers.wake()
    world.clock.forward(seconds=5)
    await world.timers.wake()
    await world.settle()
    assert await texts(world) == ["воды нет и света"]


async def test_edit_of_a_message_in_an_older_page(world: World, emma: Actor) -> None:
    await world.say("воды нет")
    for count in range(160):
        await world.services.replies.comment(1, emma, f"заметка {count}")
    says(world, edit("воды нет и света"))
    await world.keep(world.inbound("правка"))
    await world.settle()
    (first, *_) = await world.store.cases.thread(1, None, 200)
    assert (first.text, [old.text for old in first.edits]) == ("воды нет и света", ["воды нет"])
    assert len(await rows(world, "done")) == 2


@pytest.mark.parametrize("named", ["provider", "ours"])
async def test_report_moves_the_delivery(world: World, emma: Actor, named: str) -> None:
    await world.say("воды нет")
    await world.services.replies.send(1, emma, "Дали")
    await world.settle()
    by = {"external_id": "out1"} if named == "provider" else {"out": "1-2"}
    report = DeliveryReport(key="r", account="site", at=world.clock.now(), state="delivered", **by)
    says(world, report)
    await world.keep(world.inbound("отчёт"))
    await world.settle()
    delivery = (await world.services.book.load(1)).entry(2).delivery
    assert delivery is not None
    assert delivery.state == "delivered"


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (
            Edit(
                key="e", account="site", conversation="c", external_id="x", at=START, text="новое"
            ),
            1,
        ),
        (
            Edit(
                key="e", account="site", conversation="c", external_id="x", at=START, deleted=True
            ),
            0,
        ),
        (DeliveryReport(key="r", account="site", at=START, state="sent", external_id="x"), 0),
    ],
    ids=["corrected", "deleted", "reported"],
)
async def test_what_is_told_of_an_unknown_message_is_given_up_in_the_end(
    world: World, change: Edit | DeliveryReport, left: int
) -> None:
    """What only tells of a message that no case has is nobody's; new words are looked at."""
    says(world, change)
    await world.keep(world.inbound("отчёт"))
    for pause in PAUSES:
        await world.settle()
        world.clock.forward(seconds=pause + 4)
        await world.timers.wake()
    await world.settle()
    assert [row.error for row in await rows(world, "quarantined")] == ["message_missing"] * left
    assert await rows(world, "new") == []


@pytest.mark.parametrize(("name", "unreachable"), [("blocked", "blocked"), ("unblocked", "")])
async def test_who_blocks_the_bot_is_marked(world: World, name: str, unreachable: str) -> None:
    message = await world.say("воды нет")
    await world.services.contacts.unreachable(message.sender.identity.key, "old")
    action = Action(
        key="a",
        account="site",
        channel="test",
        conversation="site:anna",
        sender=message.sender,
        reply_to=message.reply_to,
        name=name,
        at=world.clock.now(),
    )
    says(world, action)
    await world.keep(world.inbound("действие"))
    await world.settle()
    case = await world.services.book.load(1)
    contact = await world.store.contacts.get(case.contact.id)
    assert contact is not None
    assert contact.identities[0].unreachable == unreachable


# ── time ─────────────────────────────────────────────────────────────────────────────────────


async def test_lost_wake_up_costs_seconds_and_no_message(world: World) -> None:
    await world.keep(world.inbound("раз"))
    world.kicks.lanes.clear()
    world.clock.forward(seconds=4)
    await world.timers.wake()
    await world.settle()
    assert await texts(world) == ["раз"]


async def test_lost_wake_up_of_an_answer_costs_seconds_and_no_answer(
    world: World, emma: Actor
) -> None:
    await world.say("раз")
    await world.services.replies.send(1, emma, "Дали")
    world.kicks.numbers.clear()
    await world.timers.wake()
    await world.settle()
    assert [out.text for out in world.channel.sent] == ["Дали"]


async def test_deadline_that_passes_is_said_once(world: World, emma: Actor) -> None:
    await world.say("раз")
    at = world.clock.now() + timedelta(hours=1)
    await world.services.casework.deadline(1, at, emma)
    world.phone.rows.clear()
    for _ in range(3):
        world.clock.forward(hours=1)
        await world.timers.deadlines()
        await world.settle()
    assert [row for row in world.phone.rows if row[1] == "overdue"] == [("emma", "overdue", 0)]


async def test_deferred_case_comes_back_at_its_time(world: World, emma: Actor) -> None:
    await world.say("раз")
    await world.services.casework.take(1, emma)
    at = world.clock.now() + timedelta(hours=2)
    await world.services.casework.defer(1, at, emma)
    world.clock.forward(hours=1)
    await world.timers.deadlines()
    assert (await world.services.book.load(1)).status == "deferred"
    world.clock.forward(hours=1)
    await world.timers.deadlines()
    assert (await world.services.book.load(1)).status == "in_progress"


async def test_resolved_case_that_nobody_touches_is_closed(world: World, emma: Actor) -> None:
    await world.say("раз")
    case = await world.services.book.load(1)
    case.resolve("done", "", emma, world.clock.now())
    await world.store.cases.save(case, "op")
    world.clock.forward(days=2)
    await world.timers.tidy()
    assert (await world.services.book.load(1)).status == "resolved"
    world.clock.forward(days=2)
    await world.timers.tidy()
    assert (await world.services.book.load(1)).status == "closed"


async def test_old_input_goes_and_what_waits_for_a_person_stays(world: World) -> None:
    await world.say("раз")
    world.clock.forward(days=world.deps.policy.inbox_days + 1)
    await world.keep(world.inbound("новое"))
    await world.timers.tidy()
    assert (await rows(world, "done"), len(await rows(world, "new"))) == ([], 1)
    assert await texts(world) == ["раз"]
