"""What staff do with a case: each asks the rights table and checks what it names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from hub.domain.case import Case
from hub.domain.catalog import CaseType, ResultCode
from hub.domain.errors import Forbidden, Invalid, MergeCircle, NotFound, StaleVersion
from hub.domain.message import Attachment
from hub.domain.rights import Right, may
from hub.domain.staff import Actor
from hub.services.casework import Casework
from hub.services.people import StaffChange
from tests.support.world import START, World

Do = Callable[[Casework, Actor, int | None], Awaitable[Case]]

ACTS: dict[str, tuple[Right, Do]] = {
    "take": ("case.take", lambda work, by, at: work.take(1, by, expect=at)),
    "assign": ("case.assign", lambda work, by, at: work.assign(1, "oleg", by, expect=at)),
    "release": ("case.release", lambda work, by, at: work.release(1, by, expect=at)),
    "transfer": (
        "case.transfer",
        lambda work, by, at: work.transfer(1, by, note="его", operator="oleg", expect=at),
    ),
    "responsible": ("case.people", lambda work, by, at: work.responsible(1, "oleg", by, expect=at)),
    "executors": (
        "case.people",
        lambda work, by, at: work.executors(1, by, add=["oleg"], expect=at),
    ),
    "deadline": (
        "case.deadline",
        lambda work, by, at: work.deadline(1, START + timedelta(days=1), by, expect=at),
    ),
    "type": ("case.edit", lambda work, by, at: work.set_type(1, "claim", by, expect=at)),
    "edit": ("case.edit", lambda work, by, at: work.edit(1, by, subject="Вода", expect=at)),
    "wait": ("case.state", lambda work, by, at: work.wait(1, by, expect=at)),
    "defer": (
        "case.state",
        lambda work, by, at: work.defer(1, START + timedelta(days=1), by, expect=at),
    ),
    "resolve": ("case.resolve", lambda work, by, at: work.resolve(1, "done", by, expect=at)),
    "close": ("case.state", lambda work, by, at: work.close(1, by, expect=at)),
    "reject": ("case.reject", lambda work, by, at: work.reject(1, "не наш", by, expect=at)),
    "spam": ("case.spam", lambda work, by, at: work.spam(1, by, expect=at)),
    "merge": ("case.merge", lambda work, by, at: work.merge(1, 2, by, expect=at)),
}
EVERY = pytest.mark.parametrize("act", ACTS)


@pytest.fixture(autouse=True)
async def case(world: World, oleg: Actor) -> None:
    await world.say("Нет воды")
    await world.say("Лифт", "boris")
    await world.store.catalog.put_type(CaseType(id="claim", name="Претензия"))
    await world.store.catalog.put_result(ResultCode(id="done", name="Выполнено"))
    await world.store.catalog.put_result(ResultCode(id="quiet", name="Молча", tell=False))
    await world.store.catalog.put_result(ResultCode(id="old", name="Старый", active=False))


@EVERY
@pytest.mark.parametrize("role", ["admin", "supervisor", "operator", "executor", "reader"])
async def test_right_decides(world: World, act: str, role: str) -> None:
    by = await world.staff("somebody", role)  # type: ignore[arg-type]
    right, do = ACTS[act]
    if may(by, right):
        await do(world.services.casework, by, None)
        return
    before = await world.services.book.load(1)
    with pytest.raises(Forbidden) as refusal:
        await do(world.services.casework, by, None)
    assert refusal.value.params == {"action": right}
    assert (await world.services.book.load(1)).rev == before.rev


@EVERY
async def test_stale_button_does_nothing(world: World, admin: Actor, act: str) -> None:
    before = await world.services.book.load(1)
    with pytest.raises(StaleVersion):
        await ACTS[act][1](world.services.casework, admin, before.version - 1)
    assert (await world.services.book.load(1)).rev == before.rev
    await ACTS[act][1](world.services.casework, admin, before.version)


async def test_people_that_are_named_must_be_there_and_at_work(world: World, admin: Actor) -> None:
    work = world.services.casework
    await world.services.people.change("oleg", StaffChange(active=False), admin)
    for login in ("nobody", "oleg"):
        for call in (
            work.assign(1, login, admin),
            work.transfer(1, admin, note="ему", operator=login),
            work.responsible(1, login, admin),
            work.executors(1, admin, add=[login]),
        ):
            with pytest.raises(NotFound):
                await call
    with pytest.raises(NotFound):
        await work.transfer(1, admin, note="туда", group="nowhere")
    with pytest.raises(NotFound):
        await work.merge(1, 77, admin)


async def test_who_has_left_can_still_be_taken_off_a_case(world: World, admin: Actor) -> None:
    work = world.services.casework
    await work.executors(1, admin, add=["oleg"])
    await work.responsible(1, "oleg", admin)
    await world.services.people.change("oleg", StaffChange(active=False), admin)
    await work.executors(1, admin, remove=["oleg"])
    case = await work.responsible(1, "", admin)
    assert (case.executors, case.responsible, case.status) == ([], "", "new")


async def test_words_that_are_named_must_be_known(world: World, emma: Actor) -> None:
    work = world.services.casework
    for call, field in (
        (work.set_type(1, "odd", emma), "type"),
        (work.resolve(1, "odd", emma), "result"),
        (work.resolve(1, "old", emma), "result"),
        (work.deadline(1, datetime(2026, 12, 1), emma), "at"),
    ):
        with pytest.raises(Invalid) as refusal:
            await call
        assert refusal.value.params["field"] == field


async def test_resident_hears_how_it_ended_in_one_save(world: World, emma: Actor) -> None:
    case = await world.services.casework.resolve(1, "done", emma, comment="воду дали")
    assert (case.status, case.thread[-1].event, case.thread[-1].automatic) == (
        "resolved",
        "resolved",
        True,
    )
    await world.settle()
    (out,) = world.channel.sent
    assert "reply/resolved" in out.text
    assert "воду дали" in out.text


async def test_quiet_result_tells_the_resident_nothing(world: World, emma: Actor) -> None:
    await world.services.casework.resolve(1, "quiet", emma)
    await world.settle()
    assert world.channel.sent == []


async def test_case_without_an_address_can_be_resolved(world: World, emma: Actor) -> None:
    case = await world.services.book.load(1)
    case.address = None
    await world.store.cases.save(case, "op")
    assert (await world.services.casework.resolve(1, "done", emma)).status == "resolved"


async def test_each_resolution_is_told_once(world: World, emma: Actor) -> None:
    work = world.services.casework
    await work.resolve(1, "done", emma)
    await world.say("опять нет")
    await work.resolve(1, "done", emma)
    await world.settle()
    assert len(world.channel.sent) == 2


async def test_transferred_case_goes_back_with_a_note(
    world: World, emma: Actor, oleg: Actor
) -> None:
    work = world.services.casework
    await work.take(1, emma)
    await work.transfer(1, emma, note="твой дом", operator="oleg", key="a")
    again = await work.transfer(1, emma, note="твой дом", operator="oleg", key="a")
    assert len(again.thread) == 2
    case = await work.hand_back(1, oleg, note="не мой", key="b")
    assert (case.operator, [entry.text for entry in case.thread][1:]) == (
        "emma",
        ["твой дом", "не мой"],
    )


async def test_merged_cases_are_read_as_one_also_by_way_of_others(
    world: World, emma: Actor
) -> None:
    """The thread of a case that was merged into a merged one was shown nowhere."""
    await world.say("Темно", "vera")
    work = world.services.casework
    await work.merge(1, 2, emma)
    await work.merge(2, 3, emma)
    view = await world.services.queries.case(3, emma)
    assert {line.text for line in view.thread} == {"Нет воды", "Лифт", "Темно"}
    await world.say("ещё", "anna")
    assert (await world.services.book.load(3)).thread[-1].text == "ещё"


async def test_unmerged_case_is_itself_again(world: World, emma: Actor) -> None:
    work = world.services.casework
    await work.merge(1, 2, emma)
    await work.unmerge(1, emma)
    await world.say("ещё", "anna")
    assert (await world.services.book.load(1)).thread[-1].text == "ещё"
    assert len((await world.services.queries.case(2, emma)).thread) == 1


async def test_two_merges_at_once_make_no_circle(
    world: World, emma: Actor, oleg: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each saw the other unmerged; saved both, no reader would ever find an end."""
    load = world.services.book.load
    work = world.services.casework
    crossed = []

    async def slow(number: int) -> Case:
        case = await load(number)
        if not crossed:
            crossed.append(number)
            await work.merge(2, 1, oleg)
        return case

    monkeypatch.setattr(world.services.book, "load", slow)
    with pytest.raises(MergeCircle):
        await work.merge(1, 2, emma)
    first, second = await load(1), await load(2)
    assert (first.merged_into, second.merged_into) == (0, 1)


