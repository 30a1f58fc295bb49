"""What nobody takes: who is called then, step by step; and what is due soon."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from hub.domain.case import Case
from hub.domain.events import DeadlineNear, Escalated, Event
from hub.domain.staff import REMIND_MINUTES, Directory
from hub.services.notices import anybody_on_shift

if TYPE_CHECKING:
    from hub.services.reaction import Reaction


def plan(case: Case, directory: Directory, now: datetime) -> None:
    """Before every save: when time has something to do with the case by the rules of its group."""
    group = directory.groups.get(case.group)
    case.plan(
        escalate_after=group.escalate_minutes if group else 0,
        remind_before=group.remind_minutes if group else REMIND_MINUTES,
        now=now,
    )


def escalate(case: Case, directory: Directory, now: datetime) -> list[Event]:
    """A step further: to the group that comes after the one told last, unless it was told."""
    last = directory.groups.get(case.escalated[-1] if case.escalated else case.group)
    following = directory.groups.get(last.next_group) if last else None
    if following is not None and (not following.active or following.id in case.escalated):
        following = None
    return case.escalate(
        following.id if following else "",
        following.escalate_minutes if following else 0,
        last.escalate_minutes if last else 0,
        now,
    )


def wakeable(then: Reaction) -> list[str]:
    """Who leads the group; where nobody does, everybody who leads."""
    found = then.leads()
    return found or [one.login for one in then.directory.members("", "supervisor")]


def unstaffed(then: Reaction, entry: int = 0) -> None:
    """A case came into a queue where nobody is at work: those who lead are woken."""
    case = then.case
    if case.operator or case.responsible or anybody_on_shift(then.directory, case.group):
        return
    case.alerted = True
    then.staff(wakeable(then), "unstaffed", entry)


def escalated(then: Reaction, event: Escalated) -> None:
    """The operators of the next group and the supervisors hear of it."""
    next_ones = then.directory.members(event.group, "operator") if event.group else []
    then.staff([*wakeable(then), *(one.login for one in next_ones)], "escalated")


def near(then: Reaction, event: DeadlineNear) -> None:
    """Who has the work hears that its time is nearly up."""
    then.staff(event.staff, "soon")


def called(then: Reaction) -> list[str]:
    """Operators of the groups that the case was offered to since nobody of its own took it."""
    return [
        one.login
        for group in then.case.escalated[1:]
        for one in then.directory.members(group, "operator")
    ]


def alerted(then: Reaction) -> list[str]:
    """Those who lead and were called to this case: they have a card of it."""
    return wakeable(then) if then.case.alerted else []
