"""What is held back comes later, whole and once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from hub.domain.errors import Forbidden, Invalid
from hub.domain.message import Accepted, Outcome
from hub.domain.notices import NoticeSettings, Quiet
from hub.domain.outbox import Letter
from hub.domain.staff import SYSTEM, Actor
from hub.ports.channel import Limit
from hub.services.digests import MOST_CASES, Digests
from hub.services.people import StaffChange
from hub.services.postman import Postman
from hub.services.shifts import Shifts
from tests.support.world import World


class Letterbox:
    """Where letters to staff come out."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def limits(self, letter: Letter) -> Sequence[Limit]:
        return ()

    async def send(self, letter: Letter) -> Outcome:
        self.letters.append(letter)
        return Accepted()

    def told(self) -> list[tuple[str, dict[str, int], list[int]]]:
        """Who was told of what, and which cases were named; then it is forgotten."""
        found: list[tuple[str, dict[str, int], list[int]]] = []
        for letter in self.letters:
            params: Any = letter.body["params"]
            found.append((params["login"], params["counts"], params["cases"]))
        self.letters.clear()
        return found


@pytest.fixture
def box(world: World) -> Letterbox:
    box = Letterbox()
    world.postman = Postman(world.deps, {"staff": box})
    return box


@pytest.fixture
def shifts(world: World) -> Shifts:
    return world.services.shifts


def heard(world: World, login: str) -> list[str]:
    return [what for who, what, _ in world.phone.rows if who == login and what != "card"]


async def test_what_happened_while_one_was_gone_comes_when_the_shift_starts(
    world: World, box: Letterbox, shifts: Shifts, emma: Actor
) -> None:
    await shifts.change("off", emma)
    await world.say("Нет воды", "anna")
    await world.say("Нет света", "boris")
    await world.timers.digests()
    await world.settle()
    assert (heard(world, "emma"), box.told()) == ([], [])
    await shifts.change("on", emma)
    await world.settle()
    assert box.told() == [("emma", {"new": 2}, [2, 1])]
    await world.timers.digests()
    await world.settle()
    assert box.told() == []
    assert await world.store.held.of("emma") == []
    await world.say("Ещё одно", "olga")
    assert heard(world, "emma") == ["new"]


async def test_a_break_holds_the_queue_and_not_what_is_ones_own(
    world: World, box: Letterbox, shifts: Shifts, emma: Actor
) -> None:
    await shifts.change("on", emma)
    await world.say("Нет воды", "anna")
    await world.services.casework.take(1, emma)
    await shifts.change("break", emma)
    await world.say("Нет света", "boris")
    await world.say("А теперь и газа", "anna")
    assert heard(world, "emma") == ["new", "message"]
    await shifts.change("on", emma)
    await world.settle()
    assert box.told() == [("emma", {"new": 1}, [2])]


async def test_hours_of_rest_end_with_one_letter(
    world: World, box: Letterbox, shifts: Shifts, emma: Actor, ivan: Actor
) -> None:
    """It is noon in Moscow."""
    await shifts.choose(NoticeSettings(quiet=Quiet(11 * 60, 13 * 60)), emma)
    await shifts.choose(NoticeSettings(quiet=Quiet(11 * 60, 13 * 60)), ivan)
    oleg = await world.staff("oleg")
    await world.say("Нет воды", "anna")
    await world.services.casework.take(1, emma)
    await world.services.casework.executors(1, oleg, add=["ivan"])
    await world.say("Очень надо", "anna")
    await world.services.replies.comment(1, oleg, "Ключ у консьержа")
    await world.settle()
    assert heard(world, "emma") == []
    assert heard(world, "ivan") == ["task", "comment"]
    await world.timers.digests()
    world.clock.forward(minutes=59)
    await world.timers.digests()
    await world.settle()
    assert box.told() == []
    world.clock.forward(minutes=1)
    await world.timers.digests()
    await world.settle()
    assert box.told() == [("emma", {"new": 1, "message": 1, "comment": 1}, [1])]


