"""What came in and could not be understood: read it, take it again."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from admin_web.admin.settings import table
from admin_web.visit import Visit
from hub.ports.inbox import InboxRow

PAGE = "quarantine"
SHOWN = 64 * 1024
"""Bytes of a raw body that a page shows."""


async def index(visit: Visit) -> web.StreamResponse:
    """GET /admin/quarantine."""
    return await _shown(visit)


async def read(visit: Visit) -> web.StreamResponse:
    """GET /admin/quarantine/{id}: the input as it came, secrets were never kept."""
    row = await visit.pages.services.queries.inbox_row(visit.request.match_info["id"], visit.actor)
    return await _shown(visit, edited=row)


async def replay(visit: Visit) -> web.StreamResponse:
    """POST /admin/quarantine/{id}/replay."""
    await visit.pages.services.queries.replay(visit.request.match_info["id"], visit.actor)
    return visit.go("/admin/quarantine")


async def replay_all(visit: Visit) -> web.StreamResponse:
    """POST /admin/quarantine/replay: everything that waits here."""
    queries, cursor = visit.pages.services.queries, None
    while True:
        page = await queries.inbox(visit.actor, state="quarantined", cursor=cursor)
        for row in page.items:
            await queries.replay(row.id, visit.actor)
        cursor = page.next
        if cursor is None:
            return visit.go("/admin/quarantine")


async def _shown(visit: Visit, *, edited: InboxRow | None = None) -> web.Response:
    cursor = visit.request.query.get("cursor") or None
    page = await visit.pages.services.queries.inbox(visit.actor, state="quarantined", cursor=cursor)
    context: dict[str, Any] = {"rows": page.items, "next": page.next, "body": ""}
    if edited is not None:
        context["body"] = edited.raw.body[:SHOWN].decode(errors="replace")
    return await table(visit, PAGE, context, edited=edited)
