"""Somebody at the desk writes an answer."""

from __future__ import annotations

from aiohttp import web

from admin_web.visit import Visit


async def typing(visit: Visit) -> web.StreamResponse:
    """POST /desk/cases/{number}/typing."""
    services = visit.pages.services
    await services.typing.staff(visit.number(), visit.actor)
    return web.Response(status=204)
