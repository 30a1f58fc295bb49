"""What time does to a case: nobody takes it, its deadline comes near."""

from __future__ import annotations

from datetime import timedelta

from hub.domain.case import Case
from hub.domain.events import DeadlineNear, Escalated
from hub.domain.staff import SYSTEM
from tests.support.cases import EMMA, NOW, opened


def after(minutes: float):  # type: ignore[no-untyped-def]
    return NOW + timedelta(minutes=minutes)


def plan(case: Case, minutes: float, *, escalate: int = 10, remind: int = 60) -> None:
    case.plan(escalate_after=escalate, remind_before=remind, now=after(minutes))


def queued() -> Case:
    case = opened()
    case.group = "north"
    plan(case, 0)
    return case


def test_the_wait_begins_when_a_case_comes_into_a_queue() -> None:
    case = queued()
    assert case.escalate_at == after(10)
    plan(case, 5)
    assert case.escalate_at == after(10)
    case.take(EMMA, after(6))
    plan(case, 6)
    assert (case.escalate_at, case.escalated) == (None, [])
    case.release(EMMA, after(8))
    plan(case, 8)
    assert case.escalate_at == after(18)


def test_another_queue_begins_its_own_wait() -> None:
    case = queued()
    case.transfer("Ваше", EMMA, after(4), key="t", group="south")
    plan(case, 4, escalate=30)
    assert case.escalate_at == after(34)
    case.transfer("Нет, ваше", EMMA, after(5), key="u", group="east")
    plan(case, 5, escalate=0)
    assert (case.escalate_at, case.alarms) == (None, [])


def test_each_step_is_taken_once_and_stands_in_history() -> None:
    case = queued()
    version = case.version
    assert case.escalate("south", 5, 10, after(9)) == []
    assert case.escalate("south", 5, 10, after(10)) == [Escalated(group="south")]
    assert case.escalate("south", 5, 10, after(10)) == []
    plan(case, 10)
    assert case.escalate_at == after(15)
    assert case.escalate("", 0, 5, after(15)) == [Escalated(group="")]
    plan(case, 15)
    assert case.escalate("", 0, 5, after(999)) == []
    lines = [line.data for line in case.history if line.action == "escalated"]
    assert lines == [{"minutes": "10", "group": "south"}, {"minutes": "5"}]
    # Keys on cards that are shown still do what they say.
    assert case.version == version
    assert case.alerted


def worked(hours: float) -> Case:
    """Ivan and Pavel carry it out, Emma answers for it; due in so many hours."""
    case = queued()
    case.change_executors(["ivan", "pavel"], [], EMMA, NOW)
    case.make_responsible("emma", EMMA, NOW)
    case.set_deadline(after(hours * 60), EMMA, NOW)
    plan(case, 0)
    return case


def test_everybody_who_has_the_work_is_reminded_once() -> None:
    case = worked(3)
    assert case.remind_at == after(120)
    assert case.remind(after(119)) == []
    assert case.remind(after(120)) == [DeadlineNear(staff=("ivan", "pavel", "emma"))]
    plan(case, 120)
    assert (case.remind(after(121)), case.remind_at) == ([], None)


def test_a_new_deadline_is_reminded_of_anew() -> None:
    case = worked(3)
    case.remind(after(120))
    case.set_deadline(after(600), EMMA, after(130))
    plan(case, 130)
    assert case.remind_at == after(540)


def test_so_short_a_time_needs_no_reminder() -> None:
    """Who gets work for the next half hour was told of it a moment ago."""
    case = worked(0.5)
    assert case.remind_at is None
    plan(case, 1)
    assert case.remind_at is None
    long = worked(3)
    long.set_deadline(after(30), EMMA, after(1))
    plan(long, 1)
    assert long.remind_at is None


def test_who_is_done_is_left_alone() -> None:
    case = worked(3)
    case.steps = {"ivan": "done"}
    case.responsible = ""
    assert case.remind(after(120)) == [DeadlineNear(staff=("pavel",))]
    nobody = worked(3)
    nobody.executors, nobody.responsible = [], ""
    plan(nobody, 1)
    assert nobody.remind_at is None
    over = worked(3)
    over.close(SYSTEM, after(5))
    plan(over, 5)
    assert over.alarms == []
