"""Coming in: sessions, the guard before every page, log in and out.

A session ends when its person is deactivated, gets another password or other roles: each of these
moves the person's epoch, and a session holds the epoch at which it began.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any
from urllib.parse import quote

from aiohttp import web
from aiohttp_session import Session, get_session, new_session
from aiohttp_session.redis_storage import RedisStorage
from yarl import URL

from admin_web.front import HEADERS, Front
from admin_web.holder import begun, holder
from admin_web.pages import Pages
from admin_web.visit import Visit, field
from hub.domain.errors import HubError, Invalid, TooManyTries
from hub.domain.staff import Staff
from hub.ports.channel import Limit

COOKIE = "hub_session"
DAY = 24 * 60 * 60
ANONYMOUS_SECONDS = 60 * 60
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class CsrfMissing(HubError):
    """The request does not carry the session's token."""

    key = "csrf"
    status = 403


def redis_sessions(redis: Any, *, secure: bool, days: int) -> RedisStorage:
    """Sessions in Redis or Valkey; the cookie holds a random key alone."""
    return RedisStorage(
        redis,
        cookie_name=COOKIE,
        max_age=days * DAY,
        secure=secure,
        httponly=True,
        samesite="Lax",
        key_factory=lambda: secrets.token_hex(32),
    )


async def person_of(pages: Pages, session: Session) -> Staff | None:
    """The person whose session this is, as long as nothing ended it."""
    if not session.get("login"):
        return None
    return holder(await pages.services.people.directory(), session)


async def check_csrf(visit: Visit) -> None:
    """Refuse an unsafe request without the session's token (header, or field of a form)."""
    if visit.request.method not in UNSAFE:
        return
    sent = visit.request.headers.get("X-CSRF-Token", "")
    if not sent and visit.request.content_type in {
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    }:
        sent = field(await visit.form(), "csrf", limit=100)
    if not visit.csrf or not hmac.compare_digest(sent.encode(), visit.csrf.encode()):
        raise CsrfMissing


def inside(address: str) -> str:
    """A path of this site to go on to, never another site."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if plain and address.isprintable() else "/"


async def door(visit: Visit) -> web.StreamResponse:
    """GET /login."""
    if visit.person is not None:
        return visit.go(inside(visit.request.query.get("next", "/")))
    return _door(visit, problem="ended" if visit.session.get("login") else "")


async def log_in(visit: Visit) -> web.StreamResponse:
    """POST /login: slowed per login and per address; a new session for who comes in."""
    form = await visit.form()
    login = field(form, "login", limit=100).lower()
    password, on = form.get("password", ""), field(form, "next", limit=2000)
    pages = visit.pages
    try:
        await _slow(pages, login, visit.request.remote or "")
    except TooManyTries as slow:
        return _door(
            visit, problem="slow", login=login, after=slow.params["after"], on=on, status=429
        )
    if not isinstance(password, str) or len(password) > 200:
        return _door(visit, problem="wrong", login=login, on=on, status=403)
    person = await pages.services.people.log_in(login, password)
    if person is None:
        return _door(visit, problem="wrong", login=login, on=on, status=403)
    await begin(visit.request, person)
    return visit.go(inside(on))


async def begin(request: web.Request, person: Staff) -> None:
    """Start a session anew: nothing of what stood in the old one, and another key."""
    begun(await new_session(request), person, secrets.token_hex(32))


async def log_out(visit: Visit) -> web.StreamResponse:
    """POST /logout."""
    visit.session.invalidate()
    return visit.go("/login")


async def password_page(visit: Visit) -> web.StreamResponse:
    """GET /password."""
    return visit.answer("password.html.j2", {"csrf": visit.csrf, "problem": ""})


async def change_password(visit: Visit) -> web.StreamResponse:
    """POST /password: all other sessions of the person end."""
    form = await visit.form()
    pages, login = visit.pages, visit.actor.login
    try:
        await _slow(pages, login, visit.request.remote or "")
        person = await pages.services.people.change_own_password(
            login, str(form.get("old", "")), str(form.get("new", ""))
        )
    except (Invalid, TooManyTries) as refusal:
        problem = pages.refusal(refusal, visit.language)
        context = {"csrf": visit.csrf, "problem": problem}
        return visit.answer("password.html.j2", context, refusal.status)
    await begin(visit.request, person)
    return visit.go("/")


async def home(visit: Visit) -> web.StreamResponse:
    """GET /."""
    return visit.go("/desk")


def _door(
    visit: Visit,
    *,
    problem: str,
    login: str = "",
    after: object = 0,
    on: str = "",
    status: int = 200,
) -> web.Response:
    context = {
        "csrf": visit.csrf,
        "next": inside(on or visit.request.query.get("next", "/")),
        "organisation": visit.pages.services.deps.policy.organisation,
        "problem": problem,
        "login": login,
        "after": after,
    }
    return visit.answer("login.html.j2", context, status)


async def _slow(pages: Pages, login: str, address: str) -> None:
    wait = await pages.services.deps.budget.spend(
        [
            Limit(f"login:{login}", pages.login_tries, 60),
            # Many people share one address (an office), guessing over many logins does not.
            Limit(f"login-from:{address}", pages.login_tries * 4, 60),
        ]
    )
    if wait > 0:
        raise TooManyTries(after=max(1, round(wait)))


async def session_of(request: web.Request, front: Front) -> Session:
    """The request's session; a new visitor gets one that holds a token for the log-in form."""
    session = await get_session(request)
    if "csrf" not in session and request.path.startswith(front.anonymous):
        session["csrf"] = secrets.token_hex(32)
        session.max_age = ANONYMOUS_SECONDS
    return session


def desk(pages: Pages) -> Front:
    """The door of a browser: log-in and password."""
    return Front(sessions=pages.sessions, headers=HEADERS, door=to_the_door, anonymous="/login")


def to_the_door(visit: Visit) -> web.StreamResponse:
    """Who has not come in is asked to, and then goes on to where they were going."""
    request = visit.request
    if visit.by_htmx:
        # A part of a page was asked for, or something was to be done on it.
        page = _address(request.headers.get("HX-Current-URL", ""))
        back = inside(page.raw_path_qs) if page is not None else "/"
    else:
        back = request.rel_url.path_qs if request.method == "GET" else "/"
    return visit.go(f"/login?next={quote(back, safe='/')}")


def _address(said: str) -> URL | None:
    try:
        return URL(said, encoded=True) if said else None
    except ValueError:
        return None
