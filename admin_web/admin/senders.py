"""Senders of spam: who they are, what becomes of what they write, and who decided it."""

from __future__ import annotations

from aiohttp import web

from admin_web.admin.settings import table
from admin_web.visit import Visit, field
from hub.domain.errors import HubError, Invalid
from hub.domain.spamrules import VERDICTS, SpamRule

PAGE = "senders"


async def index(visit: Visit) -> web.StreamResponse:
    """GET /admin/senders."""
    return await _shown(visit)


async def edit(visit: Visit) -> web.StreamResponse:
    """GET /admin/senders/{id}."""
    return await _shown(visit, edited=await _edited(visit))


async def save(visit: Visit) -> web.StreamResponse:
    """POST /admin/senders/{id}."""
    rule, what = await _edited(visit), field(await visit.form(), "what", limit=10)
    try:
        await visit.pages.services.spam_rules.change(rule.id, what, visit.actor)
    except Invalid as refusal:
        return await _shown(visit, edited=rule, refusal=refusal)
    return visit.go("/admin/senders")


async def drop(visit: Visit) -> web.StreamResponse:
    """POST /admin/senders/{id}/delete."""
    identity = visit.request.match_info["id"]
    await visit.pages.services.spam_rules.drop(identity, visit.actor)
    return visit.go("/admin/senders")


async def _edited(visit: Visit) -> SpamRule:
    return await visit.pages.services.spam_rules.get(visit.request.match_info["id"], visit.actor)


async def _shown(
    visit: Visit, *, edited: SpamRule | None = None, refusal: HubError | None = None
) -> web.Response:
    rules = await visit.pages.services.spam_rules.all(visit.actor)
    directory = await visit.pages.services.people.directory()
    context = {"rules": rules, "verdicts": VERDICTS, "name_of": directory.name}
    return await table(visit, PAGE, context, edited=edited, refusal=refusal)