async def test_a_comment_to_an_executor_at_night_makes_no_sound(
    world: World, shifts: Shifts, emma: Actor, ivan: Actor
) -> None:
    await shifts.choose(NoticeSettings(quiet=Quiet(11 * 60, 13 * 60)), ivan)
    await world.say("Нет воды", "anna")
    await world.services.casework.executors(1, emma, add=["ivan"])
    await world.services.replies.comment(1, emma, "Утром зайдите")
    case = await world.services.book.load(1)
    silent = {
        row.data["what"]: row.data.get("silent", "") for row in case.outbox if "what" in row.data
    }
    assert (silent["comment"], silent["task"]) == ("1", "")


async def test_a_digest_by_the_hour(
    world: World, box: Letterbox, shifts: Shifts, emma: Actor
) -> None:
    await shifts.choose(NoticeSettings(digest="hourly"), emma)
    for minute in range(3):
        world.clock.forward(minutes=15)
        await world.say("Нет воды", f"resident{minute}")
        await world.timers.digests()
        await world.settle()
    assert (heard(world, "emma"), box.told()) == ([], [])
    world.clock.forward(minutes=15)
    await world.timers.digests()
    await world.settle()
    assert box.told() == [("emma", {"new": 3}, [3, 2, 1])]


async def test_nothing_is_lost_or_doubled_wherever_a_digest_is_cut_off(
    world: World, box: Letterbox, shifts: Shifts, emma: Actor
) -> None:
    """The process dies after each of its calls of the store, and another one goes on."""
    await shifts.change("off", emma)
    await world.say("Нет воды", "anna")
    await shifts.change("on", emma)
    await world.settle()
    assert len(box.told()) == 1

    class Dead(Exception):
        pass

    for at, name in enumerate(("gather", "of", "drop", "add")):
        await shifts.change("off", emma)
        await world.say("Ещё", f"resident{at}")
        port: Any = world.store.letters if name == "add" else world.store.held
        whole = getattr(port, name)

        async def dying(*given: Any, _whole: Any = whole) -> None:
            await _whole(*given)
            raise Dead

        setattr(port, name, dying)
        with pytest.raises(Dead):
            await shifts.change("on", emma)
        setattr(port, name, whole)
        world.clock.forward(seconds=31)
        await world.timers.digests()
        await world.settle()
        await world.kicks.post(await world.store.letters.due(world.clock.now(), 9))
        await world.settle()
        assert box.told() == [("emma", {"new": 1}, [at + 2])], name
        assert await world.store.held.of("emma") == []


async def test_one_row_is_held_once(world: World, shifts: Shifts, emma: Actor) -> None:
    """The answer of the store was lost, and the row is carried again."""
    await shifts.change("off", emma)
    await world.say("Нет воды", "anna")
    (held,) = await world.store.held.of("emma")
    await world.store.held.add(held)
    assert len(await world.store.held.of("emma")) == 1


async def test_who_left_is_told_nothing(
    world: World, box: Letterbox, shifts: Shifts, emma: Actor
) -> None:
    await shifts.change("off", emma)
    await world.say("Нет воды", "anna")
    person = await world.store.staff.get("emma")
    person.active = False
    await world.store.staff.save(person)
    await world.timers.digests()
    await world.settle()
    assert box.told() == []
    assert await world.store.held.oldest() == {}


async def test_a_long_absence_is_counted_whole_and_named_in_part(
    world: World, box: Letterbox, shifts: Shifts, emma: Actor
) -> None:
    await shifts.change("off", emma)
    for number in range(MOST_CASES + 5):
        await world.say("Нет воды", f"resident{number}")
    await shifts.change("on", emma)
    await world.settle()
    ((_, counts, cases),) = box.told()
    assert counts == {"new": MOST_CASES + 5}
    assert cases == list(range(MOST_CASES + 5, 5, -1))


async def test_another_process_at_the_same_digest_waits(
    world: World, box: Letterbox, shifts: Shifts, emma: Actor
) -> None:
    await shifts.change("off", emma)
    await world.say("Нет воды", "anna")
    now = world.clock.now()
    await world.store.leases.hold("digest:emma", "other", now, 30)
    await shifts.change("on", emma)
    await Digests(world.deps).sweep()
    await world.settle()
    assert box.told() == []
    await world.store.leases.drop("digest:emma", "other")
    await Digests(world.deps).sweep()
    await world.settle()
    assert len(box.told()) == 1


