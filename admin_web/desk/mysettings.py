"""One's own: what to be told of, when to be left alone, and whether one is at work."""

from __future__ import annotations

import re
from typing import TypeVar

from aiohttp import web

from admin_web.visit import Form, Visit, field
from hub.domain.errors import HubError, Invalid
from hub.domain.notices import DIGESTS, SCOPES, DigestMode, NoticeSettings, Quiet, Scope
from hub.domain.shift import SHIFT_STATES, ShiftState

T = TypeVar("T")
PAGE = "/desk/me"
TIME = re.compile(r"(\d{1,2}):(\d{2})")
HOUR = 60


async def page(visit: Visit) -> web.StreamResponse:
    """GET /desk/me."""
    person = await visit.pages.services.people.get(visit.actor.login)
    return await _shown(visit, person.notices)


async def save(visit: Visit) -> web.StreamResponse:
    """POST /desk/me."""
    person = await visit.pages.services.people.get(visit.actor.login)
    form = await visit.form()
    try:
        person = await visit.pages.services.shifts.choose(_read(form), visit.actor)
    except Invalid as refusal:
        return await _shown(visit, person.notices, refusal=refusal)
    return visit.go(f"{PAGE}?saved")


async def shift(visit: Visit) -> web.StreamResponse:
    """POST /desk/shift: at work, on a break, gone."""
    chosen: ShiftState | None = _one(SHIFT_STATES, field(await visit.form(), "state"))
    if chosen is None:
        raise Invalid(field="state", reason="unknown")
    await visit.pages.services.shifts.change(chosen, visit.actor)
    # The switch says already what was chosen; a browser without scripts sees it on the page.
    return web.Response(status=204) if visit.by_htmx else visit.go(PAGE)


def _read(form: Form) -> NoticeSettings:
    scope: Scope | None = _one(SCOPES, field(form, "scope"))
    digest: DigestMode | None = _one(DIGESTS, field(form, "digest"))
    if scope is None or digest is None:
        raise Invalid(field="digest" if scope else "scope", reason="unknown")
    return NoticeSettings(
        scope=scope, quiet=_quiet(form), digest=digest, hours=_hours(form) if digest == "at" else ()
    )


def _quiet(form: Form) -> Quiet | None:
    """Both times, or neither for no hours of rest."""
    start, end = field(form, "quiet_from", limit=8), field(form, "quiet_to", limit=8)
    if not start and not end:
        return None
    if not start or not end:
        raise Invalid(field="quiet", reason="required")
    return Quiet(_minutes(start), _minutes(end))


def _minutes(time: str) -> int:
    found = TIME.match(time)
    if found is None or int(found[2]) >= HOUR:
        raise Invalid(field="quiet", reason="unknown")
    return int(found[1]) * HOUR + int(found[2])


def _hours(form: Form) -> tuple[int, ...]:
    words = re.split(r"[\s,;]+", field(form, "hours", limit=100))
    if not all(word.isdecimal() and len(word) < 3 for word in words if word):
        raise Invalid(field="hours", reason="unknown")
    return tuple(int(word) for word in words if word)


def _one(offered: tuple[T, ...], said: str) -> T | None:
    return next((one for one in offered if one == said), None)


async def _shown(
    visit: Visit, chosen: NoticeSettings, *, refusal: HubError | None = None
) -> web.Response:
    words = visit.pages.refusal(refusal, visit.language) if refusal else ""
    context = await visit.common("me") | {
        "chosen": chosen,
        "view": await visit.pages.services.shifts.shown(visit.actor.login),
        "refusal": words,
        "saved": "saved" in visit.request.query and not refusal,
    }
    return visit.answer("desk/mysettings.html.j2", context, refusal.status if refusal else 200)
