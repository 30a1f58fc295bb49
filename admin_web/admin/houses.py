"""Houses: table, editor, import and export, the codes that hang in entrances."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from admin_web.admin import posters, sheets
from admin_web.admin.settings import table
from admin_web.visit import Form, Visit, field, whole
from hub.domain.errors import Conflict, HubError, Invalid, NotFound
from hub.domain.premises import House
from hub.ports.saving import Conflict as SaveConflict

PAGE = "houses"
MOST_SHEETS = 500


async def index(visit: Visit) -> web.StreamResponse:
    """GET /admin/houses."""
    return await _shown(visit)


async def edit(visit: Visit) -> web.StreamResponse:
    """GET /admin/houses/{code}; `new` is an empty one."""
    return await _shown(visit, edited=await _edited(visit))


async def save(visit: Visit) -> web.StreamResponse:
    """POST /admin/houses/{code}."""
    house = _read(await visit.form(), await _edited(visit))
    return await _saved(visit, house)


async def deactivate(visit: Visit) -> web.StreamResponse:
    """POST /admin/houses/{code}/deactivate: its link leads nowhere any more."""
    house = await _edited(visit)
    house.active = False
    return await _saved(visit, house)


async def activate(visit: Visit) -> web.StreamResponse:
    """POST /admin/houses/{code}/activate: the sheets that hang there hold again."""
    house = await _edited(visit)
    house.active = True
    return await _saved(visit, house)


async def export(visit: Visit) -> web.StreamResponse:
    """GET /admin/houses/export: every house in use, with its link."""
    houses = await visit.pages.services.houses.all(visit.actor)
    header = visit.pages.text("admin/house-columns.txt.j2", visit.language, {}).strip().split(";")
    base = await _links(visit, "")
    rows = [[one.address, one.entrance, _join(base, one)] for one in houses if one.active]
    return _file(sheets.written(header, rows), sheets.XLSX, "houses.xlsx")


async def bring(visit: Visit) -> web.StreamResponse:
    """POST /admin/houses/import: rows of address and entrance; what is there already stays."""
    form = await visit.form()
    file = form.get("file")
    if not isinstance(file, web.FileField):
        raise Invalid(field="file", reason="required")
    rows = [(row[0], row[1]) for row in sheets.rows(file.filename, file.file.read(), 2) if row[0]]
    if not rows:
        raise Invalid(field="file", reason="no_rows")
    added, returned = await visit.pages.services.houses.bring(rows, visit.actor)
    return visit.go(f"/admin/houses?added={added}&returned={returned}")


async def code(visit: Visit) -> web.StreamResponse:
    """GET /admin/houses/{code}/qr.png."""
    house = await _edited(visit)
    link = await _link(visit, house)
    body = await asyncio.to_thread(posters.picture, link)
    return _file(body, "image/png", f"{house.code}.png")


async def sheet(visit: Visit) -> web.StreamResponse:
    """GET /admin/houses/{code}/sheet.pdf: one sheet to print; `size` is a4 or a5."""
    house = await _edited(visit)
    return await _printed(visit, [house], f"{house.code}.pdf")


async def sheets_of_many(visit: Visit) -> web.StreamResponse:
    """GET /admin/houses/sheets.pdf: a sheet for every house named by `code`, or for all in use."""
    codes = visit.request.query.getall("code", [])
    houses = visit.pages.services.houses
    if codes:
        found = await houses.some(codes, visit.actor)
    else:
        found = [one for one in await houses.all(visit.actor) if one.active]
    return await _printed(visit, found, "houses.pdf")


async def _printed(visit: Visit, houses: list[House], name: str) -> web.Response:
    size = visit.request.query.get("size", "a5")
    if size not in posters.SIZES:
        raise Invalid(field="size", reason="unknown")
    if not houses:
        raise NotFound(what="house", id="")
    if len(houses) > MOST_SHEETS:
        raise Invalid(field="code", reason="too_long", limit=MOST_SHEETS)
    policy, texts = visit.pages.services.deps.policy, visit.pages.services.deps.texts
    said = json.loads(
        texts.render("words/poster", organisation=policy.organisation, phone=policy.phone)
    )
    drawn = []
    for one in houses:
        address = texts.render("words/place", address=one.address, entrance=one.entrance, flat="")
        link = await _link(visit, one)
        drawn.append(posters.Poster(said["title"], said["hint"], address, said["foot"], link))
    body = await asyncio.to_thread(posters.printed, drawn, size)
    return _file(body, "application/pdf", name)


def _file(body: bytes, mime: str, name: str) -> web.Response:
    shown = "inline" if mime == "application/pdf" else "attachment"
    disposition = f'{shown}; filename="{name}"'
    return web.Response(
        body=body,
        content_type=mime,
        headers={"Content-Disposition": disposition, "Cache-Control": "no-store"},
    )


async def _links(visit: Visit, payload: str) -> str:
    """Where a deep link of the asked account (or of the first that has any) leads; empty when no
    account can say so now."""
    links = await visit.pages.deep_links(payload)
    asked = visit.request.query.get("account", "")
    return links.get(asked) or next(iter(links.values()), "")


def _join(base: str, house: House) -> str:
    return f"{base}{house.payload}" if base else ""


async def _link(visit: Visit, house: House) -> str:
    link = await _links(visit, house.payload)
    if not link:
        raise Invalid(field="account", reason="no_link")
    return link


async def _edited(visit: Visit) -> House:
    house_code, now = visit.request.match_info["code"], visit.pages.now()
    if house_code == "new":
        return House(code="", address="", created_at=now, updated_at=now)
    return await visit.pages.services.houses.get(house_code, visit.actor)


def _read(form: Form, house: House) -> House:
    house.address = field(form, "address", limit=1000)
    house.entrance = field(form, "entrance", limit=100)
    # What the page showed, so that another's change meanwhile is not overwritten.
    house.rev = whole(form, "rev") if house.code else 0
    return house


async def _saved(visit: Visit, house: House) -> web.StreamResponse:
    try:
        saved = await visit.pages.services.houses.save(house, visit.actor)
    except SaveConflict:
        return await _shown(visit, edited=house, refusal=Conflict())
    except Invalid as refusal:
        return await _shown(visit, edited=house, refusal=refusal)
    return visit.go(f"/admin/houses/{saved.code}")


async def _shown(
    visit: Visit, *, edited: House | None = None, refusal: HubError | None = None
) -> web.Response:
    query = visit.request.query
    words = query.get("q", "")
    links = await visit.pages.deep_links(edited.payload if edited and edited.code else "")
    context: dict[str, Any] = {
        "houses": await visit.pages.services.houses.all(visit.actor, words=words),
        "q": words,
        "added": query.get("added", ""),
        "returned": query.get("returned", ""),
        "links": links,
        "sizes": list(posters.SIZES),
    }
    return await table(visit, PAGE, context, edited=edited, refusal=refusal)
