"""A house for end-to-end tests: a real hub as processes, a Bot API server, a program with a
`reply_url`, staff who came in by their links, and clients of API and desk.

async with House(tmp_path) as house:
    await house.resident.say("Нет горячей воды")
    await house.emma.press("Взять")
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal
from unittest import mock

from aiohttp import ClientSession, ClientTimeout, CookieJar

from bots.emulator.server import BotAccount, Emulator, Person
from hub import settings, wiring
from hub.botapi.limits import BURST, chat_budget
from hub.budget import PREFIX
from hub.commands.opened import opened
from hub.domain.staff import SYSTEM
from tests.e2e.api import Api
from tests.e2e.polls import Polls
from tests.support.desk import PASSWORD, Browser
from tests.support.phone import Phone
from tests.support.ports import free_port
from tests.support.processes import Hub, environment
from tests.support.site import Site
from tests.support.talks import Judge, OurTalk, Talk, TheirTalk

DOM = BotAccount("7200000001:residents-end-to-end-secret", "dom_bot", "Дом на Ленина")
SHIFT = BotAccount("7200000002:staff-end-to-end-secret", "smena_bot", "Смена")
SVETA = Person(501, "Светлана", "Кочубей", "", "+79220000001", "жительница", "dom_bot")
PAVEL = Person(505, "Павел", "Стрижов", "", "+79220000005", "житель", "dom_bot")
EMMA = Person(502, "Эмма", "Аксакова", "", "+79220000002", "оператор", "smena_bot")
VERA = Person(503, "Вера", "Петрова", "", "+79220000003", "оператор", "smena_bot")
ROMA = Person(504, "Роман", "Белов", "", "+79220000004", "исполнитель", "smena_bot")
CROWD = [
    Person(600 + at, name, "Сосед", "", f"+7922000{at:04}", "", "dom_bot")
    for at, name in enumerate(("Агата", "Богдан", "Варвара", "Глеб", "Дарина", "Ефим", "Злата"))
]
SITE_SECRET = "site-end-to-end-secret"

CONFIG = """
[organisation]
name = "УК «Дом»"

[[channel]]
id = "residents"
kind = "telegram"
token = "{dom}"
api = "{api}"
mode = "{mode}"

[[channel]]
id = "site"
kind = "http"
secret = "{secret}"
reply_url = "{reply}"

[[bot]]
id = "staff"
roles = ["operator", "executor"]
token = "{shift}"
api = "{api}"
mode = "{mode}"
username = "smena_bot"

