"""The web as a whole: its routes put on an application."""

from __future__ import annotations

from aiohttp import web

from admin_web.guard import guard
from admin_web.pages import Pages
from admin_web.routes import ROUTES

STATIC = r"/static/{version:[0-9a-f]{1,40}}/{name:[\w./-]+}"


def attach(app: web.Application, pages: Pages) -> None:
    """Put every page, the static files and the live listener on an application that may serve
    other things beside."""
    for route in ROUTES:
        app.router.add_route(route.method, route.path, guard(pages, route.handler, route.rule))
    app.router.add_get(STATIC, pages.assets.serve)
    app.cleanup_ctx.append(pages.fanout.context)
    app.on_shutdown.append(pages.fanout.close)


def build(pages: Pages) -> web.Application:
    """An application of the pages alone."""
    app = web.Application()
    attach(app, pages)
    return app
