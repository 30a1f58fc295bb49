"""Cases: saved together or not at all, each key in one place, one current case a conversation."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hub.domain.message import Attachment, Location
from hub.domain.staff import SYSTEM, Actor
from hub.ports.saving import Conflict, Duplicate
from tests.contract.store.samples import at, case, message

OPERATOR = Actor(kind="staff", login="ann", name="Анна")


async def test_a_case_comes_back_as_it_was(ports: Any) -> None:
    sent = message("1")
    sent.location = Location(55.75, 37.61)
    sent.attachments = [Attachment(id="f1", name="кран.jpg", kind="photo", state="pending")]
    opened = case(5, sent, conversation="site:u1", current=True, group="g", deadline=at(90))
    await ports.cases.open(opened, "op1")
    found = await ports.cases.get(5)
    for field in opened.__struct_fields__:
        assert getattr(found, field) == getattr(opened, field), field
    assert (found.rev, found.ops) == (1, ["op1"])
    assert await ports.cases.get(6) is None


async def test_numbers_are_never_given_twice(ports: Any) -> None:
    given = await asyncio.gather(*(ports.cases.numbers(3) for _ in range(10)))
    numbers = [number for some in given for number in some]
    assert len(set(numbers)) == 30
    assert min(numbers) >= 1


async def test_the_second_of_two_saves_is_refused(ports: Any) -> None:
    await ports.cases.open(case(1, message("1")), "op1")
    one, two = await ports.cases.get(1), await ports.cases.get(1)
    one.take(OPERATOR, at(5))
    await ports.cases.save(one, "op2")
    assert one.rev == 2
    two.spam(OPERATOR, at(6))
    with pytest.raises(Conflict):
        await ports.cases.save(two, "op3")
    found = await ports.cases.get(1)
    assert (found.status, found.operator, found.rev) == ("in_progress", "ann", 2)


async def test_of_many_writers_one_wins_each_round(ports: Any) -> None:
    await ports.cases.open(case(1, message("1")), "op")

    async def write(n: int) -> bool:
        mine = await ports.cases.get(1)
        mine.comment(f"note {n}", [], OPERATOR, at(n), key=f"note:{n}")
        try:
            await ports.cases.save(mine, f"op{n}")
        except Conflict:
            return False
        return True

    won = sum(await asyncio.gather(*(write(n) for n in range(8))))
    found = await ports.cases.get(1)
    assert won >= 1
    assert len(found.thread) == 1 + won
    assert found.rev == 1 + won


async def test_a_save_that_lost_its_answer_is_success_when_repeated(ports: Any) -> None:
    opened = case(1, message("1"))
    await ports.cases.open(opened, "op1")
    await ports.cases.open(case(1, message("1")), "op1")
    mine = await ports.cases.get(1)
    stale = await ports.cases.get(1)
    mine.take(OPERATOR, at(5))
    stale.take(OPERATOR, at(5))
    await ports.cases.save(mine, "op2")
    await ports.cases.save(stale, "op2")
    found = await ports.cases.get(1)
    assert found.rev == 2


async def test_the_same_struct_is_saved_again_and_again(ports: Any) -> None:
    mine = case(1, message("1"))
    await ports.cases.open(mine, "op0")
    for n in range(30):
        mine.comment(f"note {n}", [], OPERATOR, at(n), key=f"note:{n}")
        await ports.cases.save(mine, f"op{n + 1}")
    found = await ports.cases.get(1)
    assert [entry.text for entry in found.thread[1:]] == [f"note {n}" for n in range(30)]
    assert found.rev == mine.rev == 31
    assert found.ops == mine.ops
    assert len(found.ops) == 20


async def test_entries_change_in_the_middle_and_a_late_one_takes_its_place(ports: Any) -> None:
    await ports.cases.open(case(1, message("1", "один", seconds=1)), "op1")
    mine = await ports.cases.get(1)
    mine.receive(message("3", "три", seconds=3), at(3))
    await ports.cases.save(mine, "op2")
    mine = await ports.cases.get(1)
    mine.receive(message("2", "два", seconds=2), at(4))
    mine.thread[0].text = "раз"
    await ports.cases.save(mine, "op3")
    mine = await ports.cases.get(1)
    assert [entry.text for entry in mine.thread] == ["раз", "два", "три"]
    mine.thread[1].text, mine.subject, mine.address = "двое", "Труба", None
    await ports.cases.save(mine, "op4")
    found = await ports.cases.get(1)
    assert [entry.text for entry in found.thread] == ["раз", "двое", "три"]
    assert (found.subject, found.address) == ("Труба", None)


async def test_a_key_stands_in_one_case_only(ports: Any) -> None:
    await ports.cases.open(case(1, message("1")), "op1")
    with pytest.raises(Duplicate):
        await ports.cases.open(case(2, message("1")), "op2")
    assert await ports.cases.get(2) is None
    await ports.cases.open(case(3, message("3")), "op3")
    mine = await ports.cases.get(3)
    mine.receive(message("1"), at(5))
    with pytest.raises(Duplicate):
        await ports.cases.save(mine, "op4")
    assert await ports.cases.keys_held(["site:1", "site:3", "site:9"]) == {"site:1": 1, "site:3": 3}
    assert await ports.cases.keys_held([]) == {}


async def test_a_conversation_has_one_current_case(ports: Any) -> None:
    await ports.cases.open(case(1, message("1"), conversation="site:u1", current=True), "op1")
    with pytest.raises(Duplicate):
        await ports.cases.open(case(2, message("2"), conversation="site:u1", current=True), "op2")
    await ports.cases.open(case(3, message("3"), conversation="site:u1"), "op3")
    await ports.cases.open(case(4, conversation="", current=False), "op4")
    await ports.cases.open(case(5, conversation="", current=False), "op5")
    assert (await ports.cases.current(["site:u1", "site:u2"]))["site:u1"].number == 1
    first, second = await ports.cases.get(1), await ports.cases.get(3)
    second.current = True
    with pytest.raises(Duplicate):
        await ports.cases.save(second, "op6")
    first.current = False
    await ports.cases.save(first, "op7")
    await ports.cases.save(second, "op8")
    assert (await ports.cases.current(["site:u1"]))["site:u1"].number == 3


async def test_batches_say_who_lost(ports: Any) -> None:
    fresh = [case(n, message(str(n))) for n in range(1, 6)]
    clash = case(6, message("2"))
    assert await ports.cases.open_many([(c, f"op{c.number}") for c in fresh]) == []
    assert await ports.cases.open_many([(clash, "x"), (case(7, message("7")), "y")]) == [6]
    held = await ports.cases.many([1, 2, 3, 7, 99])
    assert sorted(held) == [1, 2, 3, 7]
    overtaken = await ports.cases.get(2)
    overtaken.take(OPERATOR, at(1))
    await ports.cases.save(overtaken, "z")
    for one in held.values():
        one.comment("в пакете", [], OPERATOR, at(9), key=f"batch:{one.number}")
    lost = await ports.cases.save_many([(one, f"b{one.number}") for one in held.values()])
    assert lost == [2]
    for number in (1, 3, 7):
        assert (await ports.cases.get(number)).thread[-1].text == "в пакете"
    assert await ports.cases.save_many([]) == []
    assert await ports.cases.open_many([]) == []


async def test_a_batch_with_a_held_key_saves_the_others(ports: Any) -> None:
    await ports.cases.open_many([(case(n, message(str(n))), "op") for n in (1, 2, 3)])
    held = await ports.cases.many([1, 2, 3])
    held[1].receive(message("x"), at(1))
    held[2].receive(message("3"), at(1))
    held[3].receive(message("y"), at(1))
    assert await ports.cases.save_many([(one, "b") for one in held.values()]) == [2]
    assert len((await ports.cases.get(1)).thread) == 2
    assert len((await ports.cases.get(2)).thread) == 1
    assert len((await ports.cases.get(3)).thread) == 2


async def test_what_is_due_is_found(ports: Any) -> None:
    quiet, busy = case(1), case(2, message("2"))
    busy.follow("notice", "ann", at(50))
    later = case(3)
    later.follow("notice", "ann", at(500))
    await ports.cases.open_many([(quiet, "a"), (busy, "b"), (later, "c")])
    assert await ports.cases.due(at(49), 10) == []
    assert await ports.cases.due(at(50), 10) == [2]
    assert await ports.cases.due(at(500), 10) == [2, 3]
    assert await ports.cases.due(at(500), 1) == [2]
    stats = await ports.cases.stats(at(60))
    assert (stats["outbox_waiting"], stats["outbox_oldest"]) == (2.0, 10.0)
    busy.outbox[0].tries, busy.outbox[0].due = 3, at(90)
    busy.reckon()
    await ports.cases.save(busy, "e")
    # Between two tries it waits no less.
    assert (await ports.cases.stats(at(70)))["outbox_oldest"] == 20.0
    busy.outbox = []
    busy.reckon()
    await ports.cases.save(busy, "d")
    assert await ports.cases.due(at(500), 10) == [3]


async def test_what_time_does_to_cases_is_found(ports: Any) -> None:
    late = case(1, deadline=at(10))
    told = case(2, deadline=at(10))
    told.expire(at(11))
    asleep = case(3, deadline=at(1000))
    asleep.defer(at(20), OPERATOR, at(1))
    done = case(4, deadline=at(10))
    done.resolve("done", "", OPERATOR, at(5))
    closed = case(5, deadline=at(10))
    closed.close(OPERATOR, at(5))
    await ports.cases.open_many([(c, f"{c.number}") for c in (late, told, asleep, done, closed)])
    assert await ports.cases.overdue(at(10), 9) == []
    assert await ports.cases.overdue(at(11), 9) == [1]
    assert await ports.cases.deferred(at(19), 9) == []
    assert await ports.cases.deferred(at(20), 9) == [3]
    assert await ports.cases.resolved_before(at(5), 9) == []
    assert await ports.cases.resolved_before(at(6), 9) == [4]
    late.expire(at(12))
    await ports.cases.save(late, "again")
    assert await ports.cases.overdue(at(13), 9) == []


async def test_pointers_and_owners_are_found(ports: Any) -> None:
    whole, part = case(1), case(2)
    part.merge_into(whole, OPERATOR, at(1))
    mine, ended = case(3), case(4)
    mine.take(OPERATOR, at(1))
    ended.take(OPERATOR, at(1))
    ended.close(SYSTEM, at(2))
    helped = case(5)
    helped.change_executors(["ann"], [], OPERATOR, at(1))
    await ports.cases.open_many([(c, f"{c.number}") for c in (whole, part, mine, ended, helped)])
    assert await ports.cases.merged_from(1) == [2]
    assert await ports.cases.merged_from(2) == []
    assert await ports.cases.assigned_to("ann") == [3]
    assert await ports.cases.assigned_to("bob") == []
    mine.release(OPERATOR, at(3))
    await ports.cases.save(mine, "r")
    assert await ports.cases.assigned_to("ann") == []


async def test_a_batch_saves_what_it_can_and_names_the_rest(ports: Any) -> None:
    """One lost the race, one holds another's key: neither keeps the others from being saved."""
    numbers = await ports.cases.numbers(5)
    for number in numbers:
        await ports.cases.open(case(number, message(f"open{number}")), f"op{number}")
    mine = list((await ports.cases.many(numbers)).values())
    rival = await ports.cases.get(numbers[1])
    rival.comment("first", [], OPERATOR, at(1), key="rival")
    await ports.cases.save(rival, "rival")
    for one in mine:
        key = mine[0].thread[0].key if one.number == numbers[3] else f"note{one.number}"
        one.comment("mine", [], OPERATOR, at(2), key=key)
    lost = await ports.cases.save_many([(one, f"save{one.number}") for one in mine])
    assert sorted(lost) == [numbers[1], numbers[3]]
    held = await ports.cases.many(numbers)
    assert [held[number].by_key(f"note{number}") is not None for number in numbers] == [
        True,
        False,
        True,
        False,
        True,
    ]
    # What was saved goes on from where it stands.
    again = mine[0]
    again.comment("more", [], OPERATOR, at(3), key="more")
    assert await ports.cases.save_many([(again, "again"), (mine[2], "again2")]) == []
