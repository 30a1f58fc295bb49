"""The main job through the whole core: a message becomes a case, an operator answers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from hub.domain.errors import AlreadyTaken, StaleVersion
from hub.domain.message import Accepted, Deferred, Edit, Rejected, Unsure
from tests.support.world import World


async def one_case(world: World, number: int = 1):
    return await world.services.book.load(number)


async def test_message_becomes_a_case_and_the_answer_comes_back() -> None:
    world = World(status_card=True)
    emma = await world.staff("emma")
    await world.group("north")
    await world.say("Нет горячей воды")
    case = await one_case(world)
    assert (case.status, case.text, case.group, case.unread) == (
        "new",
        "Нет горячей воды",
        "north",
        1,
    )
    assert ("emma", "new", 1) in world.phone.rows
    assert world.channel.sent[0].text.startswith("bot/resident/status")
    await world.services.casework.take(1, emma)
    await world.services.replies.send(1, emma, "Мастер будет в 15:00")
    await world.settle()
    answers = [out for out in world.channel.sent if out.id == "1-2"]
    assert [(out.text, out.in_reply_to, out.to.to) for out in answers] == [
        ("Мастер будет в 15:00", "m1", "anna")
    ]
    case = await one_case(world)
    assert case.entry(2).delivery.state == "sent"
    assert case.outbox == []
    assert case.operator == "emma"
    assert ("emma", "mark", 2) in world.phone.rows


async def test_three_messages_within_a_second_are_three_messages_of_one_case() -> None:
    world = World()
    for text in ("раз", "два", "три"):
        await world.keep(world.inbound(text))
    await world.settle()
    case = await one_case(world)
    assert [entry.text for entry in case.thread] == ["раз", "два", "три"]


async def test_repeat_of_a_message_changes_nothing() -> None:
    world = World()
    message = await world.say("раз")
    kept = await world.keep(message)
    await world.settle()
    assert kept.state == "repeat"
    assert len((await one_case(world)).thread) == 1


async def test_crash_between_save_and_done_files_nothing_twice() -> None:
    world = World()
    message = world.inbound("раз")
    await world.keep(message)
    done = world.store.inbox.done

    async def killed(*args: object) -> None:
        raise asyncio.CancelledError

    world.store.inbox.done = killed  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await world.settle()
    world.store.inbox.done = done  # type: ignore[method-assign]
    await world.intake.take([message.conversation])
    assert len((await one_case(world)).thread) == 1
    assert await world.store.cases.get(2) is None


async def test_late_message_stands_in_its_place() -> None:
    world = World()
    now = world.clock.now()
    await world.say("второе", sent_at=now)
    await world.say("первое", sent_at=now - timedelta(minutes=1))
    assert [entry.text for entry in (await one_case(world)).thread] == ["первое", "второе"]


async def test_message_on_a_closed_case_reopens_it_and_later_opens_a_linked_one() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    await world.services.casework.take(1, emma)
    await world.services.casework.close(1, emma)
    await world.say("снова")
    case = await one_case(world)
    assert (case.status, len(case.thread)) == ("in_progress", 2)
    await world.services.casework.close(1, emma)
    world.clock.forward(days=15)
    await world.say("опять")
    linked = await one_case(world, 2)
    assert (linked.linked, linked.current, linked.thread[0].text) == (1, True, "опять")
    assert not (await one_case(world)).current


async def test_two_operators_at_once_give_one_owner() -> None:
    world = World()
    emma, anna = await world.staff("emma"), await world.staff("annap")
    await world.say("раз")
    results = await asyncio.gather(
        world.services.casework.take(1, emma),
        world.services.casework.take(1, anna),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in results) == ["AlreadyTaken", "Case"]
    with pytest.raises(AlreadyTaken):
        await world.services.casework.take(1, anna)


async def test_stale_button_is_refused() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    version = (await one_case(world)).version
    await world.say("два")
    with pytest.raises(StaleVersion):
        await world.services.casework.spam(1, emma, expect=version)


async def test_refused_answer_is_failed_with_its_reason_and_can_be_repeated() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    world.channel.outcomes = [Rejected("blocked", gone=True)]
    _, entry = await world.services.replies.send(1, emma, "ответ")
    await world.settle()
    case = await one_case(world)
    assert (case.entry(2).delivery.state, case.entry(2).delivery.reason) == ("failed", "blocked")
    assert ("emma", "failed", 2) in world.phone.rows
    contact = await world.store.contacts.get(case.contact.id)
    assert contact.identities[0].unreachable == "blocked"
    await world.services.replies.retry(1, entry.seq, emma)
    await world.settle()
    assert (await one_case(world)).entry(2).delivery.state == "sent"


async def test_unsure_answer_is_shown_as_uncertain_unless_a_repeat_is_harmless() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    world.channel.outcomes = [Unsure("timeout")]
    await world.services.replies.send(1, emma, "ответ")
    await world.settle()
    assert (await one_case(world)).entry(2).delivery.state == "uncertain"
    again = World(idempotent=True)
    emma = await again.staff("emma")
    await again.say("раз")
    again.channel.outcomes = [Unsure("timeout"), Accepted(("x",))]
    await again.services.replies.send(1, emma, "ответ")
    await again.settle()
    again.clock.forward(seconds=2)
    await again.timers.wake()
    await again.settle()
    assert (await one_case(again)).entry(2).delivery.state == "sent"
    assert [out.id for out in again.channel.sent] == ["1-2", "1-2"]


async def test_process_that_dies_while_sending_leaves_an_uncertain_answer() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    await world.services.replies.send(1, emma, "ответ")

    async def killed(out: object) -> None:
        raise asyncio.CancelledError

    send, world.channel.send = world.channel.send, killed  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await world.settle()
    world.channel.send = send  # type: ignore[method-assign]
    await world.relay.drain([1])
    assert (await one_case(world)).entry(2).delivery.state == "sending"
    world.clock.forward(seconds=61)
    await world.timers.wake()
    await world.settle()
    case = await one_case(world)
    assert case.entry(2).delivery.state == "uncertain"
    assert world.channel.sent == []


async def test_rate_limit_pauses_the_chat_and_loses_nothing() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    world.channel.outcomes = [Deferred("rate", 6, "chat")]
    await world.services.replies.send(1, emma, "ответ")
    await world.settle()
    assert world.budget.paused == {"chat:anna": 6}
    world.budget.paused = {}
    world.clock.forward(seconds=7)
    await world.timers.wake()
    await world.settle()
    assert (await one_case(world)).entry(2).delivery.state == "sent"


async def test_what_cannot_be_parsed_waits_in_quarantine_and_holds_nobody_up() -> None:
    world = World()
    broken = world.inbound("x")
    from hub.ports.channel import RawRequest

    raw = RawRequest(
        account="site",
        method="POST",
        body=b"{",
        received_at=world.clock.now(),
        headers={"id": "bad", "lane": broken.conversation},
    )
    await world.store.inbox.keep(raw, world.channel.key(raw))
    await world.say("раз")
    page = await world.store.inbox.page(account="", state="quarantined", cursor=None, limit=10)
    assert len(page.items) == 1
    assert (await one_case(world)).thread[0].text == "раз"


async def test_same_answer_key_is_one_answer() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    _, first = await world.services.replies.send(1, emma, "ответ", key="k")
    _, second = await world.services.replies.send(1, emma, "другой", key="k")
    await world.settle()
    assert (first.seq, second.seq, second.text) == (2, 2, "ответ")
    assert len(world.channel.sent) == 1


async def test_edit_shows_what_stood_before() -> None:
    world = World()
    message = await world.say("воды нет")
    edit = Edit(
        key="e",
        account="site",
        conversation=message.conversation,
        external_id=message.external_id,
        at=world.clock.now(),
        text="воды нет и света",
    )
    await world.intake._receipts.edit(edit)
    entry = (await one_case(world)).thread[0]
    assert (entry.text, entry.edits[0].text) == ("воды нет и света", "воды нет")


async def test_comment_reaches_executors_and_never_the_resident() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.staff("roman", "executor")
    await world.say("раз")
    await world.services.casework.take(1, emma)
    await world.services.casework.executors(1, emma, add=["roman"])
    await world.services.replies.comment(1, emma, "код домофона 12К")
    await world.settle()
    assert ("roman", "task", 0) in world.phone.rows
    assert ("roman", "comment", 2) in world.phone.rows
    assert all("домофона" not in out.text for out in world.channel.sent)


async def test_merged_case_takes_nothing_more() -> None:
    world = World()
    emma = await world.staff("emma")
    await world.say("раз")
    await world.say("другое", "boris")
    await world.services.casework.merge(1, 2, emma)
    await world.say("ещё")
    assert [entry.text for entry in (await one_case(world, 2)).thread] == ["другое", "ещё"]
    view = await world.services.queries.case(2, emma)
    assert {line.text for line in view.thread} == {"раз", "другое", "ещё"}