async def test_the_day_adds_up(world: World, shifts: Shifts, emma: Actor) -> None:
    assert (await shifts.shown("emma")).state is None
    await shifts.change("on", emma)
    world.clock.forward(hours=2)
    await shifts.change("break", emma)
    world.clock.forward(minutes=15)
    await shifts.change("on", emma)
    world.clock.forward(hours=1)
    view = await shifts.shown("emma")
    assert (view.state, view.since) == ("on", world.clock.now() - timedelta(hours=1))
    assert (view.worked, view.rested) == (3 * 3600, 900)
    again = await shifts.change("on", emma)
    assert again.since == view.since
    await shifts.change("off", emma)
    spans = await world.store.shifts.since(world.clock.now() - timedelta(days=1), "emma")
    assert [(span.state, span.until - span.since) for span in spans] == [
        ("on", timedelta(hours=2)),
        ("break", timedelta(minutes=15)),
        ("on", timedelta(hours=1)),
    ]
    world.clock.forward(days=1)
    assert (await shifts.shown("emma")).worked == 0


async def test_who_leaves_is_at_work_no_more(
    world: World, shifts: Shifts, emma: Actor, admin: Actor
) -> None:
    await shifts.change("on", emma)
    world.clock.forward(hours=2)
    people = world.services.people
    await people.change("emma", StaffChange(active=False), admin)
    world.clock.forward(days=30)
    back = await people.change("emma", StaffChange(active=True), admin)
    assert back.shift is None
    (span,) = await world.store.shifts.since(world.clock.now() - timedelta(days=40), "emma")
    assert span.until - span.since == timedelta(hours=2)


async def test_two_changes_at_once_leave_one_line_of_intervals(
    world: World, shifts: Shifts, emma: Actor
) -> None:
    """The bot and the page at the same moment: what lost the race decides again."""
    await shifts.change("on", emma)
    world.clock.forward(hours=1)
    save = world.store.staff.save

    async def overtaken(person: Any) -> None:
        world.store.staff.save = save
        world.clock.forward(minutes=5)
        await shifts.change("break", emma)
        await save(person)

    world.store.staff.save = overtaken
    world.clock.forward(minutes=1)
    await shifts.change("off", emma)
    spans = await world.store.shifts.since(world.clock.now() - timedelta(days=1), "emma")
    assert [span.state for span in spans] == ["on", "break"]
    assert spans[0].until == spans[1].since
    assert (await shifts.shown("emma")).state == "off"


async def test_what_makes_no_sense_is_refused(shifts: Shifts, emma: Actor) -> None:
    for wrong, field in (
        (NoticeSettings(scope="loud"), "scope"),  # type: ignore[arg-type]
        (NoticeSettings(digest="weekly"), "digest"),  # type: ignore[arg-type]
        (NoticeSettings(quiet=Quiet(60, 60)), "quiet"),
        (NoticeSettings(quiet=Quiet(60, 1440)), "quiet"),
        (NoticeSettings(quiet=Quiet(-1, 60)), "quiet"),
        (NoticeSettings(digest="at"), "hours"),
        (NoticeSettings(digest="at", hours=(24,)), "hours"),
        (NoticeSettings(digest="at", hours=tuple(range(13))), "hours"),
    ):
        with pytest.raises(Invalid) as refused:
            await shifts.choose(wrong, emma)
        assert refused.value.params["field"] == field
    with pytest.raises(Invalid):
        await shifts.change("asleep", emma)  # type: ignore[arg-type]
    for nobody in (SYSTEM, Actor(kind="token", login="token:crm", scopes=frozenset({"*"}))):
        with pytest.raises(Forbidden):
            await shifts.change("on", nobody)
    kept = await shifts.choose(NoticeSettings(digest="at", hours=(17, 9, 9)), emma)
    assert kept.notices.hours == (9, 17)
