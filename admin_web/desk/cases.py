"""Pages of cases: the list, one case, its parts."""

from __future__ import annotations

from aiohttp import web

from admin_web.desk.filters import ListFilter
from admin_web.desk.shown import case_context, counted, list_context, page_context
from admin_web.visit import Visit
from hub.domain.errors import Forbidden, NotFound
from hub.services.queries import THREAD

MAX_DIGITS = 15
"""Of an entry's number in an address."""


async def desk(visit: Visit) -> web.StreamResponse:
    """GET /desk."""
    filter_ = ListFilter.of(visit.request.query)
    return visit.answer("desk/page.html.j2", await page_context(visit, filter_))


async def items(visit: Visit) -> web.StreamResponse:
    """GET /desk/list: the list alone, again after a live event and page by page."""
    query = visit.request.query
    filter_ = ListFilter.of(query)
    context = await list_context(visit, filter_, query.get("cursor") or None)
    counts = await visit.pages.services.queries.counts(visit.actor)
    context |= counted(filter_, counts) | {"nav": counts, "me": visit.actor}
    return visit.answer("desk/list_answer.html.j2", context)


async def case_page(visit: Visit) -> web.StreamResponse:
    """GET /desk/cases/{number}: the whole desk, or the case alone for htmx."""
    if visit.partial:
        return await pane(visit)
    context = await page_context(visit, ListFilter.of(visit.request.query))
    try:
        context |= await _shown(visit)
    except (NotFound, Forbidden) as refusal:
        context |= {"refusal": True}
        return visit.answer("desk/page.html.j2", context, refusal.status)
    return visit.answer("desk/page.html.j2", context | {"current": visit.number()})


async def pane(visit: Visit) -> web.StreamResponse:
    """GET /desk/cases/{number}/pane: the case with its properties."""
    return await pane_answer(visit)


async def pane_answer(visit: Visit, *, undo: str = "") -> web.StreamResponse:
    """The case as it is now; after an action too. `undo` offers to take that action back."""
    context = await _shown(visit)
    context |= {
        "me": visit.actor,
        "query": ListFilter.of(visit.request.query).query(),
        "directory": await visit.pages.services.people.directory(),
        "undo": undo,
    }
    return visit.answer("desk/pane_answer.html.j2", context)


async def older(visit: Visit) -> web.StreamResponse:
    """GET /desk/cases/{number}/older?before=: earlier entries of a long thread."""
    before = visit.request.query.get("before", "")
    if not before.isdecimal() or len(before) > MAX_DIGITS:
        raise NotFound(what="message", id=before)
    queries = visit.pages.services.queries
    case = await queries.case(visit.number(), visit.actor)
    context = await case_context(visit, case, "chat")
    lines = await queries.thread(visit.number(), visit.actor, before=int(before))
    # A full page may have more before it, whatever its first number is: unfinished entries stay
    # in the newest part of a case while their neighbours have moved to pages.
    older_than = lines[0].seq if len(lines) >= THREAD else 0
    return visit.answer("desk/older.html.j2", context | {"thread": lines, "older": older_than})


async def older_history(visit: Visit) -> web.StreamResponse:
    """GET /desk/cases/{number}/history?below=: lines that have moved to older pages."""
    below = visit.request.query.get("below", "")
    if not below.isdecimal() or len(below) > MAX_DIGITS:
        raise NotFound(what="history", id=below)
    queries, number = visit.pages.services.queries, visit.number()
    lines, page = await queries.old_history(number, visit.actor, below=int(below))
    case = await queries.case(number, visit.actor)
    context = await case_context(visit, case, "history")
    shown = {"history": list(reversed(lines)), "history_below": page}
    return visit.answer("desk/older_history.html.j2", context | shown)


async def _shown(visit: Visit) -> dict[str, object]:
    services, number = visit.pages.services, visit.number()
    since = _looked_back(visit)
    case = await services.queries.case(number, visit.actor, since=since)
    if case.unread:
        await services.casework.seen(number, visit.actor)
    context = await case_context(visit, case, visit.request.query.get("tab", "chat"))
    return context | {"kept": since}


def _looked_back(visit: Visit) -> int:
    """The first entry that the page shows of this case, where older ones were asked for."""
    number, _, seq = visit.request.headers.get("X-Thread-From", "").partition("-")
    known = seq.isdecimal() and len(seq) <= MAX_DIGITS
    return int(seq) if known and number == str(visit.number()) else 0
