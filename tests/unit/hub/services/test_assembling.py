"""Messages in parts: whole, out of order, repeated, never whole, whole late; killed anywhere."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from hub.domain.errors import StoreDown
from hub.domain.message import Fragment, Inbound
from hub.domain.parts import GAP, PATIENCE
from hub.domain.thread import Entry
from tests.support.memory import Memory
from tests.support.partworld import PartChannel, PartWorld

TEXT = "Нет горячей воды с утра, кв. 56. Просим прислать сантехника сегодня, дома ребёнок."


@pytest.fixture
def world() -> PartWorld:
    return PartWorld()


async def messages(world: PartWorld) -> list[Entry]:
    found: list[Entry] = []
    for number in range(1, 30):
        case = await world.store.cases.get(number)
        found += [one for one in case.thread if one.direction == "in"] if case else []
    return found


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_parts_in_any_order_are_one_message(world: PartWorld, order: tuple[int, ...]) -> None:
    parts = world.cut(TEXT, 3)
    for index in order:
        await world.part(parts[index - 1])
    (message,) = await messages(world)
    assert message.text == TEXT
    assert not message.incomplete
    assert await world.waiting() == 0


async def test_all_parts_kept_before_any_is_understood_are_one_message(world: PartWorld) -> None:
    for part in world.cut(TEXT, 3):
        await world.keep_part(part)
    world.clock.forward(minutes=10)
    await world.settle()
    (message,) = await messages(world)
    assert message.text == TEXT
    assert message.edits == []


async def test_a_repeated_part_says_nothing_twice(world: PartWorld) -> None:
    first, second = world.cut(TEXT, 2)
    await world.part(first)
    await world.part(first)
    await world.part(second)
    await world.part(second)
    assert [one.text for one in await messages(world)] == [TEXT]
    assert await world.waiting() == 0


async def test_what_is_there_is_shown_after_a_wait_with_a_mark(world: PartWorld) -> None:
    parts = world.cut(TEXT, 3)
    await world.part(parts[0])
    await world.part(parts[2])
    assert await messages(world) == []
    await world.wait(PATIENCE)
    (message,) = await messages(world)
    assert message.text.startswith("Нет горячей воды")
    assert f" {GAP} " in message.text
    assert message.text.endswith("ребёнок.")
    assert message.incomplete
    assert await world.waiting() == 0


async def test_a_part_that_comes_late_makes_the_message_whole(world: PartWorld) -> None:
    parts = world.cut(TEXT, 3)
    await world.part(parts[0])
    await world.part(parts[2])
    await world.wait(PATIENCE)
    await world.part(parts[1])
    await world.wait(timedelta(seconds=5))
    (message,) = await messages(world)
    assert message.text == TEXT
    assert not message.incomplete
    assert [one.text for one in message.edits] == [f"{TEXT[:28]} {GAP} {TEXT[56:]}"]


async def test_the_same_number_for_other_words_is_another_message(world: PartWorld) -> None:
    for text in (TEXT, TEXT.upper()):
        for part in world.cut(text, 2):
            await world.part(part)
    assert [one.text for one in await messages(world)] == [TEXT, TEXT.upper()]


async def test_the_same_number_after_hours_is_another_message(world: PartWorld) -> None:
    for _ in range(2):
        for part in world.cut(TEXT, 2):
            await world.part(part)
        world.clock.forward(hours=2)
    assert [one.text for one in await messages(world)] == [TEXT, TEXT]


async def test_a_letter_cut_in_two_is_put_together() -> None:
    world = PartWorld()
    data = "Пожар 😀!".encode("utf-16-be")
    middle = "Пожар ".encode("utf-16-be") + data[12:14]
    await world.part(world.fragment(middle, 2, 1))
    await world.part(world.fragment(data[14:], 2, 2))
    (message,) = await messages(world)
    assert message.text == "Пожар 😀!"


async def test_a_short_message_does_not_wait_for_a_long_one(world: PartWorld) -> None:
    first, second = world.cut(TEXT, 2)
    await world.part(first)
    world.clock.forward(seconds=3)
    await world.plain("И отопления нет")
    assert [one.text for one in await messages(world)] == ["И отопления нет"]
    await world.part(second)
    case = await world.store.cases.get(1)
    assert case is not None
    # It was begun before, so it stands before.
    assert [one.text for one in case.thread] == [TEXT, "И отопления нет"]


class Crash(Exception):
    pass


@pytest.mark.parametrize("at", range(1, 30))
async def test_killed_before_any_write_it_is_one_message_all_the_same(
    monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Every write of the store in turn is the one before which the process dies."""
    memory = Memory()
    world = PartWorld(memory)
    count = itertools.count(1)

    def dies(part: object, name: str) -> None:
        real = getattr(part, name)

        async def call(*args: object, **more: object) -> object:
            if next(count) == at:
                raise Crash
            return await real(*args, **more)

        monkeypatch.setattr(part, name, call)

    for part, names in (
        (memory.parts, ("save",)),
        (memory.cases, ("open", "save")),
        (memory.inbox, ("choose", "done", "later")),
    ):
        for name in names:
            dies(part, name)
    for part_ in world.cut(TEXT, 3):
        await world.keep_part(part_)
    for _ in range(12):
        try:
            await world.settle()
        except (Crash, StoreDown):
            world = PartWorld(memory, clock=world.clock)
        world.clock.forward(seconds=70)
        await world.timers.wake()
    (message,) = await messages(world)
    assert message.text == TEXT
    assert await world.waiting() == 0


def test_the_channel_of_this_test_says_what_a_channel_says() -> None:
    world = PartWorld()
    fragment = world.cut(TEXT, 2)[0]
    assert isinstance(fragment, Fragment)
    assert isinstance(fragment.message, Inbound)
    assert isinstance(world.channel, PartChannel)
