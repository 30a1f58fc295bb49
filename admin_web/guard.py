"""What stands before every handler: session, right, CSRF; and after it: refusals, headers."""

from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable
from typing import Literal

from aiohttp import web
from aiohttp_session import session_middleware

from admin_web.auth import CsrfMissing, check_csrf, person_of, session_of
from admin_web.front import Front
from admin_web.pages import Pages
from admin_web.visit import Visit
from hub.domain.errors import AlreadyTaken, Forbidden, HubError
from hub.domain.rights import MINE, Right, may
from hub.domain.staff import Actor

Rule = Right | Literal["anybody", "staff"]
Handler = Callable[[Visit], Awaitable[web.StreamResponse]]
Handling = Callable[[web.Request], Awaitable[web.StreamResponse]]

# aiohttp-session still names its values on the request by strings; that is no news for a log.
warnings.filterwarnings("ignore", category=web.NotAppKeyWarning, module="aiohttp_session")


def admits(actor: Actor, rule: Rule) -> bool:
    """Whether the rule lets this person in. A right that is also held on one's own cases lets
    everybody pass: the service looks whose case it is."""
    if rule == "anybody" or rule == "staff":
        return True
    return may(actor, rule) or rule in MINE


def guard(pages: Pages, handler: Handler, rule: Rule, front: Front) -> Handling:
    """Wrap a handler with everything that no page may go without."""
    sessions = session_middleware(front.sessions)

    async def within(request: web.Request) -> web.StreamResponse:
        session = await session_of(request, front)
        visit = Visit(pages, front, request, session, await person_of(pages, session))
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
            for name, value in front.headers.items():
                response.headers.setdefault(name, value)
            if pages.secure:
                response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response

    return guarded


async def refused(visit: Visit, refusal: HubError) -> web.StreamResponse:
    """Say a refusal: as a toast or in the open sheet to htmx, as a page to a browser."""
    if isinstance(refusal, CsrfMissing) and visit.person is None and visit.front.mini:
        # Only a cookie that did not come back lets the token be missing there.
        return visit.front.door(visit)
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
    if visit.request.path.endswith("/desk/live"):
        # EventSource does not come back after 204.
        return web.Response(status=204)
    return visit.front.door(visit)
