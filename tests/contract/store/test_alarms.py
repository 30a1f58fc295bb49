"""What time brings to cases is found by both stores alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.domain.case import Case, ContactRef
from hub.domain.staff import SYSTEM, Actor
from tests.contract.store.samples import at

EMMA = Actor(kind="staff", login="emma", name="Эмма")


async def opened(ports: Any, number: int) -> Case:
    case = Case(
        number=number,
        contact=ContactRef(id="c", name="Анна"),
        group="north",
        created_at=at(),
        updated_at=at(),
    )
    case.plan(escalate_after=number, remind_before=60, now=at())
    await ports.cases.open(case, f"open{number}")
    return case


async def test_new_cases_come_up_when_nobody_took_them_in_time(ports: Any) -> None:
    await opened(ports, 2)
    first = await opened(ports, 1)
    assert await ports.cases.untaken(at(59), 9) == []
    assert await ports.cases.untaken(at(60), 9) == [1]
    assert await ports.cases.untaken(at(120), 9) == [1, 2]
    assert await ports.cases.untaken(at(120), 1) == [1]
    first.escalate("south", 5, 1, at(60))
    await ports.cases.save(first, "step")
    assert await ports.cases.untaken(at(120), 9) == [2]
    assert await ports.cases.untaken(at(361), 9) == [2, 1]
    first.take(EMMA, at(121))
    first.plan(escalate_after=1, remind_before=60, now=at(121))
    await ports.cases.save(first, "take")
    assert await ports.cases.untaken(at(9999), 9) == [2]


async def test_a_deadline_comes_up_once_before_it_passes(ports: Any) -> None:
    case = await opened(ports, 5)
    case.change_executors(["ivan"], [], EMMA, at())
    case.set_deadline(at() + timedelta(hours=2), EMMA, at())
    case.plan(escalate_after=0, remind_before=60, now=at())
    await ports.cases.save(case, "due")
    assert await ports.cases.near(at(3599), 9) == []
    assert await ports.cases.near(at(3600), 9) == [5]
    found = await ports.cases.get(5)
    assert [type(event).__name__ for event in found.remind(at(3600))] == ["DeadlineNear"]
    await ports.cases.save(found, "told")
    assert await ports.cases.near(at(9999), 9) == []
    ended = await ports.cases.get(5)
    ended.set_deadline(at() + timedelta(hours=4), EMMA, at(3700))
    ended.plan(escalate_after=0, remind_before=60, now=at(3700))
    ended.close(SYSTEM, at(3700))
    await ports.cases.save(ended, "end")
    assert await ports.cases.near(at(99999), 9) == []
