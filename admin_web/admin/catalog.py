"""Result codes, case types and first deadlines."""

from __future__ import annotations

from aiohttp import web

from admin_web.admin.settings import table
from admin_web.visit import Visit, field, whole
from hub.domain.catalog import CaseType, FirstDeadline, ResultCode
from hub.domain.errors import HubError, Invalid, NotFound

UNITS = (1440, 60, 1)


def _order(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


# ── result codes ─────────────────────────────────────────────────────────────────────────────


async def results(visit: Visit) -> web.StreamResponse:
    """GET /admin/results."""
    return await _results(visit)


async def result(visit: Visit) -> web.StreamResponse:
    """GET /admin/results/{id}; `new` is an empty one."""
    return await _results(visit, edited=await _result(visit))


async def save_result(visit: Visit) -> web.StreamResponse:
    """POST /admin/results/{id}."""
    form = await visit.form()
    code = await _result(visit)
    code.name, code.text = field(form, "name", limit=80), field(form, "text", limit=2000)
    code.tell, code.active = "tell" in form, "active" in form
    code.order = _order(field(form, "order", limit=6))
    try:
        saved = await visit.pages.services.setup.put_result(code, visit.actor)
    except Invalid as refusal:
        return await _results(visit, edited=code, refusal=refusal)
    return visit.go(f"/admin/results/{saved.id}")


async def _result(visit: Visit) -> ResultCode:
    code_id = visit.request.match_info["id"]
    if code_id == "new":
        return ResultCode(id="", name="")
    for code in await visit.pages.services.setup.results(active_only=False):
        if code.id == code_id:
            return code
    raise NotFound(what="result", id=code_id)


async def _results(
    visit: Visit, *, edited: ResultCode | None = None, refusal: HubError | None = None
) -> web.Response:
    codes = await visit.pages.services.setup.results(active_only=False)
    return await table(visit, "results", {"codes": codes}, edited=edited, refusal=refusal)


# ── case types ───────────────────────────────────────────────────────────────────────────────


async def types(visit: Visit) -> web.StreamResponse:
    """GET /admin/types."""
    return await _types(visit)


async def type_(visit: Visit) -> web.StreamResponse:
    """GET /admin/types/{id}; `new` is an empty one."""
    return await _types(visit, edited=await _type(visit))


async def save_type(visit: Visit) -> web.StreamResponse:
    """POST /admin/types/{id}."""
    form = await visit.form()
    kind = await _type(visit)
    kind.name, kind.order = field(form, "name", limit=80), _order(field(form, "order", limit=6))
    try:
        saved = await visit.pages.services.setup.put_type(kind, visit.actor)
    except Invalid as refusal:
        return await _types(visit, edited=kind, refusal=refusal)
    return visit.go(f"/admin/types/{saved.id}")


async def _type(visit: Visit) -> CaseType:
    type_id = visit.request.match_info["id"]
    if type_id == "new":
        return CaseType(id="", name="")
    for known in await visit.pages.services.setup.types():
        if known.id == type_id:
            return known
    raise NotFound(what="type", id=type_id)


async def _types(
    visit: Visit, *, edited: CaseType | None = None, refusal: HubError | None = None
) -> web.Response:
    known = await visit.pages.services.setup.types()
    return await table(visit, "types", {"types": known}, edited=edited, refusal=refusal)


# ── first deadlines ──────────────────────────────────────────────────────────────────────────


async def deadlines(visit: Visit) -> web.StreamResponse:
    """GET /admin/deadlines."""
    return await _deadlines(visit)


async def deadline(visit: Visit) -> web.StreamResponse:
    """GET /admin/deadlines/{id}; `new` is an empty one."""
    return await _deadlines(visit, edited=await _deadline(visit))


async def save_deadline(visit: Visit) -> web.StreamResponse:
    """POST /admin/deadlines/{id}."""
    form = await visit.form()
    rule = await _deadline(visit)
    rule.type, rule.channel = field(form, "type", limit=64), field(form, "channel", limit=40)
    unit = field(form, "unit", limit=5)
    try:
        rule.minutes = whole(form, "amount") * (int(unit) if unit in map(str, UNITS) else 1)
        saved = await visit.pages.services.setup.put_deadline(rule, visit.actor)
    except Invalid as refusal:
        return await _deadlines(visit, edited=rule, refusal=refusal)
    return visit.go(f"/admin/deadlines/{saved.id}")


async def drop_deadline(visit: Visit) -> web.StreamResponse:
    """POST /admin/deadlines/{id}/delete."""
    rule_id = visit.request.match_info["id"]
    await visit.pages.services.setup.drop_deadline(rule_id, visit.actor)
    return visit.go("/admin/deadlines")


async def _deadline(visit: Visit) -> FirstDeadline:
    rule_id = visit.request.match_info["id"]
    if rule_id == "new":
        return FirstDeadline(id="", minutes=24 * 60)
    for rule in await visit.pages.services.setup.deadlines():
        if rule.id == rule_id:
            return rule
    raise NotFound(what="deadline", id=rule_id)


async def _deadlines(
    visit: Visit, *, edited: FirstDeadline | None = None, refusal: HubError | None = None
) -> web.Response:
    setup = visit.pages.services.setup
    minutes = edited.minutes if edited else 1
    unit = next(unit for unit in UNITS if minutes % unit == 0)
    context = {
        "rules": await setup.deadlines(),
        "names": {one.id: one.name for one in await setup.types()},
        "channels": visit.pages.channel_kinds(),
        "unit": unit,
        "amount_value": minutes // unit,
    }
    return await table(visit, "deadlines", context, edited=edited, refusal=refusal)
