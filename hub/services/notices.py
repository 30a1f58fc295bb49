"""Who hears of a case at once, later or not at all. Reactions ask before they make a row."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from hub.domain.case import Case
from hub.domain.notices import Part, Way, way
from hub.domain.staff import Directory, Staff


def heard(case: Case, person: Staff, what: str, directory: Directory, now: datetime) -> Way:
    """How this person hears of this, by what they chose, their shift and their part in the case."""
    concerned = {case.operator or case.dispatcher, case.responsible, *case.executors}
    part = Part(
        mine=person.login in concerned,
        carries=person.login in case.executors,
        leads="supervisor" in person.roles,
    )
    return way(person.notices, person.shift, what, part, now, ZoneInfo(directory.zone))


def anybody_on_shift(directory: Directory, group: str) -> bool:
    """Whether an operator of the group is at work; a break is soon over, and who keeps no shifts
    counts as present."""
    return any(
        person.shift is None or person.shift.state != "off"
        for person in directory.members(group, "operator")
    )
