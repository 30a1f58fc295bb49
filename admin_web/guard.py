"""What stands before every handler: session, right, CSRF; and after it: refusals, headers."""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable
from typing import Literal
from urllib.parse import quote

from aiohttp import web
from aiohttp_session import session_middleware

from admin_web.auth import check_csrf, person_of, session_of
from admin_web.pages import Pages
from admin_web.visit import Visit
from hub.domain.errors import AlreadyTaken, Forbidden, HubError
from hub.domain.rights import MINE, Right, may
from hub.domain.staff import Actor

Rule = Right | Literal["anybody", "staff"]
Handler = Callable[[Visit], Awaitable[web.StreamResponse]]
Handling = Callable[[web.Request], Awaitable[web.StreamResponse]]

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
# aiohttp-session still names its values on the request by strings; that is no news for a log.
warnings.filterwarnings("ignore", category=web.NotAppKeyWarning, module="aiohttp_session")

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def admits(actor: Actor, rule: Rule) -> bool:
    """Whether the rule lets this person in. A right that is also held on one's own cases lets
    everybody pass: the service looks whose case it is."""
    if rule == "anybody" or rule == "staff":
        return True
    return may(actor, rule) or rule in MINE


def guard(pages: Pages, handler: Handler, rule: Rule) -> Handling:
    """Wrap a handler with everything that no page may go without."""
    sessions = session_middleware(pages.sessions)

    async def within(request: web.Request) -> web.StreamResponse:
        session = await session_of(request)
        visit = Visit(pages, request, session, await person_of(pages, session))
        try:
            if rule != "anybody":
                if visit.person is None:
                    return _to_the_door(visit)
                if not admits(visit.actor, rule):
                    raise Forbidden(action=rule)
            await check_csrf(visit)
            return await handler(visit)
        except HubError as refusal:
            return await refused(visit, refusal)

    async def guarded(request: web.Request) -> web.StreamResponse:
        response = await sessions(request, within)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            if pages.secure:
                response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    return guarded


async def refused(visit: Visit, refusal: HubError) -> web.Response:
    """Say a refusal: as a toast or in the open sheet to htmx, as a page to a browser."""
    if isinstance(refusal, AlreadyTaken):
        directory = await visit.pages.services.people.directory()
        refusal.params["operator"] = directory.name(str(refusal.params["operator"]))
    sentence = visit.pages.refusal(refusal, visit.language)
    context = {"sentence": sentence, "status": refusal.status}
    if not visit.by_htmx:
        return visit.answer("error.html.j2", context, refusal.status)
    in_sheet = visit.request.headers.get("HX-Source", "") == "form#sheet"
    response = visit.answer(
        "problem.html.j2" if in_sheet else "toast.html.j2", context, refusal.status
    )
    response.headers["HX-Retarget"] = "#sheet-problem" if in_sheet else "#toasts"
    response.headers["HX-Reswap"] = "innerHTML" if in_sheet else "beforeend"
    number = visit.request.match_info.get("number")
    if number and refusal.status in (409, 412):
        # Somebody else changed the case: show it as it is now.
        response.headers["HX-Trigger"] = f"hub:case:{number}"
    return response


def _to_the_door(visit: Visit) -> web.StreamResponse:
    request = visit.request
    if request.path == "/desk/live":
        # EventSource does not come back after 204.
        return web.Response(status=204)
    back = request.rel_url.path_qs if request.method == "GET" and not visit.by_htmx else "/"
    return visit.go(f"/login?next={quote(back, safe='/')}")
