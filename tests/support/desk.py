"""The web served over a world of twins, and a browser-like client of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from aiohttp_session import AbstractStorage, Session

from admin_web.app import build
from admin_web.live import Fanout
from admin_web.miniapp.app import COOKIE, ROOT, MiniApp
from admin_web.miniapp.initdata import key_of
from admin_web.pages import Account, Pages
from hub.domain.staff import Role, Staff
from hub.ports.channel import Limit
from hub.ports.live import LiveEvent
from hub.services.services import Services
from hub.texts import TemplateTexts
from tests.support.world import World

PASSWORD = "correct horse"
STAFF_TOKEN = "200:staff-secret"
ZONE = ZoneInfo("Europe/Moscow")


class MemorySessions(AbstractStorage):
    """Sessions in a dictionary, under keys as the real storage has them."""

    def __init__(self, cookie_name: str = "hub_session", path: str = "/") -> None:
        super().__init__(cookie_name=cookie_name, path=path, samesite="Lax")
        self.kept: dict[str, dict[str, Any]] = {}
        self.count = 0

    async def load_session(self, request: web.Request) -> Session:
        cookie = self.load_cookie(request)
        data = self.kept.get(cookie or "")
        if cookie is None or data is None:
            return Session(None, data=None, new=True, max_age=self.max_age)
        return Session(cookie, data={"session": data}, new=False, max_age=self.max_age)  # type: ignore[typeddict-item]

    async def save_session(
        self, request: web.Request, response: web.StreamResponse, session: Session
    ) -> None:
        key = session.identity
        if key is None:
            self.count += 1
            key = f"session{self.count}"
        self.kept[key] = dict(session)
        self.save_cookie(response, "" if session.empty else key, max_age=session.max_age)


class Radio:
    """A live port between services and pages of one test."""

    def __init__(self) -> None:
        self.ears: list[asyncio.Queue[LiveEvent | None]] = []

    async def publish(self, event: LiveEvent) -> None:
        for ear in self.ears:
            ear.put_nowait(event)

    def lose(self) -> None:
        """The connection broke and came back."""
        for ear in self.ears:
            ear.put_nowait(None)

    async def listen(self) -> AsyncIterator[LiveEvent | None]:
        ear: asyncio.Queue[LiveEvent | None] = asyncio.Queue()
        self.ears.append(ear)
        try:
            while True:
                yield await ear.get()
        finally:
            self.ears.remove(ear)


class CountingBudget:
    """Grants as many as a limit says, for ever."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = {}

    async def spend(self, limits: Sequence[Limit], mark: str = "") -> float:
        if any(self.spent.get(limit.name, 0) >= limit.count for limit in limits):
            return 30.0
        for limit in limits:
            self.spent[limit.name] = self.spent.get(limit.name, 0) + 1
        return 0.0

    async def give_back(self, limits: Sequence[Limit], mark: str) -> None:
        for limit in limits:
            self.spent[limit.name] -= 1

    async def pause(self, name: str, seconds: float) -> None:
        return


async def bot_address(account: str) -> str:
    """Where a staff bot lives."""
    return f"https://t.me/{account}_bot"


async def deep_links(payload: str) -> dict[str, str]:
    """Where a resident starts the bot."""
    return {"residents": f"https://t.me/dom_bot?start={payload}"}


def furnished(world: World) -> tuple[Services, Pages, Radio]:
    """The services of this world with real words and a live port, and pages over them."""
    radio = Radio()
    deps = replace(
        world.deps,
        texts=TemplateTexts(world.clock, ZONE),
        live=radio,
        budget=CountingBudget(),
        policy=replace(world.deps.policy, staff_bots=("staff",), phone="+78142551010"),
    )
    services = Services.of(deps)
    pages = Pages(
        services=services,
        sessions=MemorySessions(),
        zone=ZONE,
        accounts=(Account("site", "http"), Account("residents", "telegram")),
        bot_address=bot_address,
        deep_links=deep_links,
        fanout=Fanout(radio),
        mini=MiniApp(
            sessions=MemorySessions(COOKIE, ROOT),
            keys={"staff": key_of(STAFF_TOKEN)},
            max_age=timedelta(hours=1),
            frames=("https://web.telegram.org",),
        ),
    )
    return services, pages, radio


class Browser:
    """Follows no redirects; remembers cookies and the page's CSRF token."""

    def __init__(self, client: TestClient[web.Request, web.Application]) -> None:
        self.client = client
        self.csrf = ""

    async def get(self, path: str, *, htmx: bool = False, **headers: str) -> ClientResponse:
        """One page, or with `htmx` the part of one."""
        if htmx:
            headers |= {"HX-Request": "true", "HX-Request-Type": "partial"}
        response = await self.client.get(path, headers=headers, allow_redirects=False)
        await response.read()
        token = re.search(r'(?:name="csrf" value|data-csrf)="(\w+)"', await _text(response))
        self.csrf = token[1] if token else self.csrf
        return response

    async def post(
        self, path: str, data: Any = None, *, htmx: bool = False, csrf: str | None = None
    ) -> ClientResponse:
        """Post a form with the token of the last page."""
        headers = {"X-CSRF-Token": self.csrf if csrf is None else csrf}
        if htmx:
            headers |= {"HX-Request": "true", "HX-Request-Type": "partial"}
        response = await self.client.post(
            path, data=data or {}, headers=headers, allow_redirects=False
        )
        await response.read()
        return response

    async def come_in(self, login: str, password: str = PASSWORD) -> ClientResponse:
        """Log in; the token is then that of the new session."""
        await self.get("/login")
        response = await self.post("/login", {"login": login, "password": password})
        if response.status == 303:
            await self.get("/password")
        return response


async def _text(response: ClientResponse) -> str:
    if not response.content_type.startswith("text/"):
        return ""
    return await response.text()


async def hire(services: Services, login: str, *roles: Role, name: str = "") -> Staff:
    """Somebody with a password."""
    from hub.domain.staff import SYSTEM

    return await services.people.add(
        login, name or login.title(), list(roles or ("operator",)), SYSTEM, password=PASSWORD
    )


@asynccontextmanager
async def browsing(pages: Pages) -> AsyncIterator[Browser]:
    """A browser at the served pages."""
    async with TestClient(TestServer(build(pages))) as client:
        yield Browser(client)
