"""The door of the Mini App: Telegram says who is there, the hub looks whether they work here."""

from __future__ import annotations

import secrets
from typing import Literal

from aiohttp import web
from aiohttp_session import new_session

from admin_web.front import HEADERS, POLICY, Front
from admin_web.holder import begun
from admin_web.miniapp.app import ROOT, MiniApp
from admin_web.miniapp.initdata import LONGEST, NotVouched, Opening, opening
from admin_web.visit import Visit, field
from hub.domain.errors import NotFound
from hub.ports.channel import Limit

OPENING = f"{ROOT}/open/"
PATH = OPENING + "{account}"
MAX_DIGITS = 15
"""Of a case's number."""

Problem = Literal["empty", "forged", "old", "ahead", "used", "stranger", "ended", "cookies"]


def mini(app: MiniApp) -> Front:
    """The door that Telegram opens. Its pages alone may stand in a frame, and only in one of
    Telegram's: its web clients show a Mini App so. X-Frame-Options knows no lists, hence it is
    left out; browsers that know Mini Apps know frame-ancestors."""
    policy = POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(app.frames)}")
    headers = {name: value for name, value in HEADERS.items() if name != "X-Frame-Options"}
    return Front(
        sessions=app.sessions,
        headers={**headers, "Content-Security-Policy": policy},
        door=shut,
        anonymous=OPENING,
        root=ROOT,
        mini=True,
    )


async def door(visit: Visit) -> web.StreamResponse:
    """GET /mini/open/{account}?case=: a page whose script hands on what Telegram put into the
    address behind the #, where no server and no log sees it."""
    _key(visit)
    context = {"csrf": visit.csrf, "case": _case(visit.request.query.get("case", ""))}
    return visit.answer("mini/door.html.j2", context)


async def come_in(visit: Visit) -> web.StreamResponse:
    """POST /mini/open/{account}: `data` is Telegram's initData."""
    form, key = await visit.form(), _key(visit)
    data = form.get("data", "")
    if not isinstance(data, str) or not data:
        return refused(visit, "empty")
    app = _app(visit)
    try:
        opened = opening(data[: LONGEST + 1], key, visit.pages.now(), app.max_age)
    except NotVouched as doubt:
        return refused(visit, doubt.why)
    account = visit.request.match_info["account"]
    person = (await visit.pages.services.people.directory()).by_bot(account, opened.user)
    if person is None:
        return refused(visit, "stranger")
    if not await _first_time(visit, opened, app):
        return refused(visit, "used")
    session = await new_session(visit.request)
    begun(session, person, secrets.token_hex(32))
    session["account"], session["user"], session["mark"] = account, opened.user, opened.mark
    case = _case(field(form, "case", limit=MAX_DIGITS))
    return visit.go(f"/desk/cases/{case}" if case else "/desk")


async def _first_time(visit: Visit, opened: Opening, app: MiniApp) -> bool:
    """Data that was read over a shoulder, or out of a log, opens nothing a second time; the page
    that it opened may be loaded again, since it holds the session."""
    if visit.person is not None and visit.session.get("mark") == opened.mark:
        return True
    once = Limit(f"mini:{opened.mark}", 1, app.max_age.total_seconds() + 60)
    return await visit.pages.services.deps.budget.spend([once]) <= 0


def shut(visit: Visit) -> web.StreamResponse:
    """Nobody's session: it is over, or the browser did not bring it."""
    if visit.by_htmx:
        # The page as a whole says it, not one part of it.
        return visit.go("/desk")
    return refused(visit, "cookies" if visit.request.path.startswith(OPENING) else "ended")


def refused(visit: Visit, problem: Problem) -> web.Response:
    """Say what happened and what to do."""
    hours, seconds = divmod(int(_app(visit).max_age.total_seconds()), 3600)
    context = {"problem": problem, "hours": hours, "minutes": seconds // 60}
    return visit.answer("mini/refused.html.j2", context, 403)


def _app(visit: Visit) -> MiniApp:
    assert visit.pages.mini is not None
    return visit.pages.mini


def _key(visit: Visit) -> bytes:
    account = visit.request.match_info["account"]
    key = _app(visit).keys.get(account)
    if key is None:
        raise NotFound(what="bot", id=account)
    return key


def _case(number: str) -> str:
    """The number of a case, empty for anything else."""
    plain = number.isascii() and number.isdecimal() and len(number) <= MAX_DIGITS
    return number if plain else ""
