"""Working hours: of the house, and of groups that have their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from aiohttp import web

from admin_web.admin.settings import table
from admin_web.visit import Form, Visit, field, fields, whole
from hub.domain.errors import Conflict, HubError, Invalid, NotFound
from hub.domain.hours import HOUSE, Schedule, Span, SpecialDay, read_spans, written_spans
from hub.ports.saving import Conflict as SaveConflict

PAGE = "hours"
SOON = 400
"""Days ahead in which the next holidays are looked for."""
SHOWN_HOLIDAYS = 6
FRESH_ROWS = 2


class Holiday(NamedTuple):
    """A coming day that the state made free, or a working one by transfer."""

    at: datetime
    name: str
    free: bool


async def index(visit: Visit) -> web.StreamResponse:
    """GET /admin/hours."""
    return await _shown(visit)


async def edit(visit: Visit) -> web.StreamResponse:
    """GET /admin/hours/{id}: the hours of a group, or of the house."""
    return await _shown(visit, edited=(await _edited(visit))[0])


async def save(visit: Visit) -> web.StreamResponse:
    """POST /admin/hours/{id}."""
    form = await visit.form()
    schedule, new = await _edited(visit)
    try:
        _read(form, schedule, new=new)
        await visit.pages.services.hours.put(schedule, visit.actor, new=new)
    except SaveConflict:
        return await _shown(visit, edited=schedule, refusal=Conflict())
    except Invalid as refusal:
        return await _shown(visit, edited=schedule, refusal=refusal, typed=form)
    return visit.go(f"/admin/hours/{schedule.id}")


async def drop(visit: Visit) -> web.StreamResponse:
    """POST /admin/hours/{id}/delete."""
    schedule, _ = await _edited(visit)
    await visit.pages.services.hours.drop(schedule.id, visit.actor)
    return visit.go("/admin/hours")


async def _edited(visit: Visit) -> tuple[Schedule, bool]:
    """The hours as they are set, or empty ones that are new."""
    schedule_id = visit.request.match_info["id"]
    held = (await visit.pages.services.hours.schedules(visit.actor)).get(schedule_id)
    if held is not None:
        return held, False
    groups = (await visit.pages.services.people.directory()).groups
    if schedule_id != HOUSE and schedule_id not in groups:
        raise NotFound(what="group", id=schedule_id)
    return Schedule(id=schedule_id), True


def _read(form: Form, schedule: Schedule, *, new: bool) -> None:
    schedule.week = [_spans(form, f"day{number}") for number in range(7)]
    schedule.holidays = "holidays" in form
    schedule.special = [
        SpecialDay(_day(when), tuple(_hours(hours, "special")), name.strip()[:100])
        for when, hours, name in _special(form)
        if when.strip()
    ]
    # What the page showed, so that another's change meanwhile is not overwritten.
    schedule.rev = 0 if new else whole(form, "rev")


def _special(form: Form) -> Iterator[tuple[str, str, str]]:
    columns = [fields(form, name, limit=500) for name in ("when", "hours", "name")]
    yield from zip(*columns, strict=False)


def _spans(form: Form, name: str) -> list[Span]:
    return _hours(field(form, name, limit=200), "week")


def _hours(text: str, name: str) -> list[Span]:
    try:
        return read_spans(text)
    except ValueError:
        raise Invalid(field=name, reason="wrong") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(field="special", reason="wrong") from None


async def _shown(
    visit: Visit,
    *,
    edited: Schedule | None = None,
    refusal: HubError | None = None,
    typed: Form | None = None,
) -> web.Response:
    services = visit.pages.services
    directory, held = await services.people.directory(), await services.hours.schedules(visit.actor)
    groups = [group for group in directory.groups.values() if group.active]
    now = visit.pages.now()
    opens = {one: services.hours.calendar(held[one]).next_open(now) for one in held}
    context: dict[str, Any] = {
        "house": HOUSE,
        "groups": sorted(groups, key=lambda group: group.name),
        "held": held,
        "opens": opens,
        "weeks": {one: _runs(held[one]) for one in held},
        "new": edited is not None and edited.id not in held,
        "typed": _typed(edited, typed) if edited is not None else None,
        "holidays": _holidays(visit),
    }
    return await table(visit, PAGE, context, edited=edited, refusal=refusal)


def _runs(schedule: Schedule) -> list[tuple[int, int, str]]:
    """Neighbouring days with the same hours as one: first day, last day, hours."""
    runs: list[tuple[int, int, str]] = []
    for day, spans in enumerate(schedule.week):
        text = written_spans(spans)
        if runs and runs[-1][1:] == (day - 1, text):
            runs[-1] = (runs[-1][0], day, text)
        elif text:
            runs.append((day, day, text))
    return runs


def _typed(schedule: Schedule, form: Form | None) -> dict[str, Any]:
    """What stands in the fields: what was typed where that was refused, else what is set."""
    if form is not None:
        week = [str(form.get(f"day{number}", "")) for number in range(7)]
        special = [row for row in _special(form) if any(row)]
    else:
        week = [written_spans(day) for day in schedule.week]
        special = [
            (one.day.isoformat(), written_spans(one.spans), one.name) for one in schedule.special
        ]
    return {"week": week, "special": [*special, *[("", "", "")] * FRESH_ROWS]}


def _holidays(visit: Visit) -> list[Holiday]:
    """The next ones, so that an admin sees what the house is free for."""
    calendar = visit.pages.services.deps.holidays
    today = visit.pages.today()
    found: list[Holiday] = []
    for ahead in range(SOON):
        day = today + timedelta(days=ahead)
        kind = calendar.kind(day)
        if kind == "workday" or (kind == "holiday" and day.weekday() < 5):
            noon = datetime.combine(day, time(12), visit.pages.zone)
            found.append(Holiday(noon, calendar.name(day, visit.language), kind == "holiday"))
        if len(found) == SHOWN_HOLIDAYS:
            break
    return found
