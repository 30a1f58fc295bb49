"""Pages of other hosts: none may call unless the settings name them."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from aiohttp import web

METHODS = "GET, POST, PATCH, DELETE"
HEADERS = "Authorization, Content-Type, Range, If-Range"
EXPOSED = "Content-Disposition, Content-Range, ETag, Location, Retry-After"
AGE = "600"


def allowed(request: web.Request, origins: Collection[str]) -> bool:
    """Whether the page that calls is ours or one of these. Programs name no page."""
    origin = request.headers.get("Origin", "")
    if not origin or origin in origins:
        return True
    return origin != "null" and urlsplit(origin).netloc == request.host


def preflight(request: web.Request, origins: Collection[str]) -> web.Response | None:
    """The answer to a browser that asks before it calls; None if this is no such question."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    if request.headers.get("Origin", "") not in origins:
        return web.Response(status=403)
    return web.Response(
        status=204,
        headers={
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": HEADERS,
            "Access-Control-Max-Age": AGE,
        },
    )


def mark(request: web.Request, response: web.StreamResponse, origins: Collection[str]) -> None:
    """Let the browser show the answer to the page that asked."""
    if not origins:
        return
    response.headers.setdefault("Vary", "Origin")
    origin = request.headers.get("Origin", "")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
