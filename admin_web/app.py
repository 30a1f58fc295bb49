"""The web as a whole: its routes put on an application."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from aiohttp import web
from aiohttp.typedefs import Middleware
from redis.exceptions import RedisError

from admin_web import auth
from admin_web.front import Front
from admin_web.guard import Handling, guard
from admin_web.miniapp import entry
from admin_web.miniapp.routes import MINI_ROUTES
from admin_web.pages import Pages
from admin_web.routes import ROUTES
from hub.domain.errors import HubError, NotFound, StoreDown

log = structlog.get_logger(__name__)
STATIC = r"/static/{version:[0-9a-f]{1,40}}/{name:[\w./-]+}"


def build(pages: Pages) -> web.Application:
    """An application of every page, the static files and the live listener."""
    fronts = [(auth.desk(pages), ROUTES)]
    if pages.mini is not None:
        fronts.append((entry.mini(pages.mini), MINI_ROUTES))
    app = web.Application(middlewares=[_failures(pages, [front for front, _ in fronts])])
    for front, routes in fronts:
        for route in routes:
            guarded = guard(pages, route.handler, route.rule, front)
            app.router.add_route(route.method, route.path, guarded)
    app.router.add_get(STATIC, pages.assets.serve)
    app.cleanup_ctx.append(pages.fanout.context)
    app.on_shutdown.append(pages.fanout.close)
    return app


def _failures(pages: Pages, fronts: Sequence[Front]) -> Middleware:
    """What no handler answers for: unknown addresses, stores that are away, our own mistakes."""

    def said(request: web.Request, refusal: HubError, status: int) -> web.Response:
        # The last door whose root the address begins with; the desk's is at the root of all.
        front = [one for one in fronts if request.path.startswith(f"{one.root}/")][-1]
        context = {"root": front.root, "mini": front.mini, "status": status}
        context["sentence"] = pages.refusal(refusal, "ru")
        by_htmx = "HX-Request" in request.headers
        template = "toast.html.j2" if by_htmx else "error.html.j2"
        response = pages.answer(template, "ru", context, status)
        response.headers.update(front.headers)
        if by_htmx:
            response.headers["HX-Retarget"] = "#toasts"
            response.headers["HX-Reswap"] = "beforeend"
        return response

    @web.middleware
    async def failures(request: web.Request, handler: Handling) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPNotFound:
            return said(request, NotFound(), 404)
        except (web.HTTPException, ConnectionResetError):
            raise
        except RedisError:
            # Sessions cannot be read; nobody is let in meanwhile, nothing is lost.
            return said(request, StoreDown(), 503)
        except Exception:
            info = request.match_info.route.resource
            log.exception("page.failed", page=info.canonical if info else "")
            return said(request, HubError(), 500)

    return failures