async def photographed(world: World) -> Actor:
    """A case whose executor took pictures of the work; the operator who will close it."""
    emma, roma = await world.staff("emma"), await world.staff("roma", "executor")
    await world.store.catalog.put_result(ResultCode(id="done", name="Выполнено"))
    await world.say("Течёт кран")
    await world.services.casework.take(1, emma)
    await world.services.casework.executors(1, emma, add=["roma"])
    photos = [
        Attachment(id="p1", name="p1.jpg", mime="image/jpeg", kind="photo"),
        Attachment(id="p2", name="p2.jpg", mime="image/jpeg", kind="photo", state="failed"),
        Attachment(id="d", name="акт.pdf", mime="application/pdf"),
    ]
    for by, key in ((roma, "r"), (emma, "e")):
        await world.services.book.change(
            1, lambda case, by=by, key=key: case.comment("Готово", photos, by, START, key=key)
        )
    return emma


@pytest.mark.parametrize(("photos", "shown"), [(True, ["p1"]), (False, [])])
async def test_pictures_of_the_work_are_shown_only_when_staff_say_so(
    photos: bool, shown: list[str]
) -> None:
    world = World()
    emma = await photographed(world)
    await world.services.casework.resolve(1, "done", emma, photos=photos)
    await world.settle()
    assert [file.id for file in world.channel.sent[-1].files] == shown