[limits]
fetch_allowlist = ["127.0.0.1"]
"""
Roles = Literal["run", "runs", "each"]


class House:
    """See above. `processes`: one `hub run`, two of them on the same data, or every role twice in
    processes of its own over stores that the settings name."""

    def __init__(
        self,
        folder: Path,
        *,
        server: Literal["ours", "lo"] = "ours",
        mode: Literal["polling", "webhook"] = "polling",
        processes: Roles = "run",
        **env: str,
    ) -> None:
        self.folder = folder
        self.server = server
        self.mode = mode
        self.hubs: list[Hub] = []
        self.urls: list[str] = []
        self.site = Site(SITE_SECRET)
        self.judge: Judge | None = None
        self.env = environment(
            HUB_CONFIG=str(folder / "hub.toml"), HUB_DATA_DIR=str(folder / "data"), **env
        )
        self.polls = Polls()
        self.tokens: list[str] = []
        self.said: list[str] = []
        self._processes = processes
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> House:
        try:
            await self._furnish()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        return self.urls[0]

    async def _furnish(self) -> None:
        self._stack.push_async_callback(self._end)
        self.api_server = await self._telegram()
        await self._stack.enter_async_context(self.site)
        ports = [free_port() for _ in range(1 if self._processes == "run" else 2)]
        self.urls = [f"http://127.0.0.1:{port}" for port in ports]
        (self.folder / "hub.toml").write_text(
            CONFIG.format(
                dom=DOM.token,
                shift=SHIFT.token,
                api=self.api_server,
                mode=self.mode,
                secret=SITE_SECRET,
                reply=self.site.reply_url,
            )
        )
        (self.folder / "hub.toml").chmod(0o600)
        # Providers call the first one; files of answers are fetched from there.
        self.env["HUB_PUBLIC_URL"] = self.url
        for at, port in enumerate(ports):
            if self._processes == "each":
                for role in ("bots", "worker", "scheduler"):
                    self.hubs.append(Hub(f"{role}{at}", self.env, self.folder, role))
            role = "web" if self._processes == "each" else "run"
            more = (role, "--port", str(port))
            self.hubs.append(Hub(f"{role}{at}", self.env, self.folder, *more))
        for hub in self.hubs:
            await hub.start()
        for hub, url in zip(
            [one for one in self.hubs if one.name[:-1] in {"run", "web"}], self.urls, strict=True
        ):
            await hub.serves(url)
        await self._hire()

    async def _telegram(self) -> str:
        if self.server == "lo":
            self.judge = Judge()
            self._stack.push_async_callback(self.judge.stop)
            return await self.judge.start()
        emulator = Emulator([DOM, SHIFT], [SVETA, PAVEL, EMMA, VERA, ROMA, *CROWD])
        emulator.app.middlewares.append(self.polls.middleware())
        self._stack.push_async_callback(emulator.stop)
        return await emulator.start()

    async def _hire(self) -> None:
        links: dict[str, str] = {}
        async with self.office() as office:
            people = office.services.people
            for login, name, role, position in (
                ("emma", "Аксакова Эмма Юрьевна", "operator", "Диспетчер"),
                ("vera", "Петрова Вера Ивановна", "operator", "Диспетчер"),
                ("roma", "Белов Роман Сергеевич", "executor", "Сантехник"),
            ):
                await people.add(login, name, [role], SYSTEM, password=PASSWORD, position=position)
                links[login] = await people.one_time_link(login, SYSTEM)
            token = await people.add_token("program", ["*"], SYSTEM)
        self.api = await self.program(token)
        self.stranger = await self._stack.enter_async_context(ClientSession(base_url=self.url))
        self.resident = self.talk(SVETA)
        self.emma, self.vera, self.roma = self.talk(EMMA), self.talk(VERA), self.talk(ROMA)
        for login, talk in (("emma", self.emma), ("vera", self.vera), ("roma", self.roma)):
            await talk.start(links[login])
            await talk.wait_for("Здравствуйте")

    @asynccontextmanager
    async def office(self) -> AsyncIterator[wiring.Hub]:
        """The hub's services in this process, beside the running one, as commands have them."""
        with mock.patch.dict(os.environ, self.env, clear=True):
            given = settings.load()
        async with opened(given) as hub:
            yield hub

    def talk(self, person: Person) -> Talk:
        """Somebody's private chat."""
        bot = DOM if person.bot_username == DOM.username else SHIFT
        if self.judge is not None:
            made: Talk = TheirTalk(self.judge, bot.token, person.id, person.first_name)
        else:
            made = OurTalk(self.api_server, person.id, bot.username)
        self._stack.push_async_callback(made.close)
        return made

    def phone(self, person: Person) -> Phone:
        """The same at our local Telegram, with all that a phone can do."""
        talk = self.talk(person)
        assert isinstance(talk, OurTalk)
        return talk.phone

    async def program(self, token: str, url: str = "") -> Api:
        """A program with a token."""
        self.tokens.append(token)
        http = ClientSession(base_url=url or self.url, timeout=ClientTimeout(total=60))
        await self._stack.enter_async_context(http)
        return Api(http, token)

    async def browser(self, login: str, url: str = "") -> tuple[Browser, ClientSession]:
        """Somebody at the desk, logged in; and the connection, for what streams."""
        http = ClientSession(
            base_url=url or self.url, cookie_jar=CookieJar(unsafe=True), timeout=ClientTimeout()
        )
        await self._stack.enter_async_context(http)
        browser = Browser(http)  # type: ignore[arg-type]
        answer = await browser.come_in(login)
        assert answer.status == 303, answer.status
        return browser, http

    async def post(self, message: dict[str, Any], url: str = "") -> tuple[int, dict[str, Any]]:
        """A message of the program to the account `site`."""
        self.said.append(message["text"])
        return await self.site.post(f"{url or self.url}/in/site", message)

    async def rested(self, *people: Person) -> None:
        """Wait until the staff bot may speak in these chats as fast as Telegram lets anybody."""
        async with self.office() as office:
            for person in people:
                budget = f"{PREFIX}:{chat_budget('staff', person.id)}"
                async with asyncio.timeout(60):
                    while await office.redis.zcount(budget, (time.time() - BURST) * 1000, "+inf"):
                        await asyncio.sleep(0.05)

    async def stop(self) -> list[tuple[int, float]]:
        """SIGTERM to every process: exit code and seconds of each."""
        return [await hub.stop() for hub in self.hubs if hub.alive]

    async def _end(self) -> None:
        for hub in self.hubs:
            if hub.alive:
                await hub.kill()
