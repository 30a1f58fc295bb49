"""Quick replies: table, editor with a live preview, import and export."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
from aiohttp import web

from admin_web.admin import sheets
from admin_web.admin.settings import table
from admin_web.visit import Form, Visit, field, fields, whole
from hub.domain.case import Case
from hub.domain.catalog import QuickReply
from hub.domain.errors import Conflict, HubError, Invalid, NotFound
from hub.domain.rights import may
from hub.ports.cases import CaseFilter
from hub.ports.saving import Conflict as SaveConflict
from hub.services.lengths import counted

PAGE = "quick-replies"
VARIABLE = re.compile(r"\{[^{}\n]{1,40}\}")


class Fit(msgspec.Struct, frozen=True):
    """How the text fits a channel: in how many parts, how many signs."""

    channel: str
    parts: int
    signs: int


async def index(visit: Visit) -> web.StreamResponse:
    """GET /admin/quick-replies."""
    return await _shown(visit)


async def edit(visit: Visit) -> web.StreamResponse:
    """GET /admin/quick-replies/{id}; `new` is an empty one."""
    return await _shown(visit, edited=await _edited(visit))


async def save(visit: Visit) -> web.StreamResponse:
    """POST /admin/quick-replies/{id}: saving keeps the place."""
    form = await visit.form()
    reply = _read(visit, form, await _edited(visit))
    new = not reply.id
    try:
        saved = await visit.pages.services.quick_replies.save(reply, visit.actor, new=new)
    except SaveConflict:
        return await _shown(visit, edited=reply, refusal=Conflict())
    except Invalid as refusal:
        return await _shown(visit, edited=reply, refusal=refusal)
    return visit.go(f"/admin/quick-replies/{saved.id}")


async def delete(visit: Visit) -> web.StreamResponse:
    """POST /admin/quick-replies/{id}/delete: gone, and can be undone for ten seconds."""
    reply_id = visit.request.match_info["id"]
    await visit.pages.services.quick_replies.delete(reply_id, visit.actor)
    return visit.go(f"/admin/quick-replies?deleted={reply_id}")


async def restore(visit: Visit) -> web.StreamResponse:
    """POST /admin/quick-replies/{id}/restore."""
    reply_id = visit.request.match_info["id"]
    await visit.pages.services.quick_replies.restore(reply_id, visit.actor)
    return visit.go(f"/admin/quick-replies/{reply_id}")


async def preview(visit: Visit) -> web.StreamResponse:
    """POST /admin/quick-replies/preview: exactly what the resident will see, per channel."""
    form = await visit.form()
    context = await _preview(visit, field(form, "text"), fields(form, "channels"))
    return visit.answer("admin/preview.html.j2", context)


async def export(visit: Visit) -> web.StreamResponse:
    """GET /admin/quick-replies/export: everything as a spreadsheet."""
    replies = await visit.pages.services.quick_replies.usable(visit.actor)
    header = visit.pages.text("admin/columns.txt.j2", visit.language, {}).strip().split(";")
    body = sheets.written(header, [[one.title, one.folder, one.text] for one in replies])
    return web.Response(
        body=body,
        content_type=sheets.XLSX,
        headers={"Content-Disposition": 'attachment; filename="quick-replies.xlsx"'},
    )


async def bring(visit: Visit) -> web.StreamResponse:
    """POST /admin/quick-replies/import: rows of title, folder, text; the same title in the same
    folder is changed, anything else is new."""
    form = await visit.form()
    file = form.get("file")
    if not isinstance(file, web.FileField):
        raise Invalid(field="file", reason="required")
    replies, actor = visit.pages.services.quick_replies, visit.actor
    known = {(one.folder, one.title): one for one in await replies.usable(actor) if not one.owner}
    rows = list(sheets.read(file.filename, file.file.read()))
    if not rows:
        raise Invalid(field="file", reason="no_rows")
    for title, folder, text in rows:
        reply = known.get((folder, title))
        new = reply is None
        if reply is None:
            reply = QuickReply(
                id="", title=title, folder=folder, text=text, updated_at=visit.pages.now()
            )
        reply.text = text
        known[folder, title] = await replies.save(reply, actor, new=new)
    return visit.go("/admin/quick-replies")


async def _edited(visit: Visit) -> QuickReply:
    reply_id = visit.request.match_info["id"]
    if reply_id == "new":
        return QuickReply(
            id="",
            title="",
            text="",
            folder=visit.request.query.get("folder", "")[:60],
            owner="" if may(visit.actor, "quick_reply.edit") else visit.actor.login,
            updated_at=visit.pages.now(),
        )
    return await visit.pages.services.quick_replies.get(reply_id, visit.actor)


def _read(visit: Visit, form: Form, reply: QuickReply) -> QuickReply:
    seen = field(form, "seen", limit=100)
    reply.title = field(form, "title")
    reply.text = field(form, "text")
    reply.folder = field(form, "folder", limit=60)
    reply.owner = visit.actor.login if seen == "me" else ""
    reply.group = seen.removeprefix("group:") if seen.startswith("group:") else ""
    reply.channels = [
        kind for kind in fields(form, "channels") if kind in visit.pages.channel_kinds()
    ]
    # What the page showed, so that another's change meanwhile is not overwritten.
    reply.rev = whole(form, "rev") if reply.id else 0
    return reply


async def _shown(
    visit: Visit, *, edited: QuickReply | None = None, refusal: HubError | None = None
) -> web.Response:
    services, actor, query = visit.pages.services, visit.actor, visit.request.query
    folder, words = query.get("folder", ""), query.get("q", "")
    everything = await services.quick_replies.usable(actor)
    directory = await services.people.directory()
    context: dict[str, Any] = {
        "replies": await services.quick_replies.usable(actor, words=words, folder=folder),
        "folders": sorted({one.folder for one in everything if one.folder}),
        "folder": folder,
        "q": words,
        "month": visit.pages.now().strftime("%Y-%m"),
        "groups": [group for group in directory.groups.values() if group.active],
        "channels": visit.pages.channel_kinds(),
        "variables": _variables(visit),
        "deleted": query.get("deleted", ""),
        "may_edit": False,
    }
    if edited is not None:
        owns = not edited.owner or edited.owner == actor.login
        context["may_edit"] = may(actor, "quick_reply.edit") or (bool(edited.owner) and owns)
        context |= await _preview(visit, edited.text, edited.channels)
    return await table(visit, PAGE, context, edited=edited, refusal=refusal)


def _variables(visit: Visit) -> list[str]:
    texts = visit.pages.services.deps.texts
    return list(json.loads(texts.render("reply/variables", visit.language)))


async def _preview(visit: Visit, text: str, kinds: list[str]) -> dict[str, Any]:
    services = visit.pages.services
    case = await _sample(visit)
    filled = services.quick_replies.fill(text, case, visit.actor)
    known = {f"{{{name}}}" for name in _variables(visit)}
    fits = {}
    for account in visit.pages.accounts:
        sender = services.deps.senders.get(account.id)
        if sender is not None and (not kinds or account.kind in kinds):
            length = counted(sender.caps, filled)
            parts = length.parts if length else max(1, -(-len(filled) // sender.caps.max_text))
            fits[account.kind] = Fit(account.kind, parts, length.used if length else len(filled))
    return {
        "filled": filled,
        "sample": case.number if case else 0,
        "fits": list(fits.values()),
        "unknown": [name for name in VARIABLE.findall(text) if name.lower() not in known],
    }


async def _sample(visit: Visit) -> Case | None:
    """The newest case, to fill a preview with something real."""
    queries = visit.pages.services.queries
    page = await queries.page(CaseFilter(), visit.actor, limit=1)
    if not page.items:
        return None
    try:
        return await queries.raw(page.items[0].number, visit.actor)
    except NotFound:
        return None
