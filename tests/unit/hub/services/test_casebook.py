"""The one path by which a case changes: conflicts, repeats, refusals, what is told and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hub.domain.case import Case
from hub.domain.errors import AlreadyTaken, Forbidden, NotFound, StaleVersion, StoreDown
from hub.domain.staff import SYSTEM, Actor
from hub.ports.saving import Conflict
from hub.services import casebook
from hub.services.casebook import ATTEMPTS
from tests.support.world import START, World

Decide = Callable[[Case], Any]


@pytest.fixture(autouse=True)
async def case(world: World, emma: Actor, ivan: Actor) -> None:
    await world.say("Нет воды")
    world.heard.events.clear()


def noted(text: str, by: Actor, key: str) -> Decide:
    return lambda case: case.comment(text, [], by, START, key=key)


async def texts(world: World) -> list[str]:
    return [entry.text for entry in (await world.services.book.load(1)).thread]


class Races:
    """The first saves find that another write was first."""

    def __init__(self, world: World, times: int, meanwhile: Decide = lambda case: None) -> None:
        self.cases = world.store.cases
        self.save = self.cases.save
        self.times = times
        self.meanwhile = meanwhile
        self.cases.save = self  # type: ignore[method-assign,assignment]

    async def __call__(self, case: Case, op: str) -> None:
        if self.times:
            self.times -= 1
            theirs = await self.cases.get(case.number)
            assert theirs is not None
            self.meanwhile(theirs)
            await self.save(theirs, f"other{self.times}")
            raise Conflict
        await self.save(case, op)


async def test_lost_race_is_decided_again_on_the_fresh_case(world: World, emma: Actor) -> None:
    world.clock.forward(seconds=1)
    Races(world, 1, lambda case: case.comment("их", [], SYSTEM, START, key="theirs"))
    await world.services.book.change(1, noted("наше", emma, "ours"))
    assert await texts(world) == ["Нет воды", "их", "наше"]


async def test_decision_that_the_other_write_made_impossible_is_refused(
    world: World, emma: Actor
) -> None:
    oleg = await world.staff("oleg")
    Races(world, 1, lambda case: case.take(oleg, START))
    with pytest.raises(AlreadyTaken):
        await world.services.casework.take(1, emma)


async def test_race_that_is_never_won_is_given_up_and_changes_nothing(
    world: World, emma: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(casebook, "LONGEST", casebook.ASIDE)
    Races(world, ATTEMPTS)
    with pytest.raises(StoreDown):
        await world.services.book.change(1, noted("наше", emma, "ours"))
    assert await texts(world) == ["Нет воды"]


async def test_lost_answer_of_the_store_is_no_second_change(world: World, emma: Actor) -> None:
    """The save went through, its confirmation did not: the operation id stands in the case."""
    save = world.store.cases.save
    fails = [Conflict()]

    async def silent(case: Case, op: str) -> None:
        await save(case, op)
        if fails:
            raise fails.pop()

    world.store.cases.save = silent  # type: ignore[method-assign]
    calls = []

    def decide(case: Case) -> Any:
        calls.append(case.version)
        return case.set_type("complaint", emma, START)

    done = await world.services.book.change(1, decide)
    assert (done.type, len(calls)) == ("complaint", 1)


async def test_right_is_asked_before_anything_else(world: World, ivan: Actor) -> None:
    def never(case: Case) -> Any:
        raise AssertionError

    with pytest.raises(Forbidden):
        await world.services.book.change(1, never, by=ivan, right="case.take", expect=99)


async def test_stale_version_is_refused_before_deciding(world: World, emma: Actor) -> None:
    def never(case: Case) -> Any:
        raise AssertionError

    with pytest.raises(StaleVersion):
        await world.services.book.change(1, never, expect=99)


async def test_known_key_was_done_before_whatever_the_version(world: World, emma: Actor) -> None:
    await world.services.book.change(1, noted("раз", emma, "k"), key="k")
    again = await world.services.book.change(1, noted("два", emma, "k"), key="k", expect=1)
    assert [entry.text for entry in again.thread] == ["Нет воды", "раз"]


async def test_key_that_has_moved_to_an_older_page_is_still_known(
    world: World, emma: Actor
) -> None:
    """After so many entries a repeated answer would have gone out a second time."""
    _, first = await world.services.replies.send(1, emma, "Дали", key="crm-1")
    await world.settle()
    for count in range(160):
        await world.services.replies.comment(1, emma, f"заметка {count}")
    case = await world.services.book.load(1)
    assert case.pages
    assert case.by_key(first.key) is None
    again, entry = await world.services.replies.send(1, emma, "Дали", key="crm-1")
    assert (entry.key, entry.seq, again.seqs) == (first.key, first.seq, case.seqs)


async def test_nothing_changed_is_not_saved_and_not_told(world: World, emma: Actor) -> None:
    before = await world.services.book.load(1)
    await world.services.book.change(1, lambda case: [])
    after = await world.services.book.load(1)
    assert (after.rev, after.version) == (before.rev, before.version)
    assert world.heard.events == []
    assert world.kicks.numbers == []


async def test_read_messages_are_saved_without_a_word(world: World, emma: Actor) -> None:
    await world.services.casework.take(1, emma)
    world.heard.events.clear()
    await world.services.casework.seen(1, emma)
    assert (await world.services.book.load(1)).unread == 0
    assert world.heard.events == []


async def test_only_who_answers_for_a_case_reads_it_away(world: World, emma: Actor) -> None:
    await world.services.casework.seen(1, emma)
    assert (await world.services.book.load(1)).unread == 1


async def test_change_is_told_after_it_is_saved(world: World, emma: Actor) -> None:
    await world.services.casework.take(1, emma)
    (event,) = world.heard.events
    case = await world.services.book.load(1)
    assert (event.case, event.version, event.by, event.operator) == (
        1,
        case.version,
        "emma",
        "emma",
    )
    assert set(event.what) == {"status", "people"}
    assert world.kicks.numbers == [1]


async def test_refused_change_is_not_told(world: World, emma: Actor) -> None:
    async def down(case: Case, op: str) -> None:
        raise StoreDown

    world.store.cases.save = down  # type: ignore[method-assign]
    with pytest.raises(StoreDown):
        await world.services.casework.take(1, emma)
    assert (world.heard.events, world.kicks.numbers) == ([], [])


async def test_case_that_is_not_there(world: World) -> None:
    with pytest.raises(NotFound) as missing:
        await world.services.book.change(77, lambda case: [])
    assert missing.value.params == {"what": "case", "id": 77}
