"""What every settings page does: shows a table with an editor, saves, says refusals in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from admin_web.visit import Visit
from hub.domain.errors import HubError
from hub.domain.rights import may


async def table(
    visit: Visit,
    page: str,
    context: Mapping[str, Any],
    *,
    edited: object = None,
    refusal: HubError | None = None,
) -> web.Response:
    """The page `page` with its table, and the editor open on `edited`."""
    quarantined = 0
    if may(visit.actor, "inbox.read"):
        stats = await visit.pages.services.deps.inbox.stats(visit.pages.now())
        quarantined = int(stats.get("quarantined", 0))
    words = visit.pages.refusal(refusal, visit.language) if refusal else ""
    everything = (
        await visit.common("admin")
        | {"page": page, "quarantined": quarantined, "edited": edited, "refusal": words}
        | dict(context)
    )
    return visit.answer(f"admin/{page}.html.j2", everything, refusal.status if refusal else 200)


async def first(visit: Visit) -> web.StreamResponse:
    """GET /admin: the first page this person may see."""
    pages = (
        ("quick-replies", "quick_reply.edit"),
        ("staff", "staff.edit"),
        ("groups", "group.edit"),
        ("houses", "house.edit"),
        ("hours", "hours.edit"),
        ("deadlines", "deadline.edit"),
        ("results", "result.edit"),
        ("senders", "spam_rule.edit"),
        ("quarantine", "inbox.read"),
    )
    actor = visit.actor
    for page, right in pages:
        if may(actor, right):  # type: ignore[arg-type]
            return visit.go(f"/admin/{page}")
    return visit.go("/admin/quick-replies")
